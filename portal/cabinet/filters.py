"""Reading what a list was asked for."""

import datetime as dt
from dataclasses import dataclass

from django.http import HttpRequest


def int_param(request: HttpRequest, name: str) -> int | None:
    """A whole number of the address, or None when it is missing or none."""
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def date_param(request: HttpRequest, name: str) -> dt.date | None:
    """A day of the address written YYYY-MM-DD, or None when it is missing or none."""
    try:
        return dt.date.fromisoformat(request.GET.get(name, ""))
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class Pages:
    """Where a list stands that was cut by the selector: enough for the template's links."""

    number: int
    last: int
    total: int

    @classmethod
    def of(cls, total: int, number: int, size: int) -> "Pages":
        """The pages of so many rows."""
        return cls(number, max(1, -(-total // size)), total)

    @property
    def previous(self) -> int | None:
        return self.number - 1 if self.number > 1 else None

    @property
    def next(self) -> int | None:
        return self.number + 1 if self.number < self.last else None
