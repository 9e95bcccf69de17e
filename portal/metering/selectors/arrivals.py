"""How many readings arrive on each day of the window, month against month."""

import datetime as dt
from collections import Counter
from dataclasses import dataclass

from django.db.models import Count
from django.db.models.functions import TruncDate

from portal.core.calendars import Month, month_calendar
from portal.core.clock import MOSCOW, start_of
from portal.core.periods import Period
from portal.metering.enums import Status
from portal.metering.models import Reading

MONTHS = 3
"""The month itself and the two before it."""


@dataclass(frozen=True, slots=True)
class DayOfWindow:
    """The n-th day of the window. For each month, the newest first: readings of that day and of the window so far.

    None where the month's window is shorter, or the day has not come yet.
    """

    number: int
    day: dt.date | None
    counts: tuple[int | None, ...]
    totals: tuple[int | None, ...]


def readings_by_day(period: Period, *, today: dt.date, source: str = "") -> list[DayOfWindow]:
    """Accepted readings by the day on which they arrived, for the windows of a month and of the two before it.

    `source` narrows to one way in ("" for all). Days are Moscow days; both ends of a window are inclusive.
    """
    months = [month_calendar(period), month_calendar(period.previous), month_calendar(period.previous.previous)]
    arrived = [_arrived(month, source) for month in months]
    longest = max((month.window_closes - month.window_opens).days + 1 for month in months)
    totals = [0] * MONTHS
    rows = []
    for number in range(1, longest + 1):
        days = [_nth_day(month, number) for month in months]
        counts = [
            None if day is None or day > today else counted[day] for day, counted in zip(days, arrived, strict=True)
        ]
        totals = [total + (count or 0) for total, count in zip(totals, counts, strict=True)]
        known = tuple(None if count is None else total for total, count in zip(totals, counts, strict=True))
        rows.append(DayOfWindow(number, days[0], tuple(counts), known))
    return rows


def _nth_day(month: Month, number: int) -> dt.date | None:
    day = month.window_opens + dt.timedelta(days=number - 1)
    return day if day <= month.window_closes else None


def _arrived(month: Month, source: str) -> Counter[dt.date]:
    first, end = start_of(month.window_opens), start_of(month.window_closes + dt.timedelta(days=1))
    readings = Reading.objects.filter(status=Status.ACCEPTED, accepted_at__gte=first, accepted_at__lt=end)
    if source:
        readings = readings.filter(source=source)
    by_day = readings.annotate(day=TruncDate("accepted_at", tzinfo=MOSCOW)).order_by().values("day")
    return Counter({row["day"]: row["count"] for row in by_day.annotate(count=Count("pk"))})
