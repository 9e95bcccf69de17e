"""A closing that starts while a number is withdrawn: either it used the number, and that is refused, or it did not."""

import datetime as dt
import threading
from decimal import Decimal

import pytest
from django.db import connection, transaction

from portal.accounts.enums import Service
from portal.billing.exceptions import RateAlreadyBilled
from portal.billing.models import Charge, PeriodRun, Rate
from portal.billing.services import (
    Executor,
    NewRate,
    adopt_rates,
    close_period,
    lock_numbers,
    reverse_closing,
    unused_rates,
    withdraw_page_rates,
)
from portal.core.periods import Period
from tests.concurrency.closings import MONTH
from tests.concurrency.test_pay_twenty_times import at_once
from tests.conftest import OwnDatabase

NOVEMBER = Period.parse(MONTH)
PAGE = 7


def adopt(price: str) -> Rate:
    new = NewRate(service=Service.COLD_WATER, valid_from=NOVEMBER.first_day, price=Decimal(price))
    adopted = adopt_rates(rates=[new], source="Распоряжение", page_id=PAGE)
    return (adopted.added or adopted.unchanged)[0]


def wait_until_it_waits(closing: threading.Thread) -> None:
    """On PostgreSQL: until the closing waits for the lock, or is over because it waits for none."""
    while connection.vendor == "postgresql" and closing.is_alive():
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
            if cursor.fetchone()[0]:
                return
        closing.join(0.05)


def test_a_price_is_withdrawn_or_used_never_both(month: OwnDatabase) -> None:
    for price in ("70.15", "71.15", "72.15"):
        rate = adopt(price)

        def act(number: int) -> object:
            if number:
                return close_period(period=NOVEMBER, executor=Executor.INLINE)
            return withdraw_page_rates(page_id=PAGE, by=None, reason="Ошибка")

        results = at_once(act, 2)
        assert not [result for result in results if isinstance(result, Exception)]
        rate.refresh_from_db()
        used = Charge.objects.filter(period=NOVEMBER.first_day, rate=rate, reversed_at=None).exists()
        assert used == (rate.withdrawn_at is None)
        reverse_closing(period=NOVEMBER, reason="Ещё раз", on=dt.date(2026, 11, 30), by=None)
        withdraw_page_rates(page_id=PAGE, by=None, reason="Ещё раз")


def test_a_closing_waits_for_whoever_holds_the_numbers(month: OwnDatabase) -> None:
    """While a change is being made no run begins; when it is through, the closing counts by it."""
    old = adopt("70.15")
    begun = threading.Event()

    def close() -> None:
        begun.set()
        close_period(period=NOVEMBER, executor=Executor.INLINE)
        connection.close()

    with transaction.atomic():
        lock_numbers()
        closing = threading.Thread(target=close)
        closing.start()
        begun.wait()
        wait_until_it_waits(closing)
        assert unused_rates(page_id=PAGE) == [old]
        new = adopt("71.15")
        assert not PeriodRun.objects.active().filter(period=NOVEMBER.first_day).exists()
    closing.join()
    charged = Charge.objects.filter(for_period=NOVEMBER.first_day, service="cold_water", kind="charge")
    assert set(charged.values_list("rate", flat=True)) == {new.pk}
    assert unused_rates(page_id=PAGE) == []
    with pytest.raises(RateAlreadyBilled):
        adopt("99.15")
