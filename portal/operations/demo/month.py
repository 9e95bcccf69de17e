"""The month's calendar as it ran: the last closed month whole, the current one up to today."""

import datetime as dt

from portal.billing import notifications
from portal.billing.enums import MonthStep, StepStatus
from portal.billing.models import CalendarStep, DebtReminderSettings, PeriodRun
from portal.billing.selectors.calendar import due_days
from portal.billing.services import remind_of_debts
from portal.core.calendars import Month, month_calendar
from portal.core.periods import Period
from portal.integrity.services import seal_day
from portal.operations.demo.history import LEDGER_CHECKED
from portal.operations.demo.world import MORNING, World, at_time
from portal.operations.ledger_check import check_ledger
from portal.receipts.models import ReceiptRun

REMINDED_AT, LEDGER_SEALED = dt.time(10, 0), dt.time(0, 10)


def load(world: World) -> None:
    """Note every step that is due by today; residents were reminded of debts; the ledger was sealed and checked."""
    current = Period.of(world.today)
    for period in (current.previous, current):
        month = month_calendar(period)
        for step, due_on in due_days(month).items():
            if due_on <= world.today:
                _note(world, month, step, due_on)
    _remind(world)
    for days in (2, 1):
        day = world.today - dt.timedelta(days=days)
        seal_day(now=world.at(at_time(day, LEDGER_SEALED)))
        world.at(at_time(day, LEDGER_CHECKED))
        check_ledger()


def _remind(world: World) -> None:
    """Residents were reminded of what they still owe, on the days of the last two due days."""
    terms = DebtReminderSettings.load().days
    for period in (world.current.previous, world.current):
        due_on = period.day(month_calendar(period.previous).due_day)
        for step in (terms.first, terms.second, terms.third):
            day = due_on + dt.timedelta(days=step)
            if day < world.today:
                remind_of_debts(today=world.at(at_time(day, REMINDED_AT)).date())


def _note(world: World, month: Month, step: MonthStep, due_on: dt.date) -> None:
    ran_at = world.at(world.time(0, 8) if due_on == world.today else at_time(due_on, MORNING))
    CalendarStep.objects.create(
        period=month.period.first_day,
        step=step.value,
        due_on=due_on,
        status=StepStatus.DONE,
        ran_at=ran_at,
        result=_result(month, step),
    )


def _result(month: Month, step: MonthStep) -> str:
    if step is MonthStep.CLOSE:
        return f"closing:{PeriodRun.objects.get(period=month.period.first_day).pk}"
    if step is MonthStep.RECEIPTS:
        return f"issue:{ReceiptRun.objects.get(period=month.period.first_day).pk}"
    notify = notifications.notify_window_opens if step is MonthStep.WINDOW_OPENS else notifications.notify_reminder
    return f"messages:{notify(month)}"
