"""Reductions for interruptions beyond what is allowed (Rules 354, Annex 1)."""

import datetime as dt
from collections.abc import Sequence

from portal.billing.calculation.facts import InterruptionSpan
from portal.billing.calculation.months import first_day, month_of
from portal.billing.calculation.units import divided

ALLOWED_AT_ONCE = 4 * 60
ALLOWED_IN_MONTH = 8 * 60
"""Minutes, Annex 1."""
PERCENT_NUMERATOR, PERCENT_DENOMINATOR = 15, 10_000
"""0.15 % of the month's charge for each hour."""


def minutes_of(interruptions: Sequence[InterruptionSpan], month: int) -> tuple[int, int]:
    """Minutes beyond four hours at once, summed over the interruptions, and minutes in total, that fall in a month."""
    start = dt.datetime.combine(first_day(month), dt.time.min)
    end = dt.datetime.combine(first_day(month + 1), dt.time.min)
    beyond = total = 0
    for interruption in interruptions:
        total += _overlap(interruption.start, interruption.end, start, end)
        beyond += _overlap(interruption.start + dt.timedelta(minutes=ALLOWED_AT_ONCE), interruption.end, start, end)
    return beyond, total


def months_of(span: InterruptionSpan) -> range:
    """The months that an interruption touches."""
    return range(month_of(span.start.date()), month_of(span.end.date()) + 1)


def _overlap(first: dt.datetime, last: dt.datetime, start: dt.datetime, end: dt.datetime) -> int:
    seconds = (min(last, end) - max(first, start)).total_seconds()
    return max(0, int(seconds // 60))


def hours_beyond(interruptions: Sequence[InterruptionSpan], month: int) -> int:
    """Hours that reduce the charge: the larger of both counts, a part of an hour counts as one."""
    beyond, total = minutes_of(interruptions, month)
    return -(-max(beyond, total - ALLOWED_IN_MONTH, 0) // 60)


def reduction(charged: int, hours: int) -> int:
    """Kopecks taken off (negative, or zero) a month's charge lines, never more than was charged."""
    off = divided(charged * hours * PERCENT_NUMERATOR, PERCENT_DENOMINATOR)
    return -min(off, charged) if charged > 0 else 0
