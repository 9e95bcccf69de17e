"""Calendar months as whole numbers (year × 12 + month − 1), so that a span is a plain difference."""

import calendar
import datetime as dt
from functools import lru_cache


def month_of(day: dt.date) -> int:
    """The month that a day lies in."""
    return day.year * 12 + day.month - 1


@lru_cache(maxsize=4096)
def first_day(month: int) -> dt.date:
    """The first day of a month."""
    return dt.date(month // 12, month % 12 + 1, 1)


@lru_cache(maxsize=4096)
def days_in(month: int) -> int:
    """Return how many days a month has."""
    return calendar.monthrange(month // 12, month % 12 + 1)[1]


@lru_cache(maxsize=4096)
def last_day(month: int) -> dt.date:
    """The last day of a month."""
    return dt.date(month // 12, month % 12 + 1, days_in(month))


@lru_cache(maxsize=4096)
def label(month: int) -> str:
    """A month written YYYY-MM."""
    return f"{month // 12:04}-{month % 12 + 1:02}"


def parsed(text: str) -> int:
    """A month from YYYY-MM. Raises ValueError."""
    year, _, number = text.partition("-")
    if len(year) != 4 or len(number) != 2:
        raise ValueError(f"a month is written YYYY-MM, not {text!r}")
    return month_of(dt.date(int(year), int(number), 1))
