"""Context of the demo's steps: the business date, the people and accounts of the contract, one random source."""

import datetime as dt
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal

from portal.accounts.models import Account, Person, User
from portal.core import clock
from portal.core.calendars import month_calendar
from portal.core.periods import Period, span
from portal.operations.demo.demo_clock import DemoClock

PASSWORD = "vodokanal-demo"  # noqa: S105 (the demo's public password)
MONTHS_OF_HISTORY = 24
SEED = 354
RESIDENTS = ("anna", "boris", "vera", "gleb", "dina")
MORNING = dt.time(9, 0)
"""When the month's steps run and residents are notified."""
SATURDAY = 5
STORY_ENDS = dt.time(9, 15)
"""By when everything of today's story has happened."""


@dataclass(slots=True)
class Household:
    """Household of a demo account: its use of water, its habits of sending and paying."""

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
    clock: DemoClock = field(default_factory=DemoClock)
    loaded_at: dt.time = STORY_ENDS

    def at(self, moment: dt.datetime) -> dt.datetime:
        """Play on from a moment; returns it."""
        return self.clock.go_to(moment)

    def time(self, days: int, hour: int, minute: int = 0) -> dt.datetime:
        """A moment so many days from today; before the story's end on the clock, today's is moved back by hours."""
        moment = at_time(self.today + dt.timedelta(days=days), dt.time(hour, minute))
        early = at_time(self.today, STORY_ENDS) - at_time(self.today, self.loaded_at)
        return moment if days or early <= dt.timedelta(0) else moment - early

    def office(self, day: dt.date, *, of: int = 0) -> dt.datetime:
        """A moment of a working day's office hours, different for each `of`: on the day or, when the office is
        closed, on the next working day; where that is not before today, on the last one before."""
        step = dt.timedelta(days=1)
        while day.weekday() >= SATURDAY and day < self.today:
            day += step
        if day >= self.today:
            day = self.today - step
            while day.weekday() >= SATURDAY:
                day -= step
        hour = (9, 10, 11, 12, 14, 15, 16, 17)[(day.day * 5 + of * 3) % 8]
        return at_time(day, dt.time(hour, (day.day * 17 + of * 23) % 60))

    @property
    def began(self) -> dt.date:
        """Return when the site came to be; accounts were moved into the portal at the beginning of its first month."""
        return self.first.shift(-6).day(3)

    @property
    def six_years_on(self) -> dt.date:
        """Until when a meter that is verified today is valid; no later than a 28th, so that every year has the day."""
        return self.today.replace(year=self.today.year + 6, day=min(self.today.day, 28))

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


def at_time(day: dt.date, time: dt.time) -> dt.datetime:
    """A moment of a day in Moscow."""
    return dt.datetime.combine(day, time, tzinfo=clock.MOSCOW)


def demo_today(today: dt.date) -> dt.date:
    """The demo's business date: today inside the reading window, else the 15th of the month.

    A newcomer can then send a reading on any day.
    """
    period = Period.of(today)
    return today if month_calendar(period).window_is_open(today) else period.day(15)


def new_world(*, today: dt.date, size: int, months: int, progress: Callable[[str], None]) -> World:
    """An empty world of `size` accounts and so many closed months, the same for the same date."""
    return World(
        today=today,
        size=size,
        months=months,
        random=random.Random(SEED),
        progress=progress,
        loaded_at=clock.now().time(),
    )
