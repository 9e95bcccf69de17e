"""Which closing has used a dated number. The one place of this rule: lists, forms, pages and services all ask it.

A closing has used a number when the number was in force in its month and the closing was computing after the number
was entered. A number that no active closing has used may be changed or withdrawn; after that a new one begins on a
later day. A reversed closing has used nothing.
"""

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

from django.db.models import Q, QuerySet

from portal.billing.calculation.months import month_of
from portal.billing.calculation.workdays import due_date
from portal.billing.enums import ClosingStatus
from portal.billing.models import (
    BillingSettings,
    KeyRate,
    KeyRateCap,
    Norm,
    PeriodRun,
    RaisingCoefficient,
    Rate,
    VatRate,
    WorkdayException,
    WorkdayYear,
)
from portal.core.calendars import month_calendar
from portal.core.dated_numbers import DatedNumber
from portal.core.models import MonthCalendar
from portal.core.periods import Period


def used_by(number: DatedNumber) -> Period | None:
    """The first closed month that has used a number; None: it may still be changed (three queries, no lock).

    A caller that acts on the answer holds `lock_numbers`: a closing takes the same lock when it starts.
    """
    if number.withdrawn_at is not None:
        return None
    counts = RULES[type(number)](number)
    return next((Period.of(run.period) for run in _runs_since(number) if counts(run)), None)


def _runs_since(number: DatedNumber) -> "QuerySet[PeriodRun]":
    """Closings in force that were computing after a number was entered, the earliest month first."""
    computing = Q(status=ClosingStatus.RUNNING) | Q(finished_at=None) | Q(finished_at__gte=number.created_at)
    return PeriodRun.objects.active().filter(computing).order_by("period")


Counts = Callable[[PeriodRun], bool]


def _until(number: Any, **same: Any) -> dt.date:
    """The last day of a number: the one before the number that follows."""
    later = type(number).objects.active().filter(valid_from__gt=number.valid_from, **same)
    following = later.order_by("valid_from").values_list("valid_from", flat=True).first()
    return following - dt.timedelta(days=1) if following else dt.date.max


def _on_any_day(number: Rate) -> Counts:
    """A price counts from its day on, within a month by days."""
    until = _until(number, service=number.service)
    return lambda run: number.valid_from <= Period.of(run.period).last_day and until >= run.period


def _on_the_first(number: Norm | RaisingCoefficient) -> Counts:
    """A norm or coefficient counts in the months that begin with it."""
    until = _until(number, service=number.service)
    return lambda run: number.valid_from <= run.period <= until


def _in_whole_months(number: MonthCalendar | BillingSettings) -> Counts:
    """A calendar or a set of rules counts for months, from the one that begins with it."""
    until = _until(number)
    return lambda run: number.valid_from <= run.period <= until


def _on_the_last(number: VatRate) -> Counts:
    """A receipt takes the VAT of its month's last day."""
    until = _until(number)
    return lambda run: number.valid_from <= Period.of(run.period).last_day <= until


def _in_penalties(number: KeyRate | KeyRateCap) -> Counts:
    """Penalties are counted to the closing day, whatever the month."""
    return lambda run: number.valid_from <= run.closing_day


def _in_due_year(number: WorkdayYear) -> Counts:
    """A month falls due in the month after it."""
    return lambda run: Period.of(run.period).next.year == number.year


def _in_due_day(number: WorkdayException) -> Counts:
    """A transferred day counts for the months whose due day is another one because of it."""
    moved = {period for period, _without, _with in due_days_moved(number.day, working=number.working, pk=number.pk)}
    return lambda run: Period.of(run.period) in moved


RULES: dict[type[DatedNumber], Callable[[Any], Counts]] = {
    Rate: _on_any_day,
    Norm: _on_the_first,
    RaisingCoefficient: _on_the_first,
    VatRate: _on_the_last,
    KeyRate: _in_penalties,
    KeyRateCap: _in_penalties,
    WorkdayYear: _in_due_year,
    WorkdayException: _in_due_day,
    MonthCalendar: _in_whole_months,
    BillingSettings: _in_whole_months,
}


def due_days_moved(day: dt.date, *, working: bool, pk: int | None = None) -> Iterator[tuple[Period, dt.date, dt.date]]:
    """Months whose due day changes with a transferred day: the month, its due day without it, and with it.

    `pk`: the row of the day itself, when it stands already.
    """
    month = Period.of(day)
    others = WorkdayException.objects.active()
    if pk is not None:
        others = others.exclude(pk=pk)
    around = others.filter(day__gte=month.previous.first_day, day__lte=month.next.last_day)
    transferred = dict(around.values_list("day", "working"))
    for period in (month.previous.previous, month.previous):
        number = month_of(period.first_day)
        due_day = month_calendar(period).due_day
        before = due_date(number, due_day, transferred)
        after = due_date(number, due_day, {**transferred, day: working})
        if before != after:
            yield period, before, after
