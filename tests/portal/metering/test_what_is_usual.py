"""What is usual for a meter, by tables of worked examples."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.metering.calculation import (
    MeterPoint,
    expected_run,
    run_between,
    same_month_last_year,
    stands_still,
    usual_month,
)

SIZE = 100_000


def monthly(*values: str, start: dt.date = dt.date(2026, 1, 15)) -> list[MeterPoint]:
    return [MeterPoint(start + dt.timedelta(days=30 * n), Decimal(v)) for n, v in enumerate(values)]


def test_usual_is_the_volume_by_days_over_the_last_months() -> None:
    assert usual_month(monthly("0", "6", "12"), size=SIZE, months=6) == Decimal("6.088")
    assert usual_month(monthly("0", "6"), size=SIZE, months=6) is None


def test_a_turn_past_the_last_digit_is_no_negative_volume() -> None:
    before, after = MeterPoint(dt.date(2026, 1, 15), Decimal(99998)), MeterPoint(dt.date(2026, 2, 15), Decimal(3), True)
    assert run_between(before, after, size=SIZE) == 5


def test_a_span_shorter_than_a_month_counts_as_a_month() -> None:
    day = dt.date(2026, 1, 15)
    assert expected_run(Decimal(6), since=day, day=day + dt.timedelta(days=5)) == Decimal("6.000")
    assert expected_run(Decimal(6), since=day, day=day + dt.timedelta(days=61)) == Decimal("12.025")


def test_last_year_is_taken_from_a_month_long_span_only() -> None:
    history = monthly("0", "5", start=dt.date(2025, 10, 15))
    assert same_month_last_year(history, dt.date(2026, 11, 14), size=SIZE) == 5
    gap = [MeterPoint(dt.date(2025, 5, 15), Decimal(0)), MeterPoint(dt.date(2025, 11, 14), Decimal(30))]
    assert same_month_last_year(gap, dt.date(2026, 11, 14), size=SIZE) is None


@pytest.mark.parametrize(("values", "now", "still"), [("555", "5", True), ("556", "6", False), ("455", "5", False)])
def test_a_meter_that_has_not_moved_for_three_months(values: str, now: str, still: bool) -> None:
    days = [dt.date(2026, month, 15) for month in (8, 9, 10)]
    history = [MeterPoint(day, Decimal(v)) for day, v in zip(days, values, strict=True)]
    assert stands_still(history, MeterPoint(dt.date(2026, 11, 15), Decimal(now)), months=3) is still


@given(st.lists(st.integers(min_value=0, max_value=50), min_size=3, max_size=30))
def test_usual_is_never_negative(runs: list[int]) -> None:
    total, values = 0, []
    for run in runs:
        total += run
        values.append(str(total))
    usual = usual_month(monthly(*values), size=SIZE, months=6)
    assert usual is not None
    assert usual >= 0
