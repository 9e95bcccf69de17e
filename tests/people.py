"""The cast of the tests: residents with accounts and meters, a stranger, staff. Small and the same everywhere."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from django.contrib.auth.models import Group, Permission

from portal.accounts.enums import Service
from portal.accounts.models import (
    Account,
    AccountService,
    Holder,
    House,
    Occupancy,
    Person,
    Premises,
    Street,
    User,
)
from portal.metering.models import Meter

PASSWORD = "correct-horse-battery"
SINCE = dt.date(2024, 1, 1)
# Makes a login of staff with such permissions ("app.codename") and logs it in.
Clerk = Callable[..., User]


@dataclass(frozen=True)
class Resident:
    """A login with its person and first account."""

    user: User
    person: Person
    account: Account


@dataclass(frozen=True)
class Cast:
    """Anna: two meters. Boris: two accounts. Stranger: somebody else's resident."""

    anna: Resident
    boris: Resident
    boris_second: Account
    stranger: Resident


def make_street(name: str = "Речная") -> Street:
    """A street."""
    return Street.objects.get_or_create(name=name, kind="street", settlement="Красногорск")[0]


def make_premises(*, house: str = "4", flat: str = "17", street: str = "Речная") -> Premises:
    """A flat."""
    home = House.objects.get_or_create(street=make_street(street), number=house)[0]
    return Premises.objects.create(house=home, number=flat, area=Decimal("54.30"))


def make_account(
    number: str,
    *,
    flat: str,
    persons: int = 2,
    services: tuple[Service, ...] = (Service.COLD_WATER, Service.WASTEWATER),
) -> Account:
    """An open account with its services and registered persons since 2024."""
    account = Account.objects.create(number=number, premises=make_premises(flat=flat), opened_on=SINCE)
    Occupancy.objects.create(account=account, since=SINCE, registered=persons)
    for service in services:
        AccountService.objects.create(account=account, service=service, since=SINCE)
    return account


def make_login(username: str, *, email: str = "", staff: bool = False) -> User:
    """A login with the test password; `staff` may enter the admin and do nothing there."""
    user = User.objects.create_user(username=username, email=email or f"{username}@mail.example", password=PASSWORD)
    if staff:
        user.user_permissions.add(
            Permission.objects.get(content_type__app_label="wagtailadmin", codename="access_admin")
        )
    return user


def make_clerk(username: str, *permissions: str) -> User:
    """A login of staff with such permissions ("app.codename"), and those to enter the admin."""
    user = make_login(username, staff=True)
    for permission in permissions:
        app, codename = permission.split(".")
        user.user_permissions.add(Permission.objects.get(content_type__app_label=app, codename=codename))
    return user


def make_employee(role: str, username: str = "") -> User:
    """A login of staff with the rights of a role, named like it unless said otherwise; the roles are set up before."""
    user = make_login(username or role, staff=True)
    user.groups.add(Group.objects.get(name=role))
    return user


def make_resident(username: str, account: Account, *, last_name: str, first_name: str) -> Resident:
    """A person with a login who owns an account."""
    user = make_login(username)
    person = Person.objects.create(user=user, last_name=last_name, first_name=first_name, email=user.email)
    Holder.objects.create(account=account, person=person, since=SINCE)
    return Resident(user, person, account)


def make_meter(
    account: Account, service: Service, *, serial: str, start: str = "100.000", place: str = "Кухня"
) -> Meter:
    """An active, verified meter."""
    return Meter.objects.create(
        account=account,
        service=service,
        serial_number=serial,
        place=place,
        start_value=Decimal(start),
        commissioned_on=SINCE,
        verified_until=dt.date(2030, 12, 31),
    )


def make_cast() -> Cast:
    """Everybody."""
    first = make_account("0010001", flat="17")
    make_meter(first, Service.COLD_WATER, serial="A-1001", start="135.120")
    make_meter(first, Service.HOT_WATER, serial="A-1002", start="80.000", place="Ванная")
    anna = make_resident("anna", first, last_name="Иванова", first_name="Анна")
    boris = make_resident("boris", make_account("0010002", flat="18"), last_name="Петров", first_name="Борис")
    second = make_account("0010003", flat="19")
    Holder.objects.create(account=second, person=boris.person, since=SINCE)
    stranger = make_resident("stranger", make_account("0019999", flat="99"), last_name="Чужой", first_name="Олег")
    return Cast(anna, boris, second, stranger)
