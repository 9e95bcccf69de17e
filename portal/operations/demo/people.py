"""Consents, applications sent ahead, a registration in progress, requests about personal data, the audit's trail."""

import datetime as dt

from portal.accounts import audit
from portal.accounts.enums import PersonalRequestKind
from portal.accounts.models import Consent, ConsentText, Person, RegistrationDraft, User
from portal.accounts.services import consents, drafts, email_change, personal_requests
from portal.core import clock
from portal.operations.demo.world import World

# One was left in the middle of the first page, the other before its meters.
DRAFTS: tuple[dict[str, dict[str, str]], ...] = (
    {"person": {"last_name": "Орлов", "first_name": "Павел", "phone": "+79165553013"}},
    {
        "person": {
            "last_name": "Жукова", "first_name": "Тамара", "patronymic": "Ильинична", "born_on": "1961-07-14",
            "phone": "8 916 555-30-14", "email": "", "postal_address": "", "passport_checked": "on", "submitted": "1",
        },
        "premises": {
            "street_kind": "boulevard", "street": "Красногорский", "house": "17", "flat": "301", "kind": "flat",
            "area": "38,4", "postcode": "", "meter_feasible": "on", "submitted": "1",
        },
    },
)  # fmt: skip


def load(world: World) -> None:
    """The registrar's desk and the residents' profiles as after a few busy days."""
    moment = clock.now()
    _consents(world, moment)
    _addresses(world, moment)
    _desk(world, moment)
    _trail(world)


def _consents(world: World, moment: dt.datetime) -> None:
    """Everybody with a contract signed the first text on paper, on the day of the contract or with the portal."""
    ConsentText.objects.update(valid_from=world.first.first_day)
    text = consents.ensure_text(today=world.first.first_day)
    signed = world.first.first_day + dt.timedelta(days=12)
    Consent.objects.bulk_create(
        Consent(
            person=person, text=text, on_paper_on=signed, recorded_at=clock.start_of(signed),
            recorded_by=world.staff["registrar"],
        )
        for person in Person.objects.exclude(consents__text=text)
    )  # fmt: skip
    consents.withdraw(person=world.people["gleb"], moment=moment - dt.timedelta(days=9), by=_login(world, "gleb"))
    consents.record(
        person=world.people["gleb"], text=text, moment=moment - dt.timedelta(days=8), by=_login(world, "gleb")
    )


def _addresses(world: World, moment: dt.datetime) -> None:
    """Everybody confirmed the address but Vera; Boris waits for the letter to a new one."""
    for login, person in world.people.items():
        if login != "vera" and person.user is not None:
            person.user.email_confirmed_at = moment - dt.timedelta(days=200)
            person.user.save(update_fields=["email_confirmed_at"])
    email_change.ask(user=_login(world, "boris"), address="boris.petrov@mail.example", moment=moment)


def _login(world: World, name: str) -> User:
    user = world.people[name].user
    assert user is not None  # noqa: S101  # the demo gave it
    return user


def _desk(world: World, moment: dt.datetime) -> None:
    drafts.send_application(
        data={
            "last_name": "Лебедева", "first_name": "Ольга", "patronymic": "Игоревна", "phone": "+7 916 555-30-12",
            "email": "lebedeva@mail.example", "street_kind": "boulevard", "street": "Павшинский", "house": "7",
            "flat": "112", "registered": "3",
        },
        moment=moment,
    )  # fmt: skip
    for data in DRAFTS:
        RegistrationDraft.objects.create(registrar=world.staff["registrar"], data=data)
    personal_requests.ask(
        person=world.people["vera"], kind=PersonalRequestKind.NAME, moment=moment - dt.timedelta(days=2),
        wanted={"last_name": "Смирнова-Белова", "first_name": "Вера", "patronymic": "Николаевна"},
        comment="Вышла замуж, свидетельство принесу в офис.",
    )  # fmt: skip


def _trail(world: World) -> None:
    registrar, accountant = world.staff["registrar"], world.staff["accountant"]
    for login, person in world.people.items():
        audit.registered(person, by=registrar, what=f"Логин {login}")
        audit.printed(person, by=registrar, what="Листок с одноразовым паролем")
    audit.saw(world.people["anna"], by=registrar, what="Карточка человека")
    audit.changed(
        world.people["anna"], by=_login(world, "anna"), what="Телефон", before="+79161234500",
        after=world.people["anna"].phone,
    )  # fmt: skip
    audit.saw(world.people["vera"], by=world.staff["dispatcher"], what="Заявка в АДС")
    for household in world.households[:3]:
        audit.saw(household.account, by=accountant, what="Карточка счёта")
