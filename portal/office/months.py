"""Months as the accountant sees them: which closed how, which is next, what a closing would do."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from portal.accounts.models import Account
from portal.billing.enums import ChargeKind, RunStatus
from portal.billing.models import PeriodRun
from portal.billing.selectors import ClosingPreview, RunResult, failures_of, preview_closing, run_result
from portal.billing.selectors.bills import ORDER
from portal.billing.services import Progress, progress
from portal.core.calendars import Month, month_calendar
from portal.core.money import ZERO
from portal.core.periods import Period
from portal.office.reasons import Failure, failure

SHOWN_MONTHS = 13
SHOWN_FAILURES = 200


@dataclass(frozen=True, slots=True)
class MonthRow:
    """A month in the list: its days, and its run when there is one."""

    period: Period
    calendar: Month
    run: PeriodRun | None
    result: RunResult | None
    may_close: bool
    days_to_closing: int


def standing_run(period: Period) -> PeriodRun | None:
    """The run of a period that was not reversed (one query)."""
    return PeriodRun.objects.standing().filter(period=period.first_day).select_related("requested_by").first()


def undone_run(period: Period) -> PeriodRun | None:
    """The last closing of a period that was reversed (one query)."""
    undone = PeriodRun.objects.filter(period=period.first_day).exclude(reversed_at=None)
    return undone.select_related("reversed_by").order_by("-reversed_at").first()


def next_to_close(today: dt.date) -> Period:
    """The month after the last closed one; with none closed, the month before the current one."""
    last = PeriodRun.objects.standing().newest()
    return Period.of(last.period).next if last else Period.of(today).previous


def month_rows(today: dt.date) -> list[MonthRow]:
    """The next month to close, then the latest closed ones, newest first."""
    runs = PeriodRun.objects.standing().select_related("requested_by").order_by("-period")
    rows = [_row(next_to_close(today), None, today)]
    return rows + [_row(Period.of(run.period), run, today) for run in runs[:SHOWN_MONTHS]]


def _row(period: Period, run: PeriodRun | None, today: dt.date) -> MonthRow:
    calendar = month_calendar(period)
    return MonthRow(
        period=period,
        calendar=calendar,
        run=run,
        result=run_result(run) if run else None,
        may_close=run is None and today >= calendar.closing_day,
        days_to_closing=(calendar.closing_day - today).days,
    )


@dataclass(frozen=True, slots=True)
class Preview:
    """What closing a month would do, with the failures in words."""

    computed: ClosingPreview
    with_reading: int
    without_reading: int
    failures: list[Failure]
    failed: int

    @property
    def total(self) -> Decimal:
        """₽ that would be charged."""
        return self.computed.charged + self.computed.recalculated + self.computed.penalties


def preview(period: Period) -> Preview:
    """Compute a closing without storing anything."""
    computed = preview_closing(period)
    shown = computed.failures[:SHOWN_FAILURES]
    accounts = Account.objects.in_bulk([pk for pk, _, _ in shown])
    return Preview(
        computed=computed,
        with_reading=computed.bases["reading"],
        without_reading=computed.bases["average"] + computed.bases["norm"],
        failures=[failure(accounts[pk], code, detail) for pk, code, detail in shown],
        failed=len(computed.failures),
    )


@dataclass(frozen=True, slots=True)
class RunState:
    """How far a closing is and what it booked."""

    progress: Progress
    running: bool
    sums: list[tuple[str, Decimal]]
    total: Decimal
    failures: list[Failure]


def run_state(run: PeriodRun) -> RunState:
    """A closing as its page shows it."""
    how_far = progress(run)
    result = run_result(how_far.run)
    found = failures_of(how_far.run)[:SHOWN_FAILURES]
    return RunState(
        progress=how_far,
        running=how_far.run.status == RunStatus.RUNNING,
        sums=sorted(result.sums.items(), key=lambda item: ORDER[ChargeKind(item[0])]),
        total=result.total if result.sums else ZERO,
        failures=[failure(row.account, row.code, row.detail) for row in found],
    )
