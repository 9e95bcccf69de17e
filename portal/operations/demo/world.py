"""What every step of the demo gets: the business date, the people and accounts of the contract, one random source."""

import datetime as dt
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal

from portal.accounts.models import Account, Person, User
from portal.core.calendars import month_calendar
from portal.core.periods import Period, span

PASSWORD = "vodokanal-demo"  # noqa: S105 (the demo's public password)
MONTHS_OF_HISTORY = 24
SEED = 354
RESIDENTS = ("anna", "boris", "vera", "gleb", "dina")


@dataclass(slots=True)
class Household:
    """How an account of the demo lives: its use of water, its habits of sending and paying."""

    account: Account
    holder: Person
    persons: int
    cold: Decimal
    hot: Decimal
    sends: float
    pays: float
    late: bool
    named: bool = False
    silent_since: Period | None = None
    unpaid_since: Period | None = None


@dataclass(slots=True)
class World:
    """The demo while it is being loaded. `people` are by login name, `accounts` by number, `staff` by login name."""

    today: dt.date
    size: int
    random: random.Random
    progress: Callable[[str], None]
    staff: dict[str, User] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    accounts: dict[str, Account] = field(default_factory=dict)
    households: list[Household] = field(default_factory=list)
    months: int = MONTHS_OF_HISTORY

    @property
    def current(self) -> Period:
        """The month of the business date, not yet closed."""
        return Period.of(self.today)

    @property
    def first(self) -> Period:
        """The first month that the portal billed."""
        return self.current.shift(-self.months)

    @property
    def closed(self) -> list[Period]:
        """Every month that is over, oldest first."""
        return list(span(self.first, self.current.previous))

    @property
    def named_accounts(self) -> list[Account]:
        """The accounts of the contract: 0010001 … 0010006."""
        return [household.account for household in self.households if household.named]


def demo_today(today: dt.date) -> dt.date:
    """The demo's business date: today inside the reading window, else the 15th of the month.

    A newcomer can then send a reading on any day.
    """
    period = Period.of(today)
    return today if month_calendar(period).window_is_open(today) else period.day(15)


def new_world(*, today: dt.date, size: int, months: int, progress: Callable[[str], None]) -> World:
    """An empty world of `size` accounts and so many closed months, the same for the same date."""
    return World(today=today, size=size, months=months, random=random.Random(SEED), progress=progress)
