"""The month's calendar as a manager sees it: what ran, what is due, what failed."""

import datetime as dt
from dataclasses import dataclass

from portal.billing.enums import Step
from portal.billing.models import CalendarStep
from portal.core.calendars import Month, month_calendar
from portal.core.periods import Period


@dataclass(frozen=True, slots=True)
class CalendarRow:
    """A step of a period: `state` is done, failed, due or waiting."""

    step: Step
    due_on: dt.date
    state: str
    ran: CalendarStep | None


def due_days(month: Month) -> dict[Step, dt.date]:
    """On which day each step of a month falls, in order."""
    return {
        Step.WINDOW_OPENS: month.window_opens,
        Step.REMINDER: month.reminder,
        Step.CLOSE: month.closing_day,
        Step.RECEIPTS: month.receipts_day,
    }


def calendar_of(period: Period, *, today: dt.date) -> list[CalendarRow]:
    """The steps of a period in order (two queries)."""
    ran = {row.step: row for row in CalendarStep.objects.filter(period=period.first_day)}
    rows = []
    for step, due_on in due_days(month_calendar(period)).items():
        row = ran.get(step.value)
        state = row.status if row else "due" if due_on <= today else "waiting"
        rows.append(CalendarRow(step, due_on, state, row))
    return rows
