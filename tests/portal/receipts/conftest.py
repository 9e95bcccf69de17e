"""A closed October 2026 for the cast: rates, norms, readings, payments, and a company whose code is valid."""

import datetime as dt
from decimal import Decimal

import pytest

from portal.accounts.enums import Service
from portal.accounts.models import AccountService
from portal.billing.models import VatRate
from portal.billing.services import Executor, close_period
from portal.core.periods import Period
from portal.ledger.enums import EntryKind
from portal.ledger.services import NewEntry, open_balance, post_entry
from portal.metering.enums import ReadingSource
from portal.metering.models import Meter, Reading
from tests.company import put_company, put_numbers
from tests.people import SINCE, Cast, make_cast

SEPTEMBER, OCTOBER = Period(2026, 9), Period(2026, 10)
ISSUED_ON = dt.date(2026, 10, 24)


def put_receipt_numbers() -> None:
    """Rates of three services, norms, key rate and VAT."""
    put_numbers(coefficients=False, hot_water=True, source="Распоряжение № 298-Р")
    VatRate.objects.create(valid_from=dt.date(2026, 1, 1), percent=Decimal(22))


def read_meter(serial: str, value: str, day: dt.date) -> None:
    """A reading that a resident sent."""
    Reading.objects.create(
        meter=Meter.objects.get(serial_number=serial),
        value=Decimal(value),
        taken_on=day,
        source=ReadingSource.CABINET,
        accepted_at=dt.datetime.combine(day, dt.time(12), tzinfo=dt.UTC),
    )


@pytest.fixture
def closed(db: None) -> Cast:
    """Anna sent both readings in September and October and paid 100 ₽ between; the others have no meter."""
    cast = make_cast()
    put_company()
    put_receipt_numbers()
    anna = cast.anna.account
    AccountService.objects.create(account=anna, service=Service.HOT_WATER, since=SINCE)
    open_balance(account=anna, amount=Decimal("250.00"), on=dt.date(2026, 8, 31))
    read_meter("A-1001", "141.455", dt.date(2026, 9, 15))
    read_meter("A-1002", "83.210", dt.date(2026, 9, 15))
    close_period(period=SEPTEMBER, executor=Executor.INLINE)
    post_entry(
        NewEntry(
            account_id=anna.pk,
            kind=EntryKind.PAYMENT,
            amount=Decimal("-100.00"),
            effective_on=dt.date(2026, 10, 5),
            key="payment:1",
            source="payment:1",
        )
    )
    read_meter("A-1001", "147.790", dt.date(2026, 10, 15))
    read_meter("A-1002", "86.420", dt.date(2026, 10, 15))
    close_period(period=OCTOBER, executor=Executor.INLINE)
    return cast
