"""The month's calendar as a manager sees it: what ran, what is due, what failed."""

import datetime as dt
from dataclasses import dataclass

from portal.billing.enums import MonthStep
from portal.billing.models import CalendarStep, WorkdayYear
from portal.core.calendars import Month, month_calendar
from portal.core.periods import Period


@dataclass(frozen=True, slots=True)
class CalendarRow:
    """A step of a period: `state` is done, failed, due or waiting."""

    step: MonthStep
    due_on: dt.date
    state: str
    ran: CalendarStep | None


def due_days(month: Month) -> dict[MonthStep, dt.date]:
    """On which day each step of a month falls, in order."""
    return {
        MonthStep.WINDOW_OPENS: month.window_opens,
        MonthStep.REMINDER: month.reminder,
        MonthStep.CLOSE: month.closing_day,
        MonthStep.RECEIPTS: month.receipts_day,
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


@dataclass(frozen=True, slots=True)
class WorkdayGap:
    """A year whose transfers of days off are not entered; not `known`: its calendar is not entered at all."""

    year: int
    known: bool


def workday_gaps(today: dt.date, *, ahead: bool) -> list[WorkdayGap]:
    """This year, and with `ahead` the next, where working days are not by a decree (one query)."""
    entered_years = WorkdayYear.objects.active().filter(year__gte=today.year)
    by_decree = dict(entered_years.values_list("year", "by_decree"))
    years = (today.year, today.year + 1) if ahead else (today.year,)
    return [WorkdayGap(year, year in by_decree) for year in years if not by_decree.get(year)]
