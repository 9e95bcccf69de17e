"""Working days: weekends, the holidays of the Labour Code (ст. 112), and a table of transferred days."""

import datetime as dt
from collections.abc import Mapping

from portal.billing.calculation.months import days_in, first_day

HOLIDAYS = frozenset({(1, day) for day in range(1, 9)} | {(2, 23), (3, 8), (5, 1), (5, 9), (6, 12), (11, 4)})
"""(month, day). A statute, not a setting; what the government transfers each year is the table."""


def is_working(day: dt.date, transferred: Mapping[dt.date, bool]) -> bool:
    """Whether a day is a working one; `transferred` says so for single days and overrules the rest."""
    override = transferred.get(day)
    if override is not None:
        return override
    return day.weekday() < 5 and (day.month, day.day) not in HOLIDAYS


def next_working(day: dt.date, transferred: Mapping[dt.date, bool]) -> dt.date:
    """The day itself, or the first working one after it (ГК 193)."""
    while not is_working(day, transferred):
        day += dt.timedelta(days=1)
    return day


def due_date(month: int, due_day: int, transferred: Mapping[dt.date, bool]) -> dt.date:
    """Return when the charges of a month are due: a day of the next month, moved to a working one (LC 155)."""
    start = first_day(month + 1)
    return next_working(start.replace(day=min(due_day, days_in(month + 1))), transferred)
