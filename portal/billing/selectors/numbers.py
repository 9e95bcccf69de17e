"""Rates, norms and VAT in force on a day."""

import datetime as dt
from decimal import Decimal

from portal.billing.models import Norm, Rate, VatRate


def rates_in_force(day: dt.date) -> dict[str, Rate]:
    """The rate of each service on a day (one query)."""
    rates = Rate.objects.active().filter(valid_from__lte=day).order_by("valid_from")
    return {rate.service: rate for rate in rates}


def norms_in_force(day: dt.date) -> dict[str, Norm]:
    """The norm of each service on a day (one query)."""
    norms = Norm.objects.active().filter(valid_from__lte=day).order_by("valid_from")
    return {norm.service: norm for norm in norms}


def vat_percent(day: dt.date) -> Decimal | None:
    """VAT included in the rates on a day, %; None: none (one query)."""
    row = VatRate.objects.active().filter(valid_from__lte=day).order_by("-valid_from").first()
    return row.percent if row else None
