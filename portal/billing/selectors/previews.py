"""Effect of saving a dated number: from which month, for how many accounts, about how many ₽ a month."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet, Sum

from portal.accounts.enums import Service
from portal.accounts.models import AccountService
from portal.billing.calculation.stored_explanations import FACTOR_KEY
from portal.billing.calculation.units import FACTOR_SCALE, scaled
from portal.billing.enums import Basis, ChargeKind
from portal.billing.loading.facts import open_accounts
from portal.billing.models import (
    AccountClosing,
    Charge,
    KeyRate,
    KeyRateCap,
    Norm,
    RaisingCoefficient,
    Rate,
    RunFailure,
)
from portal.core.money import from_kopecks, roubles
from portal.core.periods import Period
from portal.ledger.selectors import IN_KOPECKS


@dataclass(frozen=True, slots=True)
class NumberPreview:
    """`accounts` are supplied then; `touched` of them bore such a number in `month`, the last closed one.

    `extra` is what they would have paid more in that month, ₽ (negative: less); None when nothing was closed yet.
    `until` is the last day before a number that stands already (None: it stays).
    `waiting` accounts stand without their bill because a closing missed this very number.
    """

    service: str
    valid_from: dt.date
    first_period: Period
    old: Decimal | None
    new: Decimal
    accounts: int
    touched: int
    month: Period | None
    extra: Decimal | None
    until: dt.date | None
    waiting: int


@dataclass(frozen=True, slots=True)
class KeyRatePreview:
    """`accounts` bore penalties in `month`; the effective rates are those under the limit, % a year."""

    valid_from: dt.date
    old: Decimal | None
    new: Decimal
    effective_old: Decimal | None
    effective_new: Decimal
    accounts: int
    month: Period | None
    extra: Decimal | None
    until: dt.date | None


def preview_rate(
    *, service: Service, valid_from: dt.date, price: Decimal, without: Collection[int] = ()
) -> NumberPreview:
    """Return what a new rate changes (eight queries). A rate counts from its day, within a month by days.

    `without`: rows that will be withdrawn with it.
    """
    existing = Rate.objects.active().filter(service=service).exclude(pk__in=without)
    charged = Charge.objects.filter(service=service)
    return _preview(
        existing,
        "price",
        service,
        valid_from,
        price,
        first=Period.of(valid_from),
        charged=charged,
        missed="no_rate",
    )


def preview_number(
    *,
    model: type[Norm] | type[RaisingCoefficient],
    service: Service,
    valid_from: dt.date,
    value: Decimal,
    without: Collection[int] = (),
) -> NumberPreview:
    """Return what a new norm or coefficient changes (eight queries). It counts from the first month that begins with
    it.
    """
    period = Period.of(valid_from)
    charged = Charge.objects.filter(service=service, basis=Basis.NORM)
    if model is RaisingCoefficient:
        charged = charged.filter(explanation__has_key=FACTOR_KEY)
    return _preview(
        model.objects.active().filter(service=service).exclude(pk__in=without),
        "value",
        service,
        valid_from,
        value,
        first=period if valid_from == period.first_day else period.next,
        charged=charged,
        missed="no_norm" if model is Norm else "",
    )


def preview_key_rate(*, valid_from: dt.date, percent: Decimal, without: Collection[int] = ()) -> KeyRatePreview:
    """Return what a new key rate changes for penalties (a few queries)."""
    old, until = around(KeyRate.objects.active().exclude(pk__in=without), "percent", valid_from)
    caps = _caps(valid_from)
    return _penal(valid_from, old, percent, _capped(old, caps), _capped(percent, caps), until)


def preview_cap(
    *, valid_from: dt.date, valid_until: dt.date | None, percent: Decimal, without: Collection[int] = ()
) -> KeyRatePreview:
    """Return what a limit of the key rate changes for penalties from its first day on (a few queries)."""
    key, _until = around(KeyRate.objects.active(), "percent", valid_from)
    caps = _caps(valid_from, without=without)
    limits = [Decimal(cap) / FACTOR_SCALE for cap in caps]
    new = [*caps, scaled(percent, FACTOR_SCALE)]
    return _penal(valid_from, min(limits, default=None), percent, _capped(key, caps), _capped(key, new), valid_until)


def _caps(day: dt.date, *, without: Collection[int] = ()) -> list[int]:
    caps = KeyRateCap.objects.active().exclude(pk__in=without).filter(valid_from__lte=day)
    in_force = caps.filter(Q(valid_until=None) | Q(valid_until__gte=day))
    return [scaled(percent, FACTOR_SCALE) for percent in in_force.values_list("percent", flat=True)]


def _penal(
    valid_from: dt.date,
    old: Decimal | None,
    percent: Decimal,
    before: Decimal | None,
    after: Decimal | None,
    until: dt.date | None,
) -> KeyRatePreview:
    month = last_closed_month()
    penalties = charges_of_month(Charge.objects.all(), month, ChargeKind.PENALTY)
    return KeyRatePreview(
        valid_from=valid_from,
        old=old,
        new=percent,
        effective_old=before,
        effective_new=after or percent,
        accounts=penalties.values("account_id").distinct().count(),
        month=month,
        extra=_extra(penalties, before, after or percent) if month else None,
        until=until,
    )


def _capped(percent: Decimal | None, caps: list[int]) -> Decimal | None:
    if percent is None:
        return None
    return Decimal(min([scaled(percent, FACTOR_SCALE), *caps])) / FACTOR_SCALE


def _preview(
    existing: "QuerySet[Any]",
    column: str,
    service: Service,
    valid_from: dt.date,
    new: Decimal,
    *,
    first: Period,
    charged: "QuerySet[Charge]",
    missed: str,
) -> NumberPreview:
    old, until = around(existing, column, valid_from)
    month = last_closed_month()
    lines = charges_of_month(charged, month, ChargeKind.CHARGE)
    return NumberPreview(
        service=service,
        valid_from=valid_from,
        first_period=first,
        old=old,
        new=new,
        accounts=AccountService.objects.filter(service=service, until=None, account__in=open_accounts(first)).count(),
        touched=lines.values("account_id").distinct().count(),
        month=month,
        extra=_extra(lines, old, new) if month else None,
        until=until,
        waiting=RunFailure.objects.filter(code=missed, detail__startswith=f"{service} ").count() if missed else 0,
    )


def around(existing: "QuerySet[Any]", column: str, day: dt.date) -> tuple[Decimal | None, dt.date | None]:
    """The number in force on a day, and the last day before the one that follows."""
    before = existing.filter(valid_from__lte=day).order_by("-valid_from").values_list(column, flat=True).first()
    following = existing.filter(valid_from__gt=day).order_by("valid_from").values_list("valid_from", flat=True).first()
    return before, following - dt.timedelta(days=1) if following else None


def last_closed_month() -> Period | None:
    """The last month that stands closed for anybody (one query)."""
    last = AccountClosing.objects.filter(reversed_at=None).order_by("-period").values_list("period", flat=True).first()
    return Period.of(last) if last else None


def charges_of_month(charged: "QuerySet[Charge]", month: Period | None, kind: ChargeKind) -> "QuerySet[Charge]":
    """The lines of a kind that a closing of a month booked and that stand; none without a month."""
    if month is None:
        return charged.none()
    return charged.filter(period=month.first_day, reversed_at=None, kind=kind).order_by()


def _extra(lines: "QuerySet[Charge]", old: Decimal | None, new: Decimal) -> Decimal | None:
    """Return what the lines come to in proportion, less what they came to, ₽."""
    if not old:
        return None
    booked = from_kopecks(lines.aggregate(total=Sum(IN_KOPECKS))["total"] or 0)
    return roubles(booked * new / old - booked)
