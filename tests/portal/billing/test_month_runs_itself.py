"""The month's calendar runs on its days, after missed days, once; a manager sees what ran and what is due."""

import datetime as dt

import pytest
from django.utils import translation

from portal.billing import selectors, services
from portal.billing.enums import ClosingStatus, MonthStep, StepStatus
from portal.billing.models import CalendarStep, PeriodRun, RunChunk, WorkdayYear
from portal.billing.services import calendar
from portal.core import clock
from portal.core.periods import Period
from portal.notifications.models import Message
from portal.office.dashboard.alerts import alerts
from tests.company import put_numbers
from tests.people import Cast
from tests.portal.billing.month import FEBRUARY, JANUARY, close

pytestmark = pytest.mark.django_db


def _steps(today: dt.date) -> list[tuple[str, str, str]]:
    return [(str(step.period), step.step.value, step.status.value) for step in services.run_due_steps(today=today)]


def test_nothing_before_its_day(cast: Cast) -> None:
    assert _steps(dt.date(2026, 2, 9)) == []


def test_each_step_on_its_day_and_once(cast: Cast) -> None:
    put_numbers()
    assert _steps(dt.date(2026, 2, 10)) == [("2026-02", "window_opens", "done")]
    assert Message.objects.filter(kind="window_opens").exists()
    assert _steps(dt.date(2026, 2, 10)) == []
    assert _steps(dt.date(2026, 2, 18)) == [("2026-02", "reminder", "done")]
    assert _steps(dt.date(2026, 2, 21)) == [("2026-02", "close", "done")]
    run = PeriodRun.objects.get(period=FEBRUARY.first_day)
    assert run.status == ClosingStatus.RUNNING
    services.close_chunk(chunk_id=RunChunk.objects.get(run=run).pk)
    assert PeriodRun.objects.get(pk=run.pk).status == ClosingStatus.DONE


def test_missed_days_are_made_up(cast: Cast) -> None:
    """Down from 9 February to 3 March: February is closed, its notices are not sent."""
    put_numbers()
    close(JANUARY)
    ran = _steps(dt.date(2026, 3, 3))
    assert [step for period, step, _ in ran if period == "2026-02"] == ["window_opens", "reminder", "close"]
    assert CalendarStep.objects.get(period=FEBRUARY.first_day, step="window_opens").result == "window_over"
    assert not Message.objects.exists()


def test_a_failure_is_seen_and_tried_again(cast: Cast) -> None:
    put_numbers()
    WorkdayYear.objects.filter(year=2026).delete()
    assert ("2026-02", "close", "failed") in _steps(dt.date(2026, 2, 21))
    rows = {row.step: row for row in selectors.calendar_of(FEBRUARY, today=dt.date(2026, 2, 21))}
    assert (rows[MonthStep.CLOSE].state, rows[MonthStep.RECEIPTS].state) == ("failed", "waiting")
    assert rows[MonthStep.CLOSE].ran is not None
    assert "WorkdayYearMissing" in rows[MonthStep.CLOSE].ran.result
    WorkdayYear.objects.create(year=2026)
    assert _steps(dt.date(2026, 2, 22)) == [("2026-02", "close", "done")]


def test_a_step_that_no_app_registered_is_a_failure(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calendar, "_actions", {})
    assert _steps(dt.date(2026, 2, 10)) == [("2026-02", "window_opens", "failed")]
    assert CalendarStep.objects.get().result == "StepNotRegistered: window_opens"


def test_the_timetable_does_not_close_again_what_a_person_undid(cast: Cast) -> None:
    """However the month was closed: by the timetable, or by hand after the timetable had stopped."""
    put_numbers()
    day = dt.date(2026, 2, 21)
    close(FEBRUARY)
    services.reverse_closing(period=FEBRUARY, reason="Ошибка в тарифе", on=day, by=cast.boris.user)
    assert ("2026-02", "close", "held") in _steps(day)
    assert ("2026-02", "close", "held") in _steps(day)
    assert not PeriodRun.objects.active().exists()
    undone = PeriodRun.objects.get()
    assert CalendarStep.objects.get(period=FEBRUARY.first_day, step="close").result == f"undone:{undone.pk}"
    with translation.override("ru"):
        assert any("закрытие отменено" in alert.text for alert in alerts(day, clock.real_now()))
        close(FEBRUARY)
        assert not any("закрытие отменено" in alert.text for alert in alerts(day, clock.real_now()))
    assert ("2026-02", "close", "done") in _steps(day)
    assert PeriodRun.objects.active().count() == 1


def test_a_site_that_begins_in_march_does_not_bill_february(cast: Cast) -> None:
    put_numbers()
    assert {period for period, _, _ in _steps(dt.date(2026, 3, 12))} == {"2026-03"}


def test_a_manager_runs_a_step_now(cast: Cast) -> None:
    put_numbers()
    ran = services.run_step(period=Period(2026, 2), step=MonthStep.CLOSE, today=dt.date(2026, 2, 25))
    assert ran.status == StepStatus.DONE
