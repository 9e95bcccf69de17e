"""Billing periods: calendar months, ordered, hashable, stored as their first day."""

import calendar
import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

_WRITTEN = re.compile(r"(\d{4})-(\d{2})")
_FORMS = (
    re.compile(r"(?P<year>\d{4})[-.](?P<month>\d{1,2})(?:[-.]\d{1,2})?"),
    re.compile(r"(?:\d{1,2}[./-])?(?P<month>\d{1,2})[./-](?P<year>\d{4}|\d{2})"),
    re.compile(r"(?P<month>[а-я]{3,8})\.? (?P<year>\d{4})(?: ?г(?:ода|\.)?)?"),
)
_STEMS = ("янв", "фев", "мар", "апр", "май", "июн", "июл", "авг", "сен", "окт", "ноя", "дек")


def _month_named(word: str) -> int:
    """The number of a month by its Russian name. Raises ValueError."""
    stem = "май" if word == "мая" else word[:3]
    if stem not in _STEMS:
        raise ValueError(f"not a month: {word!r}")
    return _STEMS.index(stem) + 1


@dataclass(frozen=True, order=True, slots=True)
class Period:
    """A calendar month."""

    year: int
    month: int

    def __post_init__(self) -> None:
        if not 1 <= self.month <= 12:
            raise ValueError(f"no such month: {self.month}")

    @classmethod
    def of(cls, date: dt.date) -> Self:
        """The month that a day belongs to."""
        return cls(date.year, date.month)

    @classmethod
    def parse(cls, text: str) -> Self:
        """A month written YYYY-MM. Raises ValueError."""
        match = _WRITTEN.fullmatch(text)
        if match is None:
            raise ValueError(f"a period is written YYYY-MM, not {text!r}")
        return cls(int(match[1]), int(match[2]))

    @classmethod
    def read(cls, text: str) -> Self:
        """A month as people write it: 2026-10, 10.2026, 10.26, октябрь 2026, 20.10.2026. Raises ValueError."""
        normalized = " ".join(text.lower().split())
        for form in _FORMS:
            if match := form.fullmatch(normalized):
                year, month = int(match["year"]), match["month"]
                number = int(month) if month.isdigit() else _month_named(month)
                return cls(year + 2000 if year < 100 else year, number)
        raise ValueError(f"not a month: {text!r}")

    def __str__(self) -> str:
        return f"{self.year:04}-{self.month:02}"

    @property
    def days(self) -> int:
        return calendar.monthrange(self.year, self.month)[1]

    @property
    def first_day(self) -> dt.date:
        return dt.date(self.year, self.month, 1)

    @property
    def last_day(self) -> dt.date:
        return dt.date(self.year, self.month, self.days)

    def day(self, number: int) -> dt.date:
        """A day of the month; one past its end is its last day."""
        return dt.date(self.year, self.month, min(number, self.days))

    def shift(self, months: int) -> "Period":
        """The month so many later (earlier when negative)."""
        index = self.year * 12 + self.month - 1 + months
        return Period(index // 12, index % 12 + 1)

    @property
    def next(self) -> "Period":
        return self.shift(1)

    @property
    def previous(self) -> "Period":
        return self.shift(-1)

    def months_until(self, other: "Period") -> int:
        """Return how many months later the other one is."""
        return (other.year - self.year) * 12 + other.month - self.month

    def __contains__(self, date: dt.date) -> bool:
        return (date.year, date.month) == (self.year, self.month)


def span(first: Period, last: Period) -> Iterator[Period]:
    """Every month from the first to the last, both inclusive."""
    period = first
    while period <= last:
        yield period
        period = period.next
