"""Meters on their way into service: applications with papers, offered days, visits and what came of them."""

import datetime as dt
import io
from decimal import Decimal

from PIL import Image, ImageDraw

from portal.accounts.enums import Service
from portal.accounts.models import Account, Person, User
from portal.core.files.services import store_file
from portal.core.models import PrivateFile
from portal.operations.demo.world import World
from portal.service_requests.commissioning import services as meters
from portal.service_requests.commissioning.enums import DayPart, FileKind
from portal.service_requests.commissioning.models import CommissioningApplication, RefusalReason, Visit
from portal.service_requests.crews.selectors import free_slots
from portal.service_requests.permissions import METER_DOCUMENT, own_upload

APPLICATIONS, PAST = 11, range(3, 7)
"""How many wait for a meter's way into service, and whose visit has been."""
PLACES = (
    ("Ванная, второй стояк", "СГВ-15", "ООО «Водомер-Монтаж»"),
    ("Кухня", "Бетар СГВ-15", "ИП Зуев С. П."),
    ("Санузел", "Пульсар М-15", "ООО «Водомер-Монтаж»"),
    ("Кухня, второй стояк", "Декаст ОСВУ-15", "ООО «Сантехсервис»"),
)


def load(world: World) -> None:
    """Anna's application, and neighbours' at every stage up to a meter in service, a refusal, a missed visit."""
    anna = world.people["anna"]
    if anna.user is not None:
        _applied(world.accounts["0010001"], anna, anna.user, "31507442", world.at(world.time(-1, 19, 40)))
    engineer = world.staff["engineer"]
    with_login = [home for home in world.households if not home.named and home.holder.user_id]
    homes = with_login or world.households[6:]
    for number, home in enumerate(homes[:: max(1, len(homes) // APPLICATIONS)][:APPLICATIONS]):
        applicant = home.holder.user or engineer
        serial = str(31_508_014 + 1_377 * number)
        application = _applied(
            home.account, home.holder, applicant, serial, world.at(world.time(-6, 8 + number, 11 * number % 60))
        )
        if number == 0:
            continue
        slots = list(
            free_slots(world.today + dt.timedelta(days=-4 if number in PAST else 1), world.today + dt.timedelta(12))
        )[2 * number :]
        meters.offer(
            application=application, slots=slots[:4], by=engineer, moment=world.at(world.time(-5, 12, 4 * number))
        )
        if number == 1:
            continue
        evening = world.at(world.time(-5, 18, 7 * number % 60))
        visit = meters.pick(application=application, slot_id=slots[0].pk, by=applicant, now=evening)
        if number in PAST:
            _visited(world, visit, number, serial, applicant)


def _visited(world: World, visit: Visit, number: int, serial: str, applicant: User) -> None:
    """What came of a visit: put into service, refused, the resident was out, the company did not come."""
    engineer = world.staff["engineer"]
    day, hour = (visit.slot.day - world.today).days, visit.slot.starts.hour  # no crew works on a Sunday
    check = meters.SiteInspection(
        passport_matches=True,
        serial_seen=serial,
        scheme_right=number != 4,
        working=True,
        value=Decimal("0.480"),
        seal_number=f"П-{118 + number}",
    )
    if number == 3:
        now = world.at(world.time(day, hour, 12))
        photo = sample_page(engineer, f"пломба-{serial}")
        meters.put_into_service(visit=visit, check=check, by=engineer, moment=now, photos=[photo])
    if number == 4:
        reasons = list(RefusalReason.objects.filter(text__contains="схема"))
        meters.refuse(
            visit=visit, check=check, reasons=reasons, by=engineer, moment=world.at(world.time(day, hour, 34))
        )
    if number == 5:
        meters.resident_was_out(
            visit=visit, by=engineer, moment=world.at(world.time(day, hour, 55)), note="Звонили дважды"
        )
    if number == 6:
        meters.company_did_not_come(visit=visit, now=world.at(world.time(day + 1, 8, 47)), by=applicant)


def sample_page(user: User, number: str) -> PrivateFile:
    """A page of a passport or certificate that a login sent up."""
    picture = Image.new("RGB", (600, 420), "#f3f6f7")
    ImageDraw.Draw(picture).text((40, 40), f"PASSPORT  SGV-15  No. {number}", fill="#0e2530")
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=70)
    return store_file(
        kind=METER_DOCUMENT,
        owner=own_upload(user.pk),
        name=f"паспорт-{number}.jpg",
        content=out.getvalue(),
        content_type="image/jpeg",
    )


def _applied(
    account: Account, person: Person, user: User, serial: str, moment: dt.datetime
) -> CommissioningApplication:
    place, type_name, mounted_by = PLACES[int(serial) % len(PLACES)]
    return meters.apply(
        key=f"demo-{serial}",
        account=Account.objects.with_address().get(pk=account.pk),
        author=user,
        moment=moment,
        applicant=meters.Applicant(name=person.full_name, phone=person.phone, email=user.email),
        meter=meters.MeterData(
            service=Service.COLD_WATER,
            place=place,
            type_name=type_name,
            serial_number=serial,
            mounted_by=mounted_by,
            mounted_on=moment.date() - dt.timedelta(days=1 + int(serial) % 9),
            value=Decimal(20 + int(serial) % 400) / 1000,
            verified_until=dt.date(moment.year + 6, moment.month, 1),
        ),
        preferred=meters.PreferredSlot(moment.date() + dt.timedelta(days=7), list(DayPart)[int(serial) % len(DayPart)]),
        files={FileKind.PASSPORT: [sample_page(user, serial)]},
    )
