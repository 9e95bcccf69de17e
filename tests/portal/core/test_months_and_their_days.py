"""Periods, and the calendar that staff may change from a period on."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from portal.core.calendars import month_calendar, next_window
from portal.core.models import MonthCalendar
from portal.core.periods import Period, span

months = st.builds(Period, st.integers(1990, 2100), st.integers(1, 12))


@given(months, st.integers(-500, 500))
def test_a_shift_there_and_back_is_no_shift(period: Period, by: int) -> None:
    assert period.shift(by).shift(-by) == period
    assert period.months_until(period.shift(by)) == by


@given(months)
def test_a_month_holds_its_days_and_no_others(period: Period) -> None:
    assert period.first_day in period
    assert period.last_day in period
    assert period.last_day + dt.timedelta(days=1) in period.next
    assert (period.last_day - period.first_day).days + 1 == period.days


def test_a_span_has_both_ends() -> None:
    assert [str(p) for p in span(Period(2025, 11), Period(2026, 2))] == ["2025-11", "2025-12", "2026-01", "2026-02"]


@pytest.mark.parametrize("text", ["2026-13", "2026-00", "26-01", "2026-1", "2026-01-01", ""])
def test_what_is_no_month_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"period|month"):
        Period.parse(text)


@pytest.mark.django_db
class TestCalendar:
    def test_the_due_day_follows_the_law(self) -> None:
        assert month_calendar(Period(2026, 1)).due_day == 10
        assert month_calendar(Period(2026, 2)).due_day == 15

    def test_the_window_is_open_on_both_its_ends(self) -> None:
        month = month_calendar(Period(2026, 11))
        assert not month.window_is_open(dt.date(2026, 11, 9))
        assert month.window_is_open(dt.date(2026, 11, 10))
        assert month.window_is_open(dt.date(2026, 11, 20))
        assert not month.window_is_open(dt.date(2026, 11, 21))

    def test_after_the_window_the_next_one_is_next_months(self) -> None:
        assert next_window(dt.date(2026, 12, 21)).window_opens == dt.date(2027, 1, 10)
        assert next_window(dt.date(2026, 12, 20)).window_opens == dt.date(2026, 12, 10)

    def test_staff_move_the_window_from_a_period_on(self) -> None:
        MonthCalendar.objects.create(
            valid_from=dt.date(2026, 10, 1),
            window_opens=15,
            reminder=22,
            window_closes=25,
            closing_day=26,
            receipts_day=28,
        )
        assert month_calendar(Period(2026, 10)).window_closes == dt.date(2026, 10, 25)

    def test_a_closing_inside_the_window_is_refused_in_words_and_by_the_database(self) -> None:
        wrong = MonthCalendar(valid_from=dt.date(2026, 10, 1), closing_day=20)
        with pytest.raises(ValidationError, match=r"порядок|order"):
            wrong.full_clean()
        with pytest.raises(IntegrityError), transaction.atomic():
            wrong.save()


@pytest.mark.parametrize(
    "text",
    ["2026-11", "11.2026", "11.26", "11/2026", "11-2026", "ноябрь 2026", "Ноября  2026 г.", "2026-11-20", "20.11.2026"],
)
def test_a_month_is_read_as_people_write_it(text: str) -> None:
    assert Period.read(text) == Period(2026, 11)


@pytest.mark.parametrize("text", ["", "13.2026", "11", "ноябрь", "нябрь 2026", "2026", "11.202", "0.2026"])
def test_what_people_write_and_is_no_month_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="month"):
        Period.read(text)
