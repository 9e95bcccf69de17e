"""Consents, applications sent ahead, a registration in progress, requests about personal data, the audit's trail."""

import datetime as dt
import itertools

from portal.accounts import audit
from portal.accounts.enums import PersonalRequestKind
from portal.accounts.models import Consent, ConsentText, Person, RegistrationDraft, User
from portal.accounts.services import consents, drafts, email_change, personal_requests
from portal.accounts.staff import employees
from portal.operations.demo.world import World

# One was left in the middle of the first page, the other before its meters.
DRAFTS: tuple[dict[str, dict[str, str]], ...] = (
    {"person": {"last_name": "Орлов", "first_name": "Павел", "phone": "+79165553013"}},
    {
        "person": {
            "last_name": "Жукова",
            "first_name": "Тамара",
            "patronymic": "Ильинична",
            "born_on": "1961-07-14",
            "phone": "8 916 555-30-14",
            "email": "",
            "postal_address": "",
            "passport_checked": "on",
            "submitted": "1",
        },
        "premises": {
            "street_kind": "boulevard",
            "street": "Красногорский",
            "house": "17",
            "flat": "301",
            "kind": "flat",
            "area": "38,4",
            "postcode": "",
            "meter_feasible": "on",
            "submitted": "1",
        },
    },
)


def load(world: World) -> None:
    """The registrar's desk and the residents' profiles as after a few busy days."""
    _consents(world)
    _addresses(world)
    _desk(world)
    _trail(world)
    _logged_in(world)


def _consents(world: World) -> None:
    """Everybody signed the year's text on paper in its first weeks, so many a day."""
    since = dt.date((world.today - dt.timedelta(days=60)).year, 1, 12)
    ConsentText.objects.update(valid_from=since)
    text = consents.ensure_text(today=since)
    signed = [world.office(since + dt.timedelta(days=number // 5), of=number) for number in range(300)]
    Consent.objects.bulk_create(
        Consent(
            person=person,
            text=text,
            on_paper_on=moment.date(),
            recorded_at=moment,
            recorded_by=world.staff["registrar"],
        )
        for person, moment in zip(Person.objects.exclude(consents__text=text), itertools.cycle(signed), strict=False)
    )
    gleb, by = world.people["gleb"], _login(world, "gleb")
    consents.withdraw(person=gleb, moment=world.at(world.time(-9, 21, 14)), by=by)
    consents.record(person=gleb, text=text, moment=world.at(world.time(-8, 19, 36)), by=by)


def _addresses(world: World) -> None:
    """Everybody confirmed the address but Vera; Boris waits for the letter to a new one."""
    for number, (login, person) in enumerate(world.people.items()):
        if login != "vera" and person.user is not None:
            person.user.email_confirmed_at = world.time(-200 - number % 41, 9 + number % 13, number * 7 % 60)
            person.user.save(update_fields=["email_confirmed_at"])
    moment = world.at(world.time(0, 8, 2))
    email_change.ask(user=_login(world, "boris"), address="boris.petrov@mail.example", moment=moment)


def _login(world: World, name: str) -> User:
    user = world.people[name].user
    assert user is not None  # noqa: S101  # the demo gave it
    return user


def _desk(world: World) -> None:
    drafts.send_application(
        data={
            "last_name": "Лебедева",
            "first_name": "Ольга",
            "patronymic": "Игоревна",
            "phone": "+7 916 555-30-12",
            "email": "lebedeva@mail.example",
            "street_kind": "boulevard",
            "street": "Павшинский",
            "house": "7",
            "flat": "112",
            "registered": "3",
        },
        moment=world.at(world.time(-1, 20, 27)),
    )
    for number, data in enumerate(DRAFTS):
        world.at(world.office(world.today, of=3 + number))
        RegistrationDraft.objects.create(registrar=world.staff["registrar"], data=data)
    personal_requests.ask(
        person=world.people["vera"],
        kind=PersonalRequestKind.NAME,
        moment=world.at(world.time(-2, 13, 8)),
        wanted={"last_name": "Смирнова-Белова", "first_name": "Вера", "patronymic": "Николаевна"},
        comment="Вышла замуж, свидетельство принесу в офис.",
    )


def _trail(world: World) -> None:
    """Residents were registered in the portal's first weeks; what staff looked at since is of the last days."""
    registrar, accountant = world.staff["registrar"], world.staff["accountant"]
    for number, (login, person) in enumerate(world.people.items()):
        moment = world.at(world.office(world.first.first_day + dt.timedelta(days=4 + number % 21), of=number))
        audit.registered(person, by=registrar, what=f"Логин {login}")
        world.at(moment + dt.timedelta(minutes=3))
        audit.printed(person, by=registrar, what="Листок с одноразовым паролем")
    world.at(world.office(world.today - dt.timedelta(days=12)))
    audit.saw(world.people["anna"], by=registrar, what="Карточка человека")
    world.at(world.time(-11, 21, 42))
    audit.changed(
        world.people["anna"],
        by=_login(world, "anna"),
        what="Телефон",
        before="+79161234500",
        after=world.people["anna"].phone,
    )
    world.at(world.time(-2, 18, 55))
    audit.saw(world.people["vera"], by=world.staff["dispatcher"], what="Заявка в АДС")
    looks = ((accountant, "Карточка счёта"), (registrar, "Карточка счёта"), (world.staff["engineer"], "Показания"))
    for number, household in enumerate(world.households[:24]):
        by, purpose = looks[number * 5 % 7 % len(looks)]
        world.at(world.office(world.today - dt.timedelta(days=24 - number), of=number))
        audit.saw(household.account, by=by, what=purpose)


def _logged_in(world: World) -> None:
    """Staff came in on the last working day, the dispatcher this morning, residents in the last four weeks."""
    users, staff = list(User.objects.order_by("pk")), set(employees().values_list("pk", flat=True))
    for number, user in enumerate(users):
        user.last_login = world.time(-1 - number % 27, 8 + number % 14, number * 13 % 60)
        if user.pk in staff:
            user.last_login = world.office(world.today, of=number)
        if user == world.staff["dispatcher"]:
            user.last_login = world.time(0, 7, 56)
    User.objects.bulk_update(users, ["last_login"], batch_size=200)
