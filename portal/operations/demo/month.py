"""The month's calendar as it ran: the last closed month whole, the current one up to today."""

import datetime as dt

from portal.billing import notifications
from portal.billing.enums import Step, StepStatus
from portal.billing.models import CalendarStep, PeriodRun
from portal.billing.receipts.models import ReceiptRun
from portal.billing.selectors.calendar import due_days
from portal.core.calendars import Month, month_calendar
from portal.core.clock import MOSCOW
from portal.core.periods import Period
from portal.operations.demo.world import World

IN_THE_MORNING = dt.time(9)
"""When residents are told."""


def load(world: World) -> None:
    """Note every step that is due by today; of the current month residents are told."""
    current = Period.of(world.today)
    for period in (current.previous, current):
        month = month_calendar(period)
        for step, due_on in due_days(month).items():
            if due_on <= world.today:
                _note(month, step, due_on, told=period == current)


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
