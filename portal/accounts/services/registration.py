"""Registering a resident in the office, whole or not at all: person, premises, account, contract, consent, login."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import IntegrityError, transaction

from portal.accounts import audit
from portal.accounts.calculation import next_number
from portal.accounts.enums import HolderRole, ReceiptDelivery
from portal.accounts.exceptions import AccountNumberTaken, PremisesHaveAccount
from portal.accounts.models import (
    Account,
    AccountService,
    Contract,
    Holder,
    Occupancy,
    Person,
    RegistrationSettings,
    User,
)
from portal.accounts.services import address_lookup, consents, logins
from portal.accounts.services.address_lookup import TypedAddress

FILLED_IN = {
    "born_on": "Дата рождения",
    "phone": "Телефон",
    "email": "Почта",
    "postal_address": "Адрес для писем",
}


@dataclass(frozen=True, slots=True)
class PersonData:
    """A person as the passport names them; `known` is set when they are in the register already."""

    last_name: str
    first_name: str
    patronymic: str = ""
    born_on: dt.date | None = None
    phone: str = ""
    email: str = ""
    postal_address: str = ""
    known: Person | None = None


@dataclass(frozen=True, slots=True)
class NewAccount:
    """An account to be opened: services are supplied from its first day."""

    number: str
    opened_on: dt.date
    services: Sequence[str]
    registered: int
    owners: int = 1
    role: str = HolderRole.OWNER
    delivery: str = ReceiptDelivery.ELECTRONIC
    els: str = ""
    billed_from: dt.date | None = None
    """First day of the first month to be billed, where it is later than the opening."""


@dataclass(frozen=True, slots=True)
class Registration:
    """Everything about one new resident's account; `username` empty: no login."""

    person: PersonData
    place: TypedAddress
    account: NewAccount
    contract_number: str
    signed_on: dt.date
    consent_signed_on: dt.date | None
    username: str = ""


@dataclass(frozen=True, slots=True)
class Registered:
    """Outcome of the service."""

    person: Person
    account: Account
    contract: Contract
    user: User | None


def suggested_account_number(*, year: int) -> str:
    """The next account number of the settings' scheme."""
    scheme = RegistrationSettings.load().account_scheme
    return next_number(scheme, existing=Account.objects.values_list("number", flat=True).iterator(), year=year)


def suggested_contract_number(*, year: int) -> str:
    """The next contract number of the settings' scheme."""
    scheme = RegistrationSettings.load().contract_scheme
    return next_number(scheme, existing=Contract.objects.values_list("number", flat=True).iterator(), year=year)


@transaction.atomic
def register(registration: Registration, *, by: User, moment: dt.datetime, today: dt.date) -> Registered:
    """Write all of a registration. Raises the refusals of portal.accounts.exceptions; then nothing is written."""
    person = person_of(registration.person, by)
    account = _account(registration, by)
    Holder.objects.create(
        account=account, person=person, role=registration.account.role, since=registration.account.opened_on
    )
    contract = Contract.objects.create(
        account=account, person=person, number=registration.contract_number, signed_on=registration.signed_on
    )
    if registration.consent_signed_on is not None:
        text = consents.ensure_text(today=today)
        consents.record(person=person, text=text, moment=moment, by=by, on_paper_on=registration.consent_signed_on)
    user = person.user
    if registration.username and user is None:
        user = logins.create_login(person=person, username=registration.username, email=person.email, by=by)
    return Registered(person, account, contract, user)


def make_person(data: PersonData, *, by: User) -> Person:
    """A new person in the register, noted in the audit."""
    person = Person.objects.create(
        last_name=data.last_name,
        first_name=data.first_name,
        patronymic=data.patronymic,
        born_on=data.born_on,
        phone=data.phone,
        email=data.email,
        postal_address=data.postal_address,
    )
    audit.registered(person, by=by, what="Человек")
    return person


def person_of(data: PersonData, by: User) -> Person:
    """The known person, with birthday and contacts filled in where they had none; or a new one."""
    person = data.known
    if person is None:
        return make_person(data, by=by)
    filled = [name for name in FILLED_IN if getattr(data, name) and not getattr(person, name)]
    for name in filled:
        setattr(person, name, getattr(data, name))
        audit.changed(person, by=by, what=FILLED_IN[name], after=getattr(data, name))
    if filled:
        person.save(update_fields=filled)
    return person


def _account(registration: Registration, by: User) -> Account:
    new = registration.account
    premises = address_lookup.ensure_premises(registration.place)
    existing = address_lookup.open_account_at(premises)
    if existing is not None:
        raise PremisesHaveAccount(account=existing)
    try:
        with transaction.atomic():
            account = Account.objects.create(
                number=new.number,
                premises=premises,
                opened_on=new.opened_on,
                billed_from=new.billed_from,
                delivery=new.delivery,
                els=new.els,
            )
    except IntegrityError as error:
        raise AccountNumberTaken(number=new.number) from error
    AccountService.objects.bulk_create(
        AccountService(account=account, service=service, since=new.opened_on) for service in new.services
    )
    Occupancy.objects.create(account=account, since=new.opened_on, registered=new.registered, owners=new.owners)
    audit.registered(account, by=by, what="Лицевой счёт")
    return account
