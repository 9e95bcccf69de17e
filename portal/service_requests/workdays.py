"""Counting days: all of them, or working ones by the company's calendar."""

import datetime as dt
from collections.abc import Mapping

from portal.billing.calculation.workdays import is_working
from portal.billing.models import WorkdayException


def transferred_days() -> dict[dt.date, bool]:
    """Days that the calendar of working days moved (one query)."""
    return dict(WorkdayException.objects.active().values_list("day", "working"))


def plus_working(day: dt.date, number: int, transferred: Mapping[dt.date, bool]) -> dt.date:
    """The day so many working days after a day; the day itself does not count."""
    while number:
        day += dt.timedelta(days=1)
        number -= is_working(day, transferred)
    return day


def plus(day: dt.date, number: int, *, working: bool) -> dt.date:
    """The last day of a term of so many days, counted from the next day (ГК 191)."""
    return plus_working(day, number, transferred_days()) if working else day + dt.timedelta(days=number)
