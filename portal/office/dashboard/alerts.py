"""Alerts: failures that stay on the dashboard until they are fixed."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django_q.models import Failure

from portal.billing.enums import ClosingStatus
from portal.billing.models import LedgerCheck, PeriodRun
from portal.billing.selectors import open_reviews, workday_gaps
from portal.billing.selectors.runs import undone_runs
from portal.core.formatting import date_text, period_text
from portal.core.periods import Period
from portal.office.automation.selectors import month_steps
from portal.receipts.models import ReceiptFailure

LATELY = dt.timedelta(days=3)
STUCK_AFTER = dt.timedelta(hours=1)
DECEMBER = 12


@dataclass(frozen=True, slots=True)
class Alert:
    """Text of an alert and the address where the failure is fixed."""

    text: str
    url: str


def alerts(today: dt.date, now: dt.datetime) -> list[Alert]:
    """Everything wrong with the month, its closings, receipts, jobs and the ledger (eleven queries)."""
    return [
        *_ledger(),
        *_closings(now),
        *_holds(),
        *_undone(),
        *_receipts(),
        *_steps(today),
        *_jobs(now),
        *_workdays(today),
    ]


def _ledger() -> Iterator[Alert]:
    last = LedgerCheck.objects.order_by("-ran_at").first()
    if last is not None and last.problems:
        message = _("The ledger does not agree: %(count)s problems.") % {"count": last.problems}
        yield Alert(message, reverse("office_ledger_checks"))


def _closings(now: dt.datetime) -> Iterator[Alert]:
    runs = PeriodRun.objects.filter(status__in=[ClosingStatus.INCOMPLETE, ClosingStatus.RUNNING]).order_by("period")
    for run in runs:
        month = period_text(Period.of(run.period))
        url = reverse("office_closing_month", args=[str(Period.of(run.period))])
        if run.status == ClosingStatus.INCOMPLETE:
            yield Alert(_("%(month)s: some accounts were not computed.") % {"month": month}, url)
        elif now - run.started_at > STUCK_AFTER:
            yield Alert(_("%(month)s: the closing has been running for more than an hour.") % {"month": month}, url)


def _holds() -> Iterator[Alert]:
    for review in open_reviews():
        period = Period.of(review.period)
        message = _("%(month)s: the closing stopped, its sums are out of the ordinary. It waits for a decision.")
        yield Alert(message % {"month": period_text(period)}, reverse("office_closing_month", args=[str(period)]))


def _undone() -> Iterator[Alert]:
    for month in dict.fromkeys(undone_runs().values_list("period", flat=True)):
        period = Period.of(month)
        message = _("%(month)s: the closing was undone. The timetable does not close it again, a person does.")
        yield Alert(message % {"month": period_text(period)}, reverse("office_closing_month", args=[str(period)]))


def _receipts() -> Iterator[Alert]:
    months = ReceiptFailure.objects.order_by("run__period").values_list("run__period", flat=True).distinct()
    for month in months:
        period = Period.of(month)
        message = _("%(month)s: some receipts were not made.") % {"month": period_text(period)}
        yield Alert(message, reverse("office_closing_month", args=[str(period)]))


def _steps(today: dt.date) -> Iterator[Alert]:
    for row in month_steps(Period.of(today), today):
        if row.is_failed or (row.is_due and row.due_on < today):
            message = _("%(step)s, %(day)s: %(state)s.") % {
                "step": row.step.label,
                "day": date_text(row.due_on),
                "state": row.state_text,
            }
            yield Alert(message, reverse("office_month"))


def _jobs(now: dt.datetime) -> Iterator[Alert]:
    count = Failure.objects.filter(stopped__gte=now - LATELY).count()
    if count:
        message = _("Jobs that failed in the last three days: %(count)s.") % {"count": count}
        yield Alert(message, reverse("office_month"))


def _workdays(today: dt.date) -> Iterator[Alert]:
    """In December next year's calendar is due: January's penalties and terms are counted by it."""
    for gap in workday_gaps(today, ahead=today.month == DECEMBER):
        message = (
            _("Working days of %(year)s: the Government's transfers are not entered, only article 112 counts.")
            if gap.known
            else _("The working-day calendar of %(year)s is not entered: months due in it are not closed.")
        )
        yield Alert(message % {"year": gap.year}, reverse("billing_workdayyear_modeladmin_index"))
