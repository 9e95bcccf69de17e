"""The values of a case file: what each may be, and what is said when it is not."""

import datetime as dt
import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any, TypeVar

from portal.core.periods import Period

T = TypeVar("T")
Read = Callable[[Any, str], T]
"""Reads a value that stands at a key. Raises CaseMistake."""

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:00)?")
_NUMBER = re.compile(r"-?\d{1,20}(\.\d{1,20})?", re.ASCII)
_YEARS = range(2000, 2200)


class CaseMistake(Exception):
    """A case file says something that cannot be: `key` is where, `expected` what should stand there."""

    def __init__(self, key: str, expected: str) -> None:
        super().__init__(f"{key}: {expected}")
        self.key = key
        self.expected = expected


def shortened(value: Any) -> str:
    """A value as a message quotes it: one line, not endless."""
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def listed(value: Any, key: str, item: Read[T]) -> list[T]:
    """Each of a list, read by `item`; null is an empty list."""
    if value is None:
        return []
    if not isinstance(value, list):
        raise CaseMistake(key, f"a list, not {shortened(value)}")
    return [item(element, f"{key}[{position}]") for position, element in enumerate(value)]


def each_once(values: Sequence[Any], key: str, *, what: str) -> None:
    """Raises CaseMistake at the first of `values` that stands there already."""
    for position, value in enumerate(values):
        if value in values[:position]:
            raise CaseMistake(f"{key}[{position}]", f"each {what} once; {value} is there already")


def dated(value: Any, key: str, number: Read[T]) -> tuple[tuple[dt.date, T], ...]:
    """A dated list `[[from, number], …]`, sorted by its days; each day once."""
    pairs = listed(value, key, pair(date, number))
    each_once([day for day, _ in pairs], key, what="day")
    return tuple(sorted(pairs, key=lambda row: row[0]))


def pair(first: Read[Any], second: Read[Any]) -> Read[tuple[Any, Any]]:
    """Reads a list of two."""

    def read(value: Any, key: str) -> tuple[Any, Any]:
        if not isinstance(value, list) or len(value) != 2:
            raise CaseMistake(key, f"a list of two, not {shortened(value)}")
        return first(value[0], f"{key}[0]"), second(value[1], f"{key}[1]")

    return read


def one_of(choices: Sequence[str]) -> Read[str]:
    """Reads one of some words."""

    def read(value: Any, key: str) -> str:
        if not isinstance(value, str) or value not in choices:
            raise CaseMistake(key, f"one of {', '.join(choices)}, not {shortened(value)}")
        return value

    return read


def date(value: Any, key: str) -> dt.date:
    """A day written YYYY-MM-DD."""
    try:
        if _DATE.fullmatch(value):
            return dt.date.fromisoformat(value)
    except (TypeError, ValueError):
        pass
    raise CaseMistake(key, f"a date YYYY-MM-DD, not {shortened(value)}")


def moment(value: Any, key: str) -> dt.datetime:
    """A moment written YYYY-MM-DDTHH:MM, Moscow local time."""
    try:
        if _MOMENT.fullmatch(value):
            return dt.datetime.fromisoformat(value)
    except (TypeError, ValueError):
        pass
    raise CaseMistake(key, f"a moment YYYY-MM-DDTHH:MM, Moscow local time without an offset, not {shortened(value)}")


def period(value: Any, key: str) -> Period:
    """A month written YYYY-MM."""
    try:
        parsed = Period.parse(value)
    except (TypeError, ValueError):
        parsed = None
    if parsed is None or parsed.year not in _YEARS:
        raise CaseMistake(key, f"a period YYYY-MM of the years 2000 to 2199, not {shortened(value)}")
    return parsed


def number(
    *, places: int, below: int, least: str | None = None, above: str | None = None, what: str = "a number"
) -> Read[Decimal]:
    """Reads a decimal number written as a string, with so many places at most, inside its bounds."""
    bounds = f"from {least}" if least is not None else f"above {above}" if above is not None else f"above -{below}"

    def read(value: Any, key: str) -> Decimal:
        if isinstance(value, bool) or not isinstance(value, str | int) or not _NUMBER.fullmatch(str(value)):
            raise CaseMistake(key, f'{what} as a string like "12.5", not {shortened(value)}')
        parsed = Decimal(value)
        if parsed != round(parsed, places):
            raise CaseMistake(key, f"{what} with {places} places at most, not {shortened(value)}")
        low = (
            parsed < Decimal(least) if least is not None else parsed <= Decimal(above if above is not None else -below)
        )
        if low or parsed >= below:
            raise CaseMistake(key, f"{what} {bounds} and below {below}, not {shortened(value)}")
        return parsed

    return read


def whole(least: int, most: int) -> Read[int]:
    """Reads a whole number, both bounds inclusive."""

    def read(value: Any, key: str) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise CaseMistake(key, f"a whole number from {least} to {most}, not {shortened(value)}")
        return value

    return read


def flag(value: Any, key: str) -> bool:
    """True or false."""
    if not isinstance(value, bool):
        raise CaseMistake(key, f"true or false, not {shortened(value)}")
    return value


def optional(read: Read[T]) -> Read[T | None]:
    """Reads a value, or nothing where null stands."""
    return lambda value, key: None if value is None else read(value, key)


PRICE = number(places=4, below=1_000_000, above="0", what="a price")
NORM = number(places=6, below=100, above="0", what="a norm")
COEFFICIENT = number(places=4, below=100, least="1", what="a coefficient")
PERCENT = number(places=4, below=100, above="0", what="a rate in percent")
MONEY = number(places=2, below=10_000_000_000, above="0", what="a sum in whole kopecks")
SIGNED = number(places=6, below=10_000_000_000)
