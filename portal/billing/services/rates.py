"""Rates come from published pages. One that was billed never changes."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction

from portal.accounts.enums import Service
from portal.billing.exceptions import RateAlreadyBilled, RateNotPositive
from portal.billing.models import PeriodRun, Rate
from portal.core import clock, freshness
from portal.core.periods import Period


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRate:
    """A price in ₽ per m³ with VAT, in force from a day on (inclusive)."""

    service: Service
    valid_from: dt.date
    price: Decimal


@dataclass(frozen=True, slots=True)
class AdoptedRates:
    """What publishing a tariff changed."""

    added: tuple[Rate, ...]
    withdrawn: tuple[Rate, ...]
    unchanged: tuple[Rate, ...]


def billed_until() -> dt.date | None:
    """The last day of the last closed period: nothing may begin on it or before. None: nothing was billed."""
    last = PeriodRun.objects.standing().newest()
    return Period.of(last.period).last_day if last else None


@transaction.atomic
def adopt_rates(
    *, rates: Sequence[NewRate], source: str, page_id: int | None = None, revision_id: int | None = None
) -> AdoptedRates:
    """Take over the rates of a published tariff page; rows that stand with the same price stay as they are.

    A rate that was never billed gives way to the new one of the same day. Raises RateAlreadyBilled when a changed
    or new rate would begin in a closed month (unless there was none, so that nobody was billed), RateNotPositive.
    """
    closed = billed_until()
    added, withdrawn, unchanged = [], [], []
    for new in rates:
        if new.price <= 0:
            raise RateNotPositive(service=new.service)
        standing = Rate.objects.filter(service=new.service, valid_from=new.valid_from, withdrawn_at=None).first()
        if standing is not None and standing.price == new.price:
            unchanged.append(standing)
            continue
        if closed is not None and new.valid_from <= closed and _in_force(new):
            raise RateAlreadyBilled(service=new.service, valid_from=new.valid_from, billed_until=closed)
        if standing is not None:
            Rate.objects.filter(pk=standing.pk).update(withdrawn_at=clock.now())
            withdrawn.append(standing)
        added.append(
            Rate.objects.create(
                service=new.service,
                valid_from=new.valid_from,
                price=new.price,
                source=source,
                page_id=page_id,
                revision_id=revision_id,
            )
        )
    freshness.touch()
    return AdoptedRates(tuple(added), tuple(withdrawn), tuple(unchanged))


def _in_force(new: NewRate) -> bool:
    return Rate.objects.filter(service=new.service, withdrawn_at=None, valid_from__lte=new.valid_from).exists()
