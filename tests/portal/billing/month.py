"""A company with rates and norms, and the acts of a month, for tests of billing."""

import datetime as dt
from decimal import Decimal

from portal.accounts.enums import Service
from portal.accounts.models import Account
from portal.billing import services
from portal.billing.models import KeyRate, KeyRateCap, Norm, PeriodRun, RaisingCoefficient
from portal.core.clock import MOSCOW
from portal.core.periods import Period
from portal.ledger.enums import EntryKind
from portal.ledger.services import NewEntry, post_entry
from portal.metering.enums import Source
from portal.metering.models import Meter, Reading
from portal.metering.services import submit_reading

SINCE = dt.date(2024, 1, 1)
JANUARY, FEBRUARY, MARCH, APRIL = (Period(2026, month) for month in (1, 2, 3, 4))


def put_numbers() -> None:
    """Rates, norms, coefficients and key rates since 2024."""
    services.adopt_rates(
        rates=[
            services.NewRate(service=Service.COLD_WATER, valid_from=SINCE, price=Decimal("48.67")),
            services.NewRate(service=Service.WASTEWATER, valid_from=SINCE, price=Decimal("41.05")),
        ],
        source="Распоряжение № 12",
    )
    for service, value in (("cold_water", "4.331"), ("hot_water", "3.087"), ("wastewater", "7.418")):
        Norm.objects.create(service=service, valid_from=SINCE, value=Decimal(value))
    for service in ("cold_water", "hot_water"):
        RaisingCoefficient.objects.create(service=service, valid_from=SINCE, value=Decimal("1.5"))
    KeyRate.objects.create(valid_from=SINCE, percent=Decimal(16))
    KeyRateCap.objects.create(valid_from=SINCE, percent=Decimal("9.5"))


def read(meter: Meter, value: str, day: dt.date) -> Reading:
    """A reading told by phone."""
    return submit_reading(
        meter=meter,
        value=Decimal(value),
        moment=dt.datetime.combine(day, dt.time(12), tzinfo=MOSCOW),
        source=Source.PHONE,
        confirmed_high=True,
    )


def close(period: Period) -> PeriodRun:
    """Close a month here and now."""
    return services.close_period(period=period, executor=services.Executor.INLINE)


def pay(account: Account, amount: str, day: dt.date) -> None:
    """Money that came in."""
    post_entry(
        NewEntry(
            account_id=account.pk,
            kind=EntryKind.PAYMENT,
            amount=-Decimal(amount),
            effective_on=day,
            key=f"payment:{account.pk}:{day}",
            source="payment",
        )
    )
