"""Checks for unusual readings: pure functions over points of its history. No ORM, no clock."""

import datetime as dt
import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from portal.core.money import cubic_metres
from portal.core.periods import Period

DAYS_OF_MONTH = Decimal("30.4375")
ENOUGH_POINTS = 3
LONGEST_MONTH = 50
HOURS = 24
MAXIMUM_FLOW: dict[int, Decimal] = {
    15: Decimal("3.125"),
    20: Decimal(5),
    25: Decimal("7.875"),
    32: Decimal("12.5"),
    40: Decimal(20),
    50: Decimal(50),
    65: Decimal("78.75"),
    80: Decimal(125),
    100: Decimal(200),
}
"""Overload flow rate Q4, m³ an hour, of meters by nominal diameter, mm: 1.25 × the permanent flow rate Q3
(ГОСТ Р ИСО 4064-1-2017); the largest of the usual makes, so that no possible reading is refused."""


@dataclass(frozen=True, slots=True)
class MeterPoint:
    """Value of a meter on a day, m³; `rollover` when it had turned past its last digit since the point before."""

    day: dt.date
    value: Decimal
    rollover: bool = False


@dataclass(frozen=True, slots=True)
class ReadingLimits:
    """Limits above which a reading is unusual; settings of the company."""

    high_times: Decimal = Decimal(3)
    leak_times: Decimal = Decimal(2)
    zero_months: int = 3
    usual_months: int = 6
    first_high: Decimal = Decimal(60)
    """m³ a month above which a meter without a history is asked about."""
    untyped_flow: Decimal = MAXIMUM_FLOW[20]
    """Maximum flow, m³ an hour, of meters whose type is not entered."""


def possible_run(flow: Decimal, *, since: dt.date, day: dt.date) -> Decimal:
    """The most m³ that pass a meter at its maximum flow (m³ an hour) between two days, both counted whole."""
    return cubic_metres(flow * HOURS * ((day - since).days + 1))


def run_between(earlier: MeterPoint, later: MeterPoint, *, size: int) -> Decimal:
    """m³ that ran from one point to the next on a meter that counts up to `size`."""
    return later.value - earlier.value + (size if later.rollover else 0)


def usual_month(history: Sequence[MeterPoint], *, size: int, months: int) -> Decimal | None:
    """m³ a month over the last so many spans between points, by days; None with fewer than three points.

    `history` is oldest first.
    """
    points = history[-(months + 1) :]
    if len(points) < ENOUGH_POINTS:
        return None
    days = (points[-1].day - points[0].day).days
    if days <= 0:
        return None
    total = sum((run_between(a, b, size=size) for a, b in itertools.pairwise(points)), Decimal(0))
    return cubic_metres(total / days * DAYS_OF_MONTH)


def expected_run(usual: Decimal, *, since: dt.date, day: dt.date) -> Decimal:
    """m³ that the usual consumption makes of a span; a span shorter than a month counts as a month."""
    months = max(Decimal(1), Decimal((day - since).days) / DAYS_OF_MONTH)
    return cubic_metres(usual * months)


def same_month_last_year(history: Sequence[MeterPoint], day: dt.date, *, size: int) -> Decimal | None:
    """m³ of the span that ended in the same month a year before; None unless it was about a month long."""
    wanted = Period.of(day).shift(-12)
    for earlier, later in itertools.pairwise(history):
        if later.day in wanted and (later.day - earlier.day).days <= LONGEST_MONTH:
            return run_between(earlier, later, size=size)
    return None


def stands_still(history: Sequence[MeterPoint], now: MeterPoint, *, months: int) -> bool:
    """Whether the meter has not moved for so many months."""
    limit = Period.of(now.day).shift(-months)
    before = [point for point in history if Period.of(point.day) <= limit]
    since = [point for point in history if Period.of(point.day) > limit]
    return bool(before) and all(point.value == now.value for point in [before[-1], *since])
