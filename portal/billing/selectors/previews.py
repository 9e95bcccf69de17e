"""What changes if a dated number is saved: from which month, for how many accounts, for how long."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from portal.accounts.enums import Service
from portal.accounts.models import AccountService
from portal.billing.enums import Basis, ChargeKind
from portal.billing.loading.facts import open_accounts
from portal.billing.models import AccountClosing, Charge, Norm, RaisingCoefficient, Rate
from portal.billing.services.rates import billed_until
from portal.core.periods import Period


@dataclass(frozen=True, slots=True)
class NumberPreview:
    """`accounts` are supplied with the service then; `by_norm` of them were charged by the norm last month.

    `allowed` is false when the day lies in a closed month; `earliest` is the first day that is open.
    """

    service: str
    valid_from: dt.date
    first_period: Period
    old: Decimal | None
    new: Decimal
    accounts: int
    by_norm: int
    until: dt.date | None
    allowed: bool
    earliest: dt.date | None


def preview_rate(*, service: Service, valid_from: dt.date, price: Decimal) -> NumberPreview:
    """What a new rate changes (six queries). A rate counts from its day, within a month by days."""
    standing = Rate.objects.filter(service=service, withdrawn_at=None)
    return _preview(standing, "price", service, valid_from, price, first=Period.of(valid_from))


def preview_number(
    *, model: type[Norm] | type[RaisingCoefficient], service: Service, valid_from: dt.date, value: Decimal
) -> NumberPreview:
    """What a new norm or coefficient changes (six queries). It counts from the first month that begins with it."""
    period = Period.of(valid_from)
    first = period if valid_from == period.first_day else period.next
    return _preview(model._default_manager.filter(service=service), "value", service, valid_from, value, first=first)


def _preview(
    standing: Any, column: str, service: Service, valid_from: dt.date, new: Decimal, *, first: Period
) -> NumberPreview:
    before = standing.filter(valid_from__lte=valid_from).order_by("-valid_from").values_list(column, flat=True).first()
    following = standing.filter(valid_from__gt=valid_from).order_by("valid_from").first()
    closed = billed_until()
    return NumberPreview(
        service=service,
        valid_from=valid_from,
        first_period=first,
        old=before,
        new=new,
        accounts=AccountService.objects.filter(service=service, until=None, account__in=open_accounts(first)).count(),
        by_norm=_by_norm(service),
        until=following.valid_from - dt.timedelta(days=1) if following else None,
        allowed=closed is None or valid_from > closed,
        earliest=closed + dt.timedelta(days=1) if closed else None,
    )


def _by_norm(service: str) -> int:
    last = AccountClosing.objects.filter(reversed_at=None).order_by("-period").values_list("period", flat=True).first()
    if last is None:
        return 0
    charges = Charge.objects.filter(period=last, reversed_at=None, kind=ChargeKind.CHARGE, service=service)
    return charges.filter(basis=Basis.NORM).values("account_id").distinct().count()
