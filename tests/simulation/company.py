"""The simulated company: a street, residents, meters, staff, numbers; and what really happened, to compare with."""

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal

from portal.accounts.enums import Service
from portal.accounts.models import Account, User
from portal.billing.models import WorkdayYear
from portal.metering.models import Meter
from portal.operations import roles
from portal.service_requests.crews.models import Crew, CrewKind
from tests.company import put_numbers
from tests.people import make_account, make_employee, make_meter, make_resident

YEARS = range(2024, 2030)
FLATS = 6
BOTH = (Service.COLD_WATER, Service.HOT_WATER)


@dataclass
class Home:
    """An account with its resident and what their meters really show."""

    account: Account
    user: User
    meters: list[Meter]
    shown: dict[int, Decimal] = field(default_factory=dict)


@dataclass
class Truth:
    """What happened outside the portal, and what it said that it had taken."""

    readings: dict[tuple[int, dt.date], Decimal] = field(default_factory=dict)
    """Meter and month → the value that was accepted last."""
    bank_payments: dict[str, tuple[int, Decimal]] = field(default_factory=dict)
    """Operation number of a bank → account and sum."""
    requests: set[str] = field(default_factory=set)
    """Keys of requests that were answered as taken."""


@dataclass
class Company:
    """Everybody."""

    homes: list[Home]
    accountant: User
    dispatcher: User
    crew: Crew
    truth: Truth = field(default_factory=Truth)


def found_company() -> Company:
    """Six flats with none, one or two meters; numbers and calendars of all years that a simulation may reach."""
    put_numbers()
    for year in YEARS:
        WorkdayYear.objects.get_or_create(year=year)
    roles.setup()
    homes = []
    for number in range(FLATS):
        account = make_account(f"00200{number:02}", flat=str(number + 1), persons=1 + number % 3)
        meters = [
            make_meter(account, service, serial=f"S-{number}-{service}", start=f"{100 + number}.000")
            for service in BOTH[: number % 3]
        ]
        resident = make_resident(f"resident{number}", account, last_name=f"Жилец{number}", first_name="Анна")
        homes.append(Home(account, resident.user, meters, {meter.pk: meter.start_value for meter in meters}))
    staff = {}
    for role in ("accountant", "manager", "dispatcher"):
        staff[role] = make_employee(role)
    crew = Crew.objects.create(name="Первая", kind=CrewKind.EMERGENCY)
    return Company(homes, staff["accountant"], staff["dispatcher"], crew)
