"""Query parameters of an address."""

import datetime as dt

from django.http import HttpRequest

FIRST_YEAR, LAST_YEAR = 1900, 2199


def whole_number(text: str) -> int | None:
    """A whole number written with at most nine ASCII digits, or None: what is longer fits no key of the database."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def int_param(request: HttpRequest, name: str) -> int | None:
    """A whole number of the address, or None when it is missing or none."""
    return whole_number(request.GET.get(name, ""))


def year_param(request: HttpRequest, name: str) -> int | None:
    """A year of the address from 1900 to 2199, or None when it is missing or none: no database knows a year 0."""
    year = int_param(request, name)
    return year if year is not None and FIRST_YEAR <= year <= LAST_YEAR else None


def date_param(request: HttpRequest, name: str) -> dt.date | None:
    """A day of the address written YYYY-MM-DD, or None when it is missing or none."""
    try:
        return dt.date.fromisoformat(request.GET.get(name, ""))
    except ValueError:
        return None
