"""Consents, applications sent ahead, a registration in progress, requests about personal data, the audit's trail."""

import datetime as dt

from portal.accounts import audit
from portal.accounts.enums import PersonalRequestKind
from portal.accounts.models import Consent, Person, RegistrationDraft
from portal.accounts.services import consents, drafts, personal_requests
from portal.core import clock
from portal.operations.demo.world import World


def load(world: World) -> None:
    """The registrar's desk and the residents' profiles as after a few busy days."""
    moment = clock.now()
    _consents(world, moment)
    _desk(world, moment)
    _trail(world)


def _consents(world: World, moment: dt.datetime) -> None:
    """Everybody with a contract signed the consent on paper."""
    text = consents.ensure_text(today=world.first.first_day)
    Consent.objects.bulk_create(
        Consent(
            person=person, text=text, on_paper_on=moment.date() - dt.timedelta(days=700),
            recorded_at=moment - dt.timedelta(days=700), recorded_by=world.staff["registrar"],
        )
        for person in Person.objects.exclude(consents__text=text)
    )  # fmt: skip


def _desk(world: World, moment: dt.datetime) -> None:
    drafts.send_application(
        data={
            "last_name": "Лебедева", "first_name": "Ольга", "patronymic": "Игоревна", "phone": "+7 916 555-30-12",
            "email": "lebedeva@mail.example", "street_kind": "boulevard", "street": "Павшинский", "house": "7",
            "flat": "112", "registered": "3",
        },
        moment=moment,
    )  # fmt: skip
    RegistrationDraft.objects.create(
        registrar=world.staff["registrar"],
        data={"person": {"last_name": "Орлов", "first_name": "Павел", "phone": "+79165553013"}},
    )
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
    for household in world.households[:3]:
        audit.saw(household.account, by=accountant, what="Карточка счёта")
