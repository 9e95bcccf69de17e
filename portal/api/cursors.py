"""Pages by cursor: a signed position in a list of a stable order, bound to the address of the list."""

import datetime as dt
from collections.abc import Callable, Sequence
from typing import TypeVar

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from portal.api.problems import Problem

SALT = "portal.api.cursor"
Position = tuple[str, int]
"""The ISO date or moment of the last row of a page, and its key."""
Row = TypeVar("Row")


def read_cursor(request: HttpRequest, cursor: str) -> Position | None:
    """The position of a cursor; None for the first page. Raises Problem for one that is not ours or of another list."""
    if not cursor:
        return None
    try:
        day, key = signing.loads(cursor, salt=_salt(request))
    except (signing.BadSignature, ValueError):
        error = {"parameter": "cursor", "detail": _("Take the cursor from the header Link of this same list.")}
        raise Problem("not_found", errors=[error]) from None
    return str(day), int(key)


def day_and_key(position: Position | None) -> tuple[dt.date, int] | None:
    """A position in a list by days."""
    return None if position is None else (dt.date.fromisoformat(position[0]), position[1])


def moment_and_key(position: Position | None) -> tuple[dt.datetime, int] | None:
    """A position in a list by moments."""
    return None if position is None else (dt.datetime.fromisoformat(position[0]), position[1])


def link_next(
    request: HttpRequest,
    response: HttpResponse,
    rows: Sequence[Row],
    *,
    limit: int,
    position: Callable[[Row], Position],
) -> list[Row]:
    """Cut a page out of `limit` + 1 rows; the header Link names the next page when there is one (RFC 8288)."""
    page = list(rows[:limit])
    if len(rows) > limit:
        query = request.GET.copy()
        query["cursor"] = signing.dumps(position(page[-1]), salt=_salt(request))
        response["Link"] = f'<{request.build_absolute_uri(request.path)}?{query.urlencode()}>; rel="next"'
    return page


def after(rows: Sequence[Row], cursor: Position | None, position: Callable[[Row], Position]) -> list[Row]:
    """The rows behind a position in a list that is sorted by it, the greatest first."""
    return [row for row in rows if cursor is None or position(row) < cursor]


def _salt(request: HttpRequest) -> str:
    return f"{SALT}:{request.path}"
