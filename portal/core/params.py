"""Query parameters of an address."""

import datetime as dt

from django.http import HttpRequest

from portal.core.list_parameters import is_number, is_year


def whole_number(text: str) -> int | None:
    """A whole number written with at most nine ASCII digits, or None: what is longer fits no key of the database."""
    return int(text) if is_number(text) else None


def int_param(request: HttpRequest, name: str) -> int | None:
    """A whole number of the address, or None when it is missing or none."""
    return whole_number(request.GET.get(name, ""))


def year_param(request: HttpRequest, name: str) -> int | None:
    """A year of the address from 1900 to 2199, or None when it is missing or none: no database knows a year 0."""
    text = request.GET.get(name, "")
    return int(text) if is_year(text) else None


def date_param(request: HttpRequest, name: str) -> dt.date | None:
    """A day of the address written YYYY-MM-DD, or None when it is missing or none."""
    try:
        return dt.date.fromisoformat(request.GET.get(name, ""))
    except ValueError:
        return None
