"""The board of outages as the public sees it: now, planned, past."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count

from portal.accounts.models import Street
from portal.service_requests.outages import selectors as outages
from portal.service_requests.outages.models import Outage, OutageKind, OutageState

MAX_AT_ONCE = 50
BREAKS = str.maketrans({"-": "\u2011", "\u00a0": " "})


@dataclass(frozen=True, slots=True)
class OutageNotice:
    """One outage in words: where, what, when."""

    pk: int
    place: str
    services: str
    reason: str
    delivery: str
    emergency: bool
    starts_at: dt.datetime
    ends_at: dt.datetime
    ended_at: dt.datetime | None
    overdue: bool
    houses: int = 0
    """How many houses it hits; counted by `announced` only."""


@dataclass(frozen=True, slots=True)
class Board:
    """Every list of the page, and the streets that the reader may choose from."""

    current: list[OutageNotice]
    planned: list[OutageNotice]
    past: list[OutageNotice]
    streets: list[tuple[str, str]]
    street: str


def _place(outage: Outage) -> str:
    """«б‑р Красногорский, 17»: breaks between words alone, so that it fits into a heading on a phone."""
    named = ((str(scope.street).translate(BREAKS), scope.houses) for scope in outage.scopes.all())
    return "; ".join(f"{street}, {houses}" if houses else street for street, houses in named)


def _notice(outage: Outage, now: dt.datetime) -> OutageNotice:
    return OutageNotice(
        pk=outage.pk,
        place=_place(outage),
        services=", ".join(outage.service_names()),
        reason=outage.reason,
        delivery=outage.delivery,
        emergency=outage.kind == OutageKind.EMERGENCY,
        starts_at=outage.starts_at,
        ends_at=outage.ends_at,
        ended_at=outage.ended_at,
        overdue=outage.is_overdue(now),
        houses=getattr(outage, "houses_count", 0),
    )


def _notices(rows: Iterable[Outage], now: dt.datetime) -> list[OutageNotice]:
    return [_notice(outage, now) for outage in rows]


def outages_board(*, now: dt.datetime, past_days: int, street: str = "") -> Board:
    """Outages now, planned, and past within so many days; of one street when its number is given."""
    current, planned, past = outages.current(now), outages.planned(now), outages.past(now, days=past_days)
    if street.isdecimal():
        number = int(street[:9])
        current, planned, past = (outages.on_street(rows, number) for rows in (current, planned, past))
    streets = Street.objects.filter(houses__outages__isnull=False).distinct()
    return Board(
        current=_notices(current, now),
        planned=_notices(planned, now),
        past=_notices(past, now),
        streets=[("", "—"), *((str(row.pk), str(row)) for row in streets)],
        street=street,
    )


def announced(*, now: dt.datetime) -> list[OutageNotice]:
    """Outages now, then the nearest planned, each with the number of houses it hits."""
    live = outages.shown().filter(state=OutageState.PUBLISHED).annotate(houses_count=Count("hit_houses"))
    nearest = live.order_by("starts_at")[:MAX_AT_ONCE]
    return _notices(nearest, now)


def emergencies(notices: list[OutageNotice], *, now: dt.datetime) -> list[OutageNotice]:
    """Emergencies going on, the one that hits the most houses first."""
    going_on = [notice for notice in notices if notice.emergency and notice.starts_at <= now]
    return sorted(going_on, key=lambda notice: -notice.houses)
