"""Facts of an account at the closing of a month. Dates are inclusive unless said otherwise."""

import datetime as dt
from dataclasses import dataclass
from typing import NamedTuple


class ReadingFacts(NamedTuple):
    """Reading of a meter on a day, in litres; `source` is shown to the resident."""

    meter: str
    day: dt.date
    value: int
    source: str = "resident"
    rollover: bool = False


class Unverified(NamedTuple):
    """Days between a verification that ended and the next one, when the meter showed `value` litres."""

    since: dt.date
    until: dt.date
    value: int


@dataclass(frozen=True, slots=True)
class MeterFacts:
    """A meter of a service; its volume counts from `commissioned`, when it stood at `start` (litres)."""

    id: str
    service: str
    digits: int
    commissioned: dt.date
    start: int
    verified_until: dt.date
    closed: dt.date | None = None
    closing_value: int | None = None
    out_of_order_from: dt.date | None = None
    label: str = ""
    """How the resident knows it: its serial number."""
    unverified: tuple[Unverified, ...] = ()
    """Verifications that ended before the next one came, oldest first."""

    def is_valid(self, day: dt.date) -> bool:
        """Whether its readings of a day count: verified and in order (Rules 354, п. 59)."""
        return self.expired(day) is None and (self.out_of_order_from is None or day < self.out_of_order_from)

    def expired(self, day: dt.date) -> dt.date | None:
        """The last day of the verification that had ended by a day; None when it is verified then."""
        for span in self.unverified:
            if span.since <= day <= span.until:
                return span.since - dt.timedelta(days=1)
        return self.verified_until if day > self.verified_until else None


class EffectiveValue(NamedTuple):
    """A number in force from a day on, until the next one."""

    since: dt.date
    value: int


class Supply(NamedTuple):
    """A service supplied to the account from a day to a day (None: still)."""

    service: str
    since: dt.date
    until: dt.date | None = None


class InterruptionSpan(NamedTuple):
    """An interruption of a service, Moscow local time."""

    service: str
    start: dt.datetime
    end: dt.datetime


class IncomingPayment(NamedTuple):
    """Money that came in on a day, in kopecks (negative: given back); `month` when the payer named it.

    Money given back names the month of its payment. With `correction` it is no money: a sum that an employee took off
    (negative: added) for `month`.
    """

    day: dt.date
    amount: int
    month: int | None = None
    correction: bool = False


class Tampering(NamedTuple):
    """A tampering report: norm × 10 from a day to a day (Rules 354, п. 62)."""

    number: str
    service: str
    since: dt.date
    until: dt.date
    charged: tuple[tuple[int, int], ...] = ()
    """(month, litres) that stand charged for the closed months of the report, reports left out."""
    booked: tuple[tuple[int, int], ...] = ()
    """(month, litres) that earlier closings booked for this report."""


class LateInterruptions(NamedTuple):
    """All interruptions of a closed month of which some became known since; charged and already taken off, kopecks."""

    service: str
    month: int
    interruptions: tuple[InterruptionSpan, ...]
    charged: int
    taken_off: int


@dataclass(frozen=True, slots=True)
class AccountFacts:
    """One account at one closing. `readings` are those that no earlier closing has counted."""

    supplies: tuple[Supply, ...]
    persons: tuple[EffectiveValue, ...]
    meter_feasible: bool
    meters: tuple[MeterFacts, ...] = ()
    readings: tuple[ReadingFacts, ...] = ()
    interruptions: tuple[InterruptionSpan, ...] = ()
    receipts: tuple[IncomingPayment, ...] = ()
    """Money and corrections that no earlier closing has counted."""
    wastewater_from: tuple[str, ...] | None = None
    tamperings: tuple[Tampering, ...] = ()
    late_interruptions: tuple[LateInterruptions, ...] = ()
