"""Dates, sums and volumes as people read them, in both languages."""

import datetime as dt
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from portal.core import formatting

NB = "\u00a0"


@pytest.mark.parametrize(
    ("amount", "written"),
    [
        ("1240.5", f"1{NB}240,50{NB}₽"),
        ("0.005", f"0,01{NB}₽"),
        ("-1234567.891", f"−1{NB}234{NB}567,89{NB}₽"),
        ("0", f"0,00{NB}₽"),
    ],
)
def test_sums(amount: str, written: str) -> None:
    assert formatting.money_text(Decimal(amount)) == written


def test_volumes() -> None:
    assert formatting.volume_text(Decimal("6.335")) == f"6,335{NB}м³"
    assert formatting.volume_text(Decimal("-1.3")) == f"−1,300{NB}м³"


def test_dates_are_genitive_and_have_a_year_only_when_it_is_another() -> None:
    day = dt.date(2026, 11, 20)
    assert formatting.date_text(day, year=False) == f"20{NB}ноября"
    assert formatting.date_text(day, today=dt.date(2026, 1, 1)) == f"20{NB}ноября"
    assert formatting.date_text(day, today=dt.date(2027, 1, 1)) == f"20{NB}ноября{NB}2026"
    assert formatting.date_text(day, year=True) == f"20{NB}ноября{NB}2026"


def test_the_year_is_compared_with_that_of_the_business_date(settings: object) -> None:
    settings.PORTAL_TODAY = "2026-11-15"  # type: ignore[attr-defined]
    assert formatting.date_text(dt.date(2026, 11, 20)) == f"20{NB}ноября"
    assert formatting.date_text(dt.date(2027, 5, 29)) == f"29{NB}мая{NB}2027"
    assert formatting.moment_text(dt.datetime(2027, 5, 29, 5, tzinfo=ZoneInfo("UTC"))) == f"29{NB}мая{NB}2027, 8:00"


def test_moments_are_told_in_moscow_time() -> None:
    moment = dt.datetime(2026, 11, 20, 21, 5, tzinfo=ZoneInfo("UTC"))
    assert formatting.moment_text(moment, year=False) == f"21{NB}ноября, 0:05"


@pytest.mark.parametrize(
    ("number", "written"),
    [(1, "день"), (2, "дня"), (5, "дней"), (11, "дней"), (12, "дней"), (21, "день"), (104, "дня"), (111, "дней")],
)
def test_days_are_counted_in_russian(number: int, written: str) -> None:
    assert formatting.days_text(number) == f"{number}{NB}{written}"


def test_english_writes_the_english_way() -> None:
    with translation.override("en"):
        assert formatting.money_text(Decimal("1240.5")) == f"1,240.50{NB}₽"
        assert formatting.date_text(dt.date(2026, 11, 20), year=False) == f"20{NB}November"
        assert formatting.days_text(1) == f"1{NB}day"


def test_charts_and_phones_follow_the_language_and_the_country() -> None:
    assert (formatting.month_short(dt.date(2026, 10, 1)), formatting.volume_unit()) == ("окт", "м³")
    with translation.override("en"):
        assert (formatting.month_short(dt.date(2026, 10, 1)), formatting.volume_unit()) == ("Oct", "m³")
    assert formatting.phone_text("+79161234501") == f"+7{NB}916{NB}123-45-01"
    assert formatting.phone_text("+44 20 7946 0000") == "+44 20 7946 0000"
