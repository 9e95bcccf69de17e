"""Closed months worked out anew, when a fact of them became known later: the differences become recalculations."""

import datetime as dt
import zlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from portal.billing.calculation.closing import close_month
from portal.billing.calculation.driver import facts_between
from portal.billing.calculation.explanations import Corrected
from portal.billing.calculation.facts import AccountFacts
from portal.billing.calculation.lines import RECALCULATION, ChargeLine, priced
from portal.billing.calculation.months import last_day
from portal.billing.calculation.rate_book import RateBook
from portal.billing.calculation.state import AccountState, OpenMonth, WaterState

MONTHS_BACK = 12
"""Closed months that are worked out anew."""


@dataclass(frozen=True, slots=True)
class Restated:
    """The differences of closed months, booked in a later one, and what the next closing starts from."""

    lines: list[ChargeLine]
    waters: dict[str, WaterState]
    months: dict[int, OpenMonth]


def fingerprint(facts: AccountFacts, month: int) -> int:
    """A number that changes when persons, services or meters of the months up to one (inclusive) change."""
    last = last_day(month)
    last_values = (
        [count for count in facts.persons if count.since <= last],
        [
            (supply.service, supply.since, supply.until if supply.until is not None and supply.until <= last else None)
            for supply in facts.supplies
            if supply.since <= last
        ],
        [
            (
                meter.id,
                meter.commissioned,
                meter.start,
                _until(meter.verified_until, last),
                _until(meter.closed, last),
                meter.closing_value if _until(meter.closed, last) else None,
                _until(meter.out_of_order_from, last),
                *([span for span in meter.unverified if span.since <= last]),
            )
            for meter in facts.meters
            if meter.commissioned <= last
        ],
        facts.meter_feasible,
        facts.wastewater_from,
    )
    return zlib.crc32(repr(last_values).encode())


def _until(day: dt.date | None, last: dt.date) -> int | None:
    return day.toordinal() if day is not None and day <= last else None


def restate(
    facts: AccountFacts,
    base: AccountState,
    rate_book: RateBook,
    *,
    closings: Sequence[tuple[int, dt.date]],
    charged_litres: Mapping[tuple[str, int], int],
    booked_in: int,
    reason: str,
) -> Restated:
    """Close (month, day) after (month, day) anew from `base` with all facts; compare with what stands charged.

    `charged_litres` holds litres by (service, month), corrections included. Raises NotComputable.
    """
    target: dict[tuple[str, int], int] = defaultdict(int)
    state = base
    for month, day in closings:
        closed = close_month(facts_between(facts, state, month, day), state, rate_book, month=month, closing_day=day)
        state = closed.state
        for line in closed.lines:
            if line.volume is not None:
                target[line.service, line.for_month] += line.volume
    first = closings[0][0] if closings else booked_in
    lines: list[ChargeLine] = []
    for service, month in sorted(target.keys() | {key for key in charged_litres if key[1] >= first}):
        share, charged = target[service, month], charged_litres.get((service, month), 0)
        if month < first or share == charged:
            continue
        why = Corrected(charged, share, reason=reason)
        lines += priced(
            RECALCULATION,
            service,
            rate_book.terms(month),
            booked_in=booked_in,
            volume=share - charged,
            basis="",
            why=why,
        )
    return Restated(lines, state.waters, state.months)
