"""What always holds, whatever the facts."""

import datetime as dt
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from portal.billing.calculation import spans
from portal.billing.calculation.facts import InterruptionSpan
from portal.billing.calculation.months import days_in, month_of
from portal.billing.calculation.outages import hours_beyond, reduction
from portal.billing.calculation.state import dumped, loaded
from portal.billing.calculation.units import cost, divided
from portal.operations.cases.reader import Case, parse_case
from tests.benchmarks.random_cases import random_case
from tests.pure_cases import balance_of, facts_of, run_pure

cases = st.integers(0, 100_000).map(lambda seed: parse_case(str(seed), random_case(seed)))
months = st.integers(month_of(dt.date(2024, 1, 1)), month_of(dt.date(2030, 1, 1)))


@given(st.integers(-500_000, 500_000), months, st.integers(1, 24))
def test_shares_add_up_to_the_whole(total: int, first: int, count: int) -> None:
    span = list(range(first, first + count))
    shares = spans.shares(total, span)
    assert sum(shares) == total
    days = sum(days_in(month) for month in span)
    assert all(abs(share - total * days_in(month) / days) <= count for share, month in zip(shares, span, strict=True))


@given(st.integers(-500_000, 500_000), st.lists(st.integers(1, 31), min_size=1, max_size=4))
def test_parts_of_a_month_add_up(volume: int, lengths: list[int]) -> None:
    assert sum(spans.split(volume, lengths)) == volume


@given(st.integers(-(10**9), 10**9), st.integers(1, 10**6))
def test_rounding_is_half_away_from_zero(numerator: int, denominator: int) -> None:
    rounded = divided(numerator, denominator)
    assert abs(rounded * denominator - numerator) * 2 <= denominator
    assert divided(-numerator, denominator) == -rounded


@given(st.integers(0, 999_999), st.integers(1, 9_999_999))
def test_a_cost_is_that_of_decimals(volume: int, rate: int) -> None:
    exact = Decimal(volume).scaleb(-3) * Decimal(rate).scaleb(-4)
    assert Decimal(cost(volume, rate)).scaleb(-2) == exact.quantize(Decimal("0.01"), "ROUND_HALF_UP")


@settings(max_examples=25, deadline=None)
@given(cases)
def test_closing_twice_adds_nothing(case: Case) -> None:
    form_token = run_pure(case)
    twice = run_pure(_closed_twice(case))
    assert twice.lines == form_token.lines


def _closed_twice(case: Case) -> Case:
    from dataclasses import replace

    return replace(case, close=tuple(period for period in case.close for _ in range(2)))


@settings(max_examples=25, deadline=None)
@given(cases)
def test_what_is_charged_in_the_end_is_the_metered_span(case: Case) -> None:
    """For a water metered to its last month, all it was charged is its readings and its final estimates."""
    course = run_pure(case)
    for service, water in course.state.waters.items():
        charged = sum(line.volume or 0 for line in course.lines if line.service == service)
        history = dict(water.history)
        assert service not in case.services or charged >= 0
        for month, volume in history.items():
            booked = [line for line in course.lines if line.service == service and line.for_month == month]
            if booked:
                assert sum(line.volume or 0 for line in booked) == volume


@settings(max_examples=25, deadline=None)
@given(cases)
def test_debts_advance_and_penalties_make_the_balance(case: Case) -> None:
    """Balance = open debts + penalties − advance − money that came after the last closing."""
    course = run_pure(case)
    last = case.close[-1][1]
    later = sum((amount for day, amount in case.payments if day > last), Decimal(0))
    penalties = sum(line.amount for line in course.lines if line.kind == "penalty")
    owed = sum(debt.open for debt in course.state.debts) + penalties - course.state.advance
    assert Decimal(owed).scaleb(-2) - later == balance_of(case, course)


@settings(max_examples=25, deadline=None)
@given(cases)
def test_a_state_survives_its_storing(case: Case) -> None:
    state = run_pure(case).state
    assert state.month is not None
    assert state.closed_on is not None
    again = loaded(dumped(state), month=state.month, closed_on=state.closed_on)
    assert again == state


@given(st.lists(st.tuples(st.integers(0, 40_000), st.integers(1, 3_000)), max_size=6), st.integers(0, 10**7))
def test_a_reduction_never_exceeds_the_charge(periods: list[tuple[int, int]], charged: int) -> None:
    start = dt.datetime(2026, 1, 1)
    breaks = [
        InterruptionSpan("cold_water", start + dt.timedelta(minutes=at), start + dt.timedelta(minutes=at + length))
        for at, length in periods
    ]
    taken = reduction(charged, hours_beyond(breaks, month_of(start.date())))
    assert -charged <= taken <= 0


def test_facts_of_a_case_are_frozen() -> None:
    """Facts may be shared between closings: nothing changes them."""
    case = parse_case("1", random_case(1))
    facts = facts_of(case)
    run_pure(case)
    assert facts == facts_of(case)
