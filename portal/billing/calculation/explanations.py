"""Explanations of lines: for each kind of line the numbers that it was computed from.

The calculation makes them, `explain`, `arithmetic` and the receipts read them; `stored_explanations` is their JSON
form. Volumes are in litres, sums in kopecks; norms, coefficients and yearly rates are scaled as in `units`. Days of a
month are numbers from 1, both inclusive; other days are ISO texts, months «2026-10».
"""

from dataclasses import dataclass
from typing import NamedTuple


class MeterVolume(NamedTuple):
    """What one meter counted between two values."""

    label: str
    start: int
    start_day: str
    start_source: str
    end: int
    end_day: str
    end_source: str
    volume: int


class Span(NamedTuple):
    """Months without readings over which a later volume is spread: first and last month, litres, days in all."""

    first_month: str
    last_month: str
    volume: int
    days: int


class MonthVolume(NamedTuple):
    """A metered month that an average counts."""

    month: str
    volume: int


class Component(NamedTuple):
    """A service that counts into wastewater: its basis and its volume, never raised."""

    service: str
    basis: str
    volume: int


class PersonPeriod(NamedTuple):
    """Days of a month with one number of persons."""

    first: int
    last: int
    persons: int


class CountedDays(NamedTuple):
    """The days of a month on which a service was supplied, and how many the month has."""

    first: int
    last: int
    in_month: int


class RatePart(NamedTuple):
    """The days of a line cut where the rate changed, and the volume of the whole month."""

    first: int
    last: int
    volume: int


class InvalidMeter(NamedTuple):
    """A meter whose readings do not count: why (`expired`, `out_of_order`, `removed`) and since which day."""

    label: str
    reason: str
    since: str


class Unmetered(NamedTuple):
    """Why a month has no metered volume: invalid meters; else months in a row without a reading; else no meter."""

    invalid: tuple[InvalidMeter, ...] = ()
    missed: int = 0

    @property
    def no_meter(self) -> bool:
        return not self.invalid and not self.missed


class AverageUsedUp(NamedTuple):
    """Which month in a row without a volume it is, and for how many the average may stand."""

    month: int
    limit: int


class TooLittleKnown(NamedTuple):
    """Metered months known, and how many an average needs."""

    known: int
    needed: int


class PenaltyPart(NamedTuple):
    """Overdue days of a part of a debt (negative: taken back), numbered from the day after it was due.

    `early` of them bear 1/300, `late` 1/130 of `yearly`; `key_rate` only where a cap limits it.
    """

    amount: int
    first: int
    last: int
    yearly: int
    early: int
    late: int
    paid_on: str | None
    key_rate: int | None


@dataclass(slots=True)
class Metered:
    """A volume read from meters; with `span`, the last share of a longer one."""

    meters: tuple[MeterVolume, ...] = ()
    span: Span | None = None
    part: RatePart | None = None


@dataclass(slots=True)
class Averaged:
    """A volume by the average of metered months."""

    months: tuple[MonthVolume, ...]
    unmetered: Unmetered
    part: RatePart | None = None


@dataclass(slots=True)
class ByNorm:
    """A volume by the norm: × persons (`PersonPeriod`s where they changed) × the raising coefficient.

    `days` only where the service was not supplied all month; `unraised` is the volume without the coefficient.
    `unmetered` is None for wastewater, which has no meters.
    """

    norm: int
    persons: int | tuple[PersonPeriod, ...]
    days: CountedDays | None = None
    factor: int | None = None
    unraised: int = 0
    unmetered: Unmetered | None = None
    no_average: AverageUsedUp | TooLittleKnown | None = None
    part: RatePart | None = None


@dataclass(slots=True)
class Collected:
    """Wastewater: as much as its components."""

    components: tuple[Component, ...]
    part: RatePart | None = None


@dataclass(slots=True)
class Corrected:
    """A closed month whose volume is `share` now and `was` charged as another one.

    By a reading that came later (`meters`, `span`), for wastewater by its `components`, or because the month was worked
    out anew: `reason` is a code then, `note` what an employee wrote.
    """

    was: int
    share: int
    meters: tuple[MeterVolume, ...] = ()
    span: Span | None = None
    components: tuple[Component, ...] = ()
    reason: str = ""
    note: str = ""
    part: RatePart | None = None


@dataclass(slots=True)
class TamperingVolume:
    """The days of a month that a tampering report covers: norm × 10 × persons is `target`, `was` was charged for them.

    `metered` is what the meter counted where that is more.
    """

    report: str
    first_day: str
    last_day: str
    norm: int
    persons: tuple[PersonPeriod, ...]
    factor: int
    target: int
    was: int
    metered: int | None = None
    part: RatePart | None = None


@dataclass(slots=True)
class Reduction:
    """Interruptions (their moments as ISO texts), minutes beyond four hours at once and in total, hours that reduce."""

    interruptions: tuple[tuple[str, str], ...]
    beyond: int
    total: int
    hours: int
    charged: int
    taken_off: int = 0


@dataclass(slots=True)
class Penalties:
    """The day on which a debt was due, and its overdue parts."""

    due: str
    parts: tuple[PenaltyPart, ...]


Priced = Metered | Averaged | ByNorm | Collected | Corrected | TamperingVolume
"""Explanations of lines that have a volume and a price."""
Explanation = Priced | Reduction | Penalties
