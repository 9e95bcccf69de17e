"""Outages: now, planned, past; of a street; those that concern a login or an account. Whom a scope hits."""

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Q, QuerySet

from portal.accounts.models import Account, House, Street
from portal.billing.calculation.workdays import is_working
from portal.core import cache_version
from portal.core.clock import date_of
from portal.core.service_catalogue import METERED, WASTEWATER
from portal.service_requests.dispatch.enums import RequestKind
from portal.service_requests.outages.calculation import covers, parse, typed_parts
from portal.service_requests.outages.models import Outage, OutageScope, OutageState
from portal.service_requests.workdays import transferred_days

_SUPPLIED = frozenset(METERED)
EXPLAINED: dict[str, frozenset[str]] = {
    RequestKind.NO_WATER: _SUPPLIED,
    RequestKind.LOW_PRESSURE: _SUPPLIED,
    RequestKind.QUALITY: _SUPPLIED,
    RequestKind.SEWER: frozenset({WASTEWATER.key}),
}
"""Kinds of requests and the services whose outage explains them."""
_SHOWN = (OutageState.PUBLISHED, OutageState.ENDED)


def shown() -> QuerySet[Outage]:
    """Every outage that was announced and not called off, with its scope."""
    return Outage.objects.filter(state__in=_SHOWN).prefetch_related("scopes__street")


def current(now: dt.datetime) -> QuerySet[Outage]:
    """Water is off now: begun, and not known to have ended (one past its expected end still stands)."""
    return shown().filter(state=OutageState.PUBLISHED, starts_at__lte=now).order_by("starts_at")


def planned(now: dt.datetime) -> QuerySet[Outage]:
    """Announced, not begun."""
    return shown().filter(state=OutageState.PUBLISHED, starts_at__gt=now).order_by("starts_at")


def past(now: dt.datetime, *, days: int = 90) -> QuerySet[Outage]:
    """Ended within so many days, newest first."""
    since = now - dt.timedelta(days=days)
    return shown().filter(state=OutageState.ENDED, ended_at__gte=since).order_by("-ended_at")


def on_street(outages: QuerySet[Outage], street_id: int) -> QuerySet[Outage]:
    """Return the outages that hit a house of a street."""
    return outages.filter(hit_houses__house__street_id=street_id).distinct()


def concerned(account: Account, now: dt.datetime, *, days_ahead: int = 14) -> QuerySet[Outage]:
    """Outages that hit an account's house now or begin within so many days, the present first."""
    return _live(now, days_ahead).filter(hit_houses__house__premises__accounts=account).distinct()


def known_outage(house: House | None, kind: str, now: dt.datetime) -> Outage | None:
    """The outage that explains a request of a kind from a house: off now, of a service that the kind is about.

    None for kinds that an outage does not explain, such as a leak (one query, none without a house).
    """
    services = EXPLAINED.get(kind, frozenset())
    if house is None or not services:
        return None
    outages = current(now).filter(hit_houses__house=house).distinct()
    return next((outage for outage in outages if not services.isdisjoint(outage.services)), None)


def houses_of(user: AbstractBaseUser | AnonymousUser) -> set[int]:
    """The houses where a login holds an account (one query; none without an account)."""
    if not user.is_authenticated:
        return set()
    return set(Account.objects.visible_to(user).values_list("premises__house_id", flat=True))


def banner_for(houses: Collection[int], now: dt.datetime, *, days_ahead: int = 3) -> list[Outage]:
    """Return what the residents of some houses see on every page: outages of now and the next days, the present first.

    No query as a rule: what is announced is cached for a minute, or until something public changes.
    """
    until = now + dt.timedelta(days=days_ahead)
    announced = cache_version.cached("outages", _announced)
    return [outage for outage, hit in announced if outage.starts_at <= until and not hit.isdisjoint(houses)]


def _announced() -> list[tuple[Outage, frozenset[int]]]:
    rows = Outage.objects.filter(state=OutageState.PUBLISHED).prefetch_related("hit_houses").order_by("starts_at")
    return [(row, frozenset(hit.house_id for hit in row.hit_houses.all())) for row in rows]


def _live(now: dt.datetime, days_ahead: int) -> QuerySet[Outage]:
    until = now + dt.timedelta(days=days_ahead)
    return shown().filter(state=OutageState.PUBLISHED, starts_at__lte=until).order_by("starts_at")


@dataclass(frozen=True, slots=True)
class Scope:
    """A street with the houses as somebody typed them; none typed: the whole street."""

    street_id: int
    houses: str = ""


def houses_in(scopes: Iterable[Scope]) -> list[House]:
    """The houses of ours that a scope means, by street and number (one query). Raises HousesNotUnderstood."""
    wanted: dict[int, list[str]] = {}
    for scope in scopes:
        wanted.setdefault(scope.street_id, []).append(scope.houses)
    lists = {street: [parse(text) for text in texts] for street, texts in wanted.items()}
    houses = House.objects.filter(street_id__in=wanted).select_related("street")
    return [
        house
        for house in houses.order_by("street__name", "sort_number", "number")
        if any(covers(parts, house.number, house.sort_number) for parts in lists[house.street_id])
    ]


@dataclass(frozen=True, slots=True)
class Hit:
    """Whom an outage hits; `unknown` are parts of its scope that no house of ours answers to."""

    by_house: list[tuple[House, int]]
    unknown: list[str]

    @property
    def houses(self) -> list[House]:
        """The houses."""
        return [house for house, _accounts in self.by_house]

    @property
    def accounts(self) -> int:
        """Open accounts in them."""
        return sum(count for _house, count in self.by_house)


def hit(scopes: Sequence[Scope]) -> Hit:
    """Houses of a scope with their numbers of open accounts (three queries). Raises HousesNotUnderstood."""
    houses = houses_in(scopes)
    return Hit(_counted(houses), list(_unknown(scopes, houses)))


def hit_when_announced(outage: Outage) -> Hit:
    """Houses that an announced outage hits, as they were fixed when it was announced (two queries)."""
    rows = outage.hit_houses.select_related("house__street").order_by(
        "house__street__name", "house__sort_number", "house__number"
    )
    return Hit(_counted([row.house for row in rows]), [])


def _counted(houses: Sequence[House]) -> list[tuple[House, int]]:
    rows = House.objects.filter(pk__in=[house.pk for house in houses]).annotate(
        open=Count("premises__accounts", filter=Q(premises__accounts__closed_on=None))
    )
    counted = dict(rows.values_list("pk", "open"))
    return [(house, counted[house.pk]) for house in houses]


def _unknown(scopes: Sequence[Scope], houses: Sequence[House]) -> Iterator[str]:
    streets = Street.objects.in_bulk({scope.street_id for scope in scopes})
    for scope in scopes:
        there = [house for house in houses if house.street_id == scope.street_id]
        if not there:
            yield str(OutageScope(street=streets[scope.street_id], houses=scope.houses))
            continue
        for typed, part in typed_parts(scope.houses):
            if not any(part.covers(house.number, house.sort_number) for house in there):
                yield str(OutageScope(street=streets[scope.street_id], houses=typed))


def scopes_of(outage: Outage) -> list[Scope]:
    """The scope of a stored outage."""
    return [Scope(row.street_id, row.houses) for row in outage.scopes.all()]


def for_staff(*, state: str = "", query: str = "") -> QuerySet[Outage]:
    """Every outage, drafts too, newest first."""
    outages = Outage.objects.annotate(houses_count=Count("hit_houses")).prefetch_related("scopes__street")
    if state:
        outages = outages.filter(state=state)
    if query:
        outages = outages.filter(Q(reason__icontains=query) | Q(scopes__street__name__icontains=query)).distinct()
    return outages.order_by("-starts_at")


def working_days_ahead(outage: Outage, today: dt.date) -> int:
    """Working days between today and the day it begins; a planned one is announced 10 ahead (Rules 354, п. 31)."""
    starts = date_of(outage.starts_at)
    moved = transferred_days()
    return sum(is_working(today + dt.timedelta(days=n), moved) for n in range(1, max((starts - today).days, 0)))
