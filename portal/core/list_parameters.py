"""Query parameters of lists: each list declares its parameters, anything else is answered 400.

A parameter that nobody declared must not reach the database (it could be a lookup over any related table), and a
value that cannot be understood must not show the whole list as if it were filtered.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from functools import wraps
from typing import Any, TypeVar

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render

Check = Callable[[str], bool]
View = TypeVar("View", bound=Callable[..., HttpResponse])

LONGEST_TEXT = 200
MAX_WORDS = 12
FIRST_DAY, LAST_DAY = dt.date(1900, 1, 1), dt.date(2200, 1, 1)


def is_text(value: str) -> bool:
    """Words of a search: at most 200 characters and 12 words, since each word becomes a condition of the query."""
    return len(value) <= LONGEST_TEXT and len(value.split()) <= MAX_WORDS


def is_number(value: str) -> bool:
    """A whole number from 0 that fits a database key: 1 to 9 ASCII digits."""
    return value.isascii() and value.isdigit() and len(value) < 10


def is_page(value: str) -> bool:
    """A page's number, from 1, written in one way."""
    return is_number(value) and not value.startswith("0")


def is_day(value: str) -> bool:
    """A day written YYYY-MM-DD, of 1900 to 2199."""
    try:
        return len(value) == 10 and FIRST_DAY <= dt.date.fromisoformat(value) < LAST_DAY
    except ValueError:
        return False


def is_month(value: str) -> bool:
    """A month written YYYY-MM, of 1900 to 2199."""
    return is_day(f"{value}-01")


def is_year(value: str) -> bool:
    """A year of 1900 to 2199."""
    return len(value) == 4 and is_day(f"{value}-01-01")


def one_of(values: Iterable[Any]) -> Check:
    """One of these values, as text."""
    allowed = {str(value) for value in values}
    return lambda value: value in allowed


is_export = one_of(("csv", "xlsx"))


def refused_parameters(query: QueryDict, declared: Mapping[str, Check]) -> list[str]:
    """Names of the parameters that are not declared, come twice, hold NUL, or fail their check; in the address's order.

    An empty value of a declared parameter is always accepted: a form sends it for what was left open.
    """
    return [name for name in query if not _accepted(query.getlist(name), declared.get(name))]


def _accepted(values: list[str], check: Check | None) -> bool:
    if check is None or len(values) != 1:
        return False
    value = values[0]
    return not value or ("\0" not in value and check(value))


def bad_address(request: HttpRequest, names: Iterable[str]) -> HttpResponse:
    """400 with a message: the parameters that were not understood, and a link back to the list."""
    shown = [name.replace("\0", "�")[:60] for name in names][:5]
    return render(request, "errors/bad_address.html", {"names": shown, "list_url": request.path}, status=400)


def list_parameters(**declared: Check) -> Callable[[View], View]:
    """Decorate a list's view: it accepts these parameters only. Goes below the decorators that check permissions."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            refused = refused_parameters(request.GET, declared)
            return bad_address(request, refused) if refused else view(request, *args, **kwargs)

        return guarded  # type: ignore[return-value]  # the same signature

    return decorate
