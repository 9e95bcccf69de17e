"""The dated numbers as the calculation wants them."""

import datetime as dt
from decimal import Decimal
from typing import Any

from portal.billing.calculation.facts import EffectiveValue
from portal.billing.calculation.rate_book import Cap, EffectiveRate, RateBook, Settings
from portal.billing.calculation.units import FACTOR_SCALE, NORM_SCALE, PRICE_SCALE, scaled
from portal.billing.models import (
    BillingSettings,
    KeyRate,
    KeyRateCap,
    Norm,
    RaisingCoefficient,
    Rate,
    WorkdayException,
)
from portal.core.calendars import DEFAULT_DUE_DAY_BEFORE
from portal.core.models import MonthCalendar


def load_rate_book() -> RateBook:
    """Every rate, norm, coefficient, key rate, setting and transferred day (eight queries)."""
    rates: dict[str, list[EffectiveRate]] = {}
    rows = Rate.objects.active().order_by("valid_from")
    for service, since, price, pk in rows.values_list("service", "valid_from", "price", "pk"):
        rates.setdefault(service, []).append(EffectiveRate(since, scaled(price, PRICE_SCALE), pk))
    return RateBook(
        rates=rates,
        norms=_by_service(Norm, NORM_SCALE),
        raising=_by_service(RaisingCoefficient, FACTOR_SCALE),
        key_rates=[
            EffectiveValue(since, scaled(percent, FACTOR_SCALE))
            for since, percent in KeyRate.objects.active().order_by("valid_from").values_list("valid_from", "percent")
        ],
        caps=[
            Cap(since, until, scaled(percent, FACTOR_SCALE))
            for since, until, percent in KeyRateCap.objects.active().values_list("valid_from", "valid_until", "percent")
        ],
        due_days=_due_days(),
        settings=_settings(),
        transferred=dict(WorkdayException.objects.active().values_list("day", "working")),
    )


def _by_service(model: Any, scale: int) -> dict[str, list[EffectiveValue]]:
    tables: dict[str, list[EffectiveValue]] = {}
    rows: Any = model.objects.active().order_by("valid_from").values_list("service", "valid_from", "value")
    row: tuple[str, dt.date, Decimal]
    for row in rows:
        tables.setdefault(row[0], []).append(EffectiveValue(row[1], scaled(row[2], scale)))
    return tables


def _due_days() -> list[EffectiveValue]:
    set_by_staff = [
        EffectiveValue(since, day)
        for since, day in MonthCalendar.objects.active().order_by("valid_from").values_list("valid_from", "due_day")
    ]
    changed, earlier = DEFAULT_DUE_DAY_BEFORE
    defaults = [EffectiveValue(dt.date.min, earlier), EffectiveValue(changed.first_day, MonthCalendar().due_day)]
    first = set_by_staff[0].since if set_by_staff else dt.date.max
    return [*(default for default in defaults if default.since < first), *set_by_staff]


def _settings() -> list[tuple[dt.date, Settings]]:
    rows = BillingSettings.objects.active().order_by("valid_from")
    return [
        (dt.date.min, Settings()),
        *(
            (
                row.valid_from,
                Settings(
                    estimate_limit=row.estimate_limit,
                    average_months=row.average_months,
                    average_minimum=row.average_minimum,
                    raising_where_feasible=row.raising_where_feasible,
                    penalties=row.penalties,
                ),
            )
            for row in rows
        ),
    ]
