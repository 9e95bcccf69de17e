"""The month's calendar: which day what happens, by period."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from portal.core.models import MonthCalendar
from portal.core.periods import Period


@dataclass(frozen=True, slots=True)
class Month:
    """A period with its days."""

    period: Period
    window_opens: dt.date
    reminder: dt.date
    window_closes: dt.date
    closing_day: dt.date
    receipts_day: dt.date
    due_day: int

    def window_is_open(self, day: dt.date) -> bool:
        """Whether residents may send readings on a day (both ends inclusive)."""
        return self.window_opens <= day <= self.window_closes


DEFAULT_DUE_DAY_BEFORE = (Period(2026, 2), 10)


def default_calendar(period: Period) -> MonthCalendar:
    """The calendar of a period for which staff set none, not stored: the days of the Housing Code, art. 155."""
    changed, earlier_due_day = DEFAULT_DUE_DAY_BEFORE
    return MonthCalendar() if period >= changed else MonthCalendar(due_day=earlier_due_day)


def month_calendar(period: Period) -> Month:
    """The calendar in force for a period; where staff set none, the defaults of LC 155 (one query)."""
    return _month(
        period, MonthCalendar.objects.active().filter(valid_from__lte=period.first_day).order_by("-valid_from")[:1]
    )


def _month(period: Period, newest_first: Iterable[MonthCalendar]) -> Month:
    row = next((calendar for calendar in newest_first if calendar.valid_from <= period.first_day), None)
    row = row or default_calendar(period)
    return Month(
        period=period,
        window_opens=period.day(row.window_opens),
        reminder=period.day(row.reminder),
        window_closes=period.day(row.window_closes),
        closing_day=period.day(row.closing_day),
        receipts_day=period.day(row.receipts_day),
        due_day=row.due_day,
    )


def next_receipts_day(day: dt.date) -> dt.date:
    """By which day the next receipts are there, this day included (one query)."""
    period = Period.of(day)
    rows = MonthCalendar.objects.active().filter(valid_from__lte=period.next.first_day).order_by("-valid_from")[:2]
    receipts_day = _month(period, rows).receipts_day
    return receipts_day if day <= receipts_day else _month(period.next, rows).receipts_day


def next_window(day: dt.date) -> Month:
    """The month whose window is open on the day, or opens next (one query)."""
    period = Period.of(day)
    rows = MonthCalendar.objects.active().filter(valid_from__lte=period.next.first_day).order_by("-valid_from")[:2]
    month = _month(period, rows)
    return month if day <= month.window_closes else _month(period.next, rows)
