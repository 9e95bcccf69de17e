"""Forecast, charges by service, payments with the balance: worked figures."""

import datetime as dt
from decimal import Decimal

import pytest
from django.test import Client

from portal.billing.selectors import MonthOfWater
from portal.cabinet.charts import forecast, payments_chart
from portal.core.periods import Period
from portal.ledger.enums import EntryKind
from portal.ledger.selectors import months_of_money
from portal.ledger.services import NewEntry, post_entry
from tests.conftest import SetDate
from tests.people import Cast


def water(volume: str | None, year_ago: str | None, month: int) -> MonthOfWater:
    return MonthOfWater(
        period=Period(2026, month),
        volume=None if volume is None else Decimal(volume),
        amount=Decimal(0),
        basis="",
        norm=None,
        year_ago=None if year_ago is None else Decimal(year_ago),
    )


def test_a_forecast_takes_the_month_of_last_year_as_the_last_three_months_went() -> None:
    """January was 10; the last three months are 18 against 15 a year before: 10 × 18 ÷ 15 = 12."""
    year = [water("10", "9", month) for month in range(1, 10)]
    assert forecast([*year, *(water("6", "5", month) for month in (10, 11, 12))]) == Decimal("12.000")


def test_a_forecast_without_a_last_year_is_the_mean_of_three_months() -> None:
    assert forecast([water(volume, None, month) for volume, month in (("5", 1), ("6", 2), ("8", 3))]) == Decimal(
        "6.333"
    )
    assert forecast([water("5", None, 1), water("6", None, 2)]) is None
    assert forecast([water("5", None, 1), water(None, None, 2), water("6", None, 3)]) is None


@pytest.fixture
def booked(cast: Cast) -> Cast:
    for key, kind, amount, day in (
        ("a", EntryKind.OPENING, "100.00", dt.date(2026, 8, 1)),
        ("b", EntryKind.CHARGE, "900.50", dt.date(2026, 10, 31)),
        ("c", EntryKind.PAYMENT, "-1100.50", dt.date(2026, 11, 10)),
    ):
        entry = NewEntry(
            account_id=cast.anna.account.pk,
            kind=kind,
            amount=Decimal(amount),
            effective_on=day,
            key=key,
            source="test",
        )
        post_entry(entry)
    return cast


def test_months_of_money_carry_the_balance_over(booked: Cast) -> None:
    rows = months_of_money(booked.anna.account, until=Period(2026, 11), months=3)
    assert [(row.period.month, row.charged, row.paid, row.balance) for row in rows] == [
        (9, Decimal("0.00"), Decimal("0.00"), Decimal("100.00")),
        (10, Decimal("900.50"), Decimal("0.00"), Decimal("1000.50")),
        (11, Decimal("0.00"), Decimal("1100.50"), Decimal("-100.00")),
    ]
    chart = payments_chart(rows)
    assert chart is not None
    assert "аванс" in chart.summary
    assert payments_chart(rows[:1]) is None


def test_the_page_shows_payments_to_their_holder_alone(booked: Cast, client: Client, business_date: SetDate) -> None:
    business_date("2026-11-15")
    client.force_login(booked.anna.user)
    assert "Платежи и остаток" in client.get("/personal/consumption/").content.decode()
    client.force_login(booked.stranger.user)
    assert "100,50" not in client.get("/personal/consumption/").content.decode()
