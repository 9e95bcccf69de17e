"""Rates come from published pages. One that was billed never changes."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction

from portal.accounts.enums import Service
from portal.accounts.models import User
from portal.billing.exceptions import RateAlreadyBilled, RateNotPositive, RateOutOfBounds
from portal.billing.models import Rate
from portal.billing.number_types import RATE_BOUNDS
from portal.billing.selectors.opening import billed_until
from portal.billing.services.numbers import lock_numbers, require_unused, withdraw_row
from portal.billing.usage import used_by
from portal.core import cache_version


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRate:
    """A price in ₽ per m³ with VAT, in force from a day on (inclusive)."""

    service: Service
    valid_from: dt.date
    price: Decimal


@dataclass(frozen=True, slots=True)
class AdoptedRates:
    """Changes made by publishing a tariff."""

    added: tuple[Rate, ...]
    withdrawn: tuple[Rate, ...]
    unchanged: tuple[Rate, ...]


@transaction.atomic
def adopt_rates(
    *,
    rates: Sequence[NewRate],
    source: str,
    page_id: int | None = None,
    revision_id: int | None = None,
    by: User | None = None,
    approved_by: User | None = None,
    keep_rest: bool = False,
) -> AdoptedRates:
    """Take over the rates of a published tariff page; rows that stand with the same price stay as they are.

    With `page_id`, what the page adopted before and names no longer is withdrawn: a price published with another day
    moves (not with `keep_rest`, when only some rates of the page are given). A row that no closing has used gives way
    to a new price of the same day. Raises RateAlreadyBilled when a changed or new rate would begin in a closed month
    (unless there was none, so that nobody was billed), NumberUsed when the page leaves out a rate that a closing has
    used, RateNotPositive, RateOutOfBounds.
    """
    lock_numbers()
    for new in rates:
        _require_sane(new, bounded=page_id is not None)
    withdrawn = _withdraw_left_out(rates, page_id, by) if page_id is not None and not keep_rest else []
    closed = billed_until()
    origin = {"source": source, "page_id": page_id, "revision_id": revision_id}
    added, unchanged = [], []
    for new in rates:
        existing = Rate.objects.active().filter(service=new.service, valid_from=new.valid_from).first()
        if existing is not None and existing.price == new.price:
            unchanged.append(existing)
            continue
        if existing is not None:
            if used_by(existing) is not None:
                raise RateAlreadyBilled(
                    service=new.service, valid_from=new.valid_from, billed_until=closed or new.valid_from
                )
            withdraw_row(existing, by=by, reason=f"Новая цена с того же дня: {source}")
            withdrawn.append(existing)
        if closed is not None and new.valid_from <= closed and _in_force(new):
            raise RateAlreadyBilled(service=new.service, valid_from=new.valid_from, billed_until=closed)
        values = {"service": new.service, "valid_from": new.valid_from, "price": new.price}
        added.append(Rate.objects.create(**values, **origin, entered_by=by, approved_by=approved_by))
    cache_version.bump()
    return AdoptedRates(tuple(added), tuple(withdrawn), tuple(unchanged))


def _require_sane(new: NewRate, *, bounded: bool) -> None:
    """A price is above zero; one that an editor typed is also below what any water costs."""
    if new.price <= 0:
        raise RateNotPositive(service=new.service)
    least, most = RATE_BOUNDS
    if bounded and new.price > most:
        raise RateOutOfBounds(service=new.service, value=new.price, least=least, most=most)


def _withdraw_left_out(rates: Sequence[NewRate], page_id: int, by: User | None) -> list[Rate]:
    named = {(new.service, new.valid_from) for new in rates}
    left_out = []
    for row in Rate.objects.active().filter(page_id=page_id):
        if (row.service, row.valid_from) not in named:
            require_unused(row)
            withdraw_row(row, by=by, reason="Решение опубликовано снова, уже без этой цены")
            left_out.append(row)
    return left_out


@transaction.atomic
def withdraw_page_rates(*, page_id: int, by: User | None, reason: str) -> list[Rate]:
    """Withdraw what a page adopted and no closing has used; returns it. What was used stays in force."""
    lock_numbers()
    rows = unused_rates(page_id=page_id)
    for row in rows:
        withdraw_row(row, by=by, reason=reason)
    return rows


def unused_rates(*, page_id: int) -> list[Rate]:
    """Rates that a page adopted, that count and that no closing has used yet, by day and service."""
    existing = Rate.objects.active().filter(page_id=page_id).order_by("valid_from", "service")
    return [row for row in existing if used_by(row) is None]


def _in_force(new: NewRate) -> bool:
    return Rate.objects.active().filter(service=new.service, valid_from__lte=new.valid_from).exists()
