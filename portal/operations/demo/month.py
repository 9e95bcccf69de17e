"""The month's calendar as it ran: the last closed month whole, the current one up to today; runs on their days."""

import datetime as dt
from typing import TypeVar

from django.db.models import QuerySet

from portal.billing import notifications
from portal.billing.enums import Step, StepStatus
from portal.billing.models import CalendarStep, PeriodRun
from portal.billing.receipts.models import PrintRun, ReceiptRun
from portal.billing.selectors.calendar import due_days
from portal.core.calendars import Month, month_calendar
from portal.core.clock import MOSCOW
from portal.core.periods import Period
from portal.operations.demo.world import World

IN_THE_MORNING = dt.time(9)
"""When the month's steps run and residents are told."""
PRINTED_AT = dt.time(10, 40)
"""When the accountant asked for the receipts on paper."""
Run = TypeVar("Run", PeriodRun, ReceiptRun, PrintRun)


def load(world: World) -> None:
    """Note every step that is due by today; of the current month residents are told."""
    current = Period.of(world.today)
    for period in (current.previous, current):
        month = month_calendar(period)
        for step, due_on in due_days(month).items():
            if due_on <= world.today:
                _note(month, step, due_on, told=period == current)
    for period in world.closed:
        _date_runs(month_calendar(period))


def _date_runs(month: Month) -> None:
    """A month was closed and its receipts were issued on its own days; each run keeps how long it really took."""
    first_day = month.period.first_day
    _move(PeriodRun.objects.filter(period=first_day), month.closing_day, IN_THE_MORNING)
    _move(ReceiptRun.objects.filter(period=first_day), month.receipts_day, IN_THE_MORNING)
    _move(PrintRun.objects.filter(period=first_day), month.receipts_day, PRINTED_AT)


def _move(runs: "QuerySet[Run]", day: dt.date, at: dt.time) -> None:
    began = dt.datetime.combine(day, at, tzinfo=MOSCOW)
    for run in runs:
        ended = began + (run.finished_at - run.started_at) if run.finished_at else None
        runs.filter(pk=run.pk).update(started_at=began, finished_at=ended)


def _note(month: Month, step: Step, due_on: dt.date, *, told: bool) -> None:
    CalendarStep.objects.create(
        period=month.period.first_day, step=step.value, due_on=due_on, status=StepStatus.DONE,
        ran_at=dt.datetime.combine(due_on, IN_THE_MORNING, tzinfo=MOSCOW), result=_result(month, step, told=told),
    )  # fmt: skip


def _result(month: Month, step: Step, *, told: bool) -> str:
    if step is Step.CLOSE:
        return f"closing:{PeriodRun.objects.get(period=month.period.first_day).pk}"
    if step is Step.RECEIPTS:
        return f"issue:{ReceiptRun.objects.get(period=month.period.first_day).pk}"
    if not told:
        return "messages:0"
    tell = notifications.tell_window_opens if step is Step.WINDOW_OPENS else notifications.tell_reminder
    return f"messages:{tell(month)}"
