"""Dated numbers: rates from before the published tariffs, norms, coefficients, key rates, VAT, calendars."""

import datetime as dt
from decimal import Decimal

from portal.accounts.enums import Service
from portal.billing.models import (
    BillingSettings,
    KeyRate,
    KeyRateCap,
    Norm,
    RaisingCoefficient,
    Rate,
    VatRate,
    WorkdayYear,
)
from portal.billing.services import NewRate, adopt_rates
from portal.core.models import MonthCalendar
from portal.operations.demo.world import World

COLD, HOT, WASTEWATER = Service.COLD_WATER, Service.HOT_WATER, Service.WASTEWATER

# Prices in ₽ per m³ with VAT: cold water, hot water, wastewater.
PRICES = {
    "2023-12-01": ("43.27", "221.15", "46.92"),
    "2024-07-01": ("47.51", "242.36", "52.18"),
    "2025-07-01": ("54.20", "271.20", "60.64"),
    "2026-01-01": ("55.11", "275.72", "61.65"),
    "2026-10-01": ("64.84", "309.90", "73.82"),
}
RATES_SOURCE = "Образец демонстрации: тариф до первого решения на сайте"
NORMS = {COLD: "4.331", HOT: "3.087", WASTEWATER: "7.418"}
NORMS_SOURCE = "Образец демонстрации: норматив органа власти региона"
RAISING = ((COLD, "2016-06-01", "1.5"), (HOT, "2016-06-01", "1.5"), (COLD, "2025-12-06", "3"))
KEY_RATES = (
    ("2023-12-18", "16"),
    ("2024-07-29", "18"),
    ("2024-09-16", "19"),
    ("2024-10-28", "21"),
    ("2025-06-09", "20"),
    ("2025-07-28", "18"),
    ("2025-09-15", "17"),
    ("2025-10-27", "16.5"),
    ("2025-12-22", "16"),
    ("2026-02-16", "15.5"),
)


def load(world: World) -> None:
    """Everything that a closing needs; rates only for the time before the first published tariff."""
    _rates()
    for service, value in NORMS.items():
        Norm.objects.create(service=service, valid_from=dt.date(2020, 11, 1), value=Decimal(value), source=NORMS_SOURCE)
    for service, since, value in RAISING:
        RaisingCoefficient.objects.create(
            service=service,
            valid_from=dt.date.fromisoformat(since),
            value=Decimal(value),
            source="Правила № 354, пп. 42, 60",
        )
    KeyRate.objects.bulk_create(
        KeyRate(valid_from=dt.date.fromisoformat(since), percent=Decimal(percent)) for since, percent in KEY_RATES
    )
    KeyRateCap.objects.create(
        valid_from=dt.date(2022, 4, 1),
        valid_until=dt.date(2026, 12, 31),
        percent=Decimal("9.5"),
        source="Постановления Правительства РФ от 26.03.2022 № 474, от 18.03.2025 № 329",
    )
    VatRate.objects.create(valid_from=dt.date(2019, 1, 1), percent=Decimal(20))
    VatRate.objects.create(valid_from=dt.date(2026, 1, 1), percent=Decimal(22))
    BillingSettings.objects.create(valid_from=dt.date(2020, 1, 1))
    MonthCalendar.objects.create(valid_from=dt.date(2020, 1, 1), due_day=10)
    MonthCalendar.objects.create(valid_from=dt.date(2026, 2, 1), due_day=15)
    for year in range(world.first.year, world.today.year + 2):
        WorkdayYear.objects.active().get_or_create(year=year)


def _rates() -> None:
    """Adopt what the published tariffs do not cover."""
    published = {service: _first_published(service) for service in (COLD, HOT, WASTEWATER)}
    adopt_rates(
        rates=[
            NewRate(service=service, valid_from=dt.date.fromisoformat(since), price=Decimal(price))
            for since, prices in PRICES.items()
            for service, price in zip((COLD, HOT, WASTEWATER), prices, strict=True)
            if dt.date.fromisoformat(since) < published[service]
        ],
        source=RATES_SOURCE,
    )


def _first_published(service: Service) -> dt.date:
    first = Rate.objects.active().filter(service=service).order_by("valid_from").first()
    return first.valid_from if first else dt.date.max
