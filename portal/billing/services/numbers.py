"""Norms, coefficients and key rates: a new row never reaches into a month that is billed."""

import datetime as dt
from decimal import Decimal

from django.db import transaction

from portal.accounts.enums import Service
from portal.accounts.models import AccountService
from portal.billing.exceptions import KeyRateInFuture, MonthsClosed, NormMissing
from portal.billing.models import KeyRate, Norm, PeriodRun, RaisingCoefficient
from portal.billing.services.rates import billed_until
from portal.core.periods import Period

Numbered = type[Norm] | type[RaisingCoefficient]


def require_open(valid_from: dt.date) -> None:
    """Raise MonthsClosed when a day lies in a closed month or before it."""
    closed = billed_until()
    if closed is not None and valid_from <= closed:
        raise MonthsClosed(earliest=closed + dt.timedelta(days=1))


def require_number(*, model: Numbered, service: Service, valid_from: dt.date) -> None:
    """Raise MonthsClosed, or NormMissing when months between the last closed one and the new norm would have none.

    Where no norm was in force nobody can have been billed by one: there a norm may begin in a closed month, so that
    the accounts that wait for it can be closed. Without a coefficient accounts were billed by 1.
    """
    if model is not Norm or Norm.objects.filter(service=service, valid_from__lte=valid_from).exists():
        require_open(valid_from)
        return
    first_open = _first_open_month(service)
    first_counted = Period.of(valid_from) if valid_from.day == 1 else Period.of(valid_from).next
    if first_open is not None and first_counted > first_open:
        raise NormMissing(service=service, first=first_open, last=first_counted.previous)


def _first_open_month(service: Service) -> Period | None:
    """The first month not closed in which the service is supplied to anybody."""
    since = AccountService.objects.filter(service=service).order_by("since").values_list("since", flat=True).first()
    closed = billed_until()
    if since is None:
        return None
    return Period.of(since) if closed is None else max(Period.of(since), Period.of(closed).next)


@transaction.atomic
def add_number(
    *, model: Numbered, service: Service, valid_from: dt.date, value: Decimal, source: str
) -> Norm | RaisingCoefficient:
    """Add a norm (m³ per person per month) or a raising coefficient. Raises MonthsClosed, NormMissing.

    IntegrityError when the service has one from this day already, or the value is out of range.
    """
    require_number(model=model, service=service, valid_from=valid_from)
    return model._default_manager.create(service=service, valid_from=valid_from, value=value, source=source)


def require_key_rate(*, valid_from: dt.date, today: dt.date) -> None:
    """Raise KeyRateInFuture, or MonthsClosed when penalties were counted by another rate on that day (inclusive)."""
    if valid_from > today:
        raise KeyRateInFuture(valid_from=valid_from)
    if not KeyRate.objects.filter(valid_from__lte=valid_from).exists():
        return
    last = PeriodRun.objects.standing().newest()
    if last is not None and valid_from <= last.closing_day:
        raise MonthsClosed(earliest=last.closing_day + dt.timedelta(days=1))


@transaction.atomic
def add_key_rate(*, valid_from: dt.date, percent: Decimal, today: dt.date) -> KeyRate:
    """Add a key rate, % a year. Raises KeyRateInFuture, MonthsClosed; IntegrityError for a second one of a day."""
    require_key_rate(valid_from=valid_from, today=today)
    return KeyRate.objects.create(valid_from=valid_from, percent=percent)
