"""Closing a period: a run, cut in chunks of accounts, each one job and one transaction; a repeat adds nothing."""

import datetime as dt
from collections.abc import Callable

from django.db import transaction

from portal.accounts.models import User
from portal.billing.enums import ClosingStatus
from portal.billing.exceptions import (
    EarlierPeriodOpen,
    LaterPeriodClosed,
    PeriodNotOver,
    ReversalUnfinished,
    WorkdayYearMissing,
)
from portal.billing.loading.facts import open_accounts
from portal.billing.models import AccountClosing, PeriodRun, RunChunk, RunFailure, WorkdayYear
from portal.billing.selectors.runs import is_closed, unfinished_reversals
from portal.billing.services.chunks import ChunkResult, close_accounts
from portal.billing.services.numbers import lock_numbers
from portal.billing.services.setup_checks import TO_CLOSE, require_setup
from portal.billing.staff_notices import notify_closing_incomplete, withdraw_closing_alerts
from portal.core.calendars import month_calendar
from portal.core.periods import Period
from portal.core.runs.engine import Executor, RunKind, RunProgress

CHUNK = 800
"""Accounts in one job: on SQLite their rows are stored within a third of a second, which nobody who writes notices."""


class ClosingKind(RunKind[PeriodRun, RunChunk, ChunkResult]):
    """Closings as runs: a chunk is one transaction over its accounts."""

    run_model = PeriodRun
    chunk_model = RunChunk
    failure_model = RunFailure
    job = "portal.billing.jobs.close_chunk"

    def work(self, run: PeriodRun, chunk: RunChunk) -> ChunkResult:
        """Close the accounts of a chunk that wait still."""
        period = Period.of(run.period)
        accounts = open_accounts(period).filter(pk__gte=chunk.first_account, pk__lte=chunk.last_account)
        ids = list(accounts.order_by("pk").values_list("pk", flat=True))
        return close_accounts(run=run, period=period, account_ids=ids)

    def totals(self, run: PeriodRun) -> tuple[int, int]:
        """Open accounts of the period, and how many of them are closed (two queries)."""
        closed = AccountClosing.objects.filter(period=run.period, reversed_at=None)
        return open_accounts(Period.of(run.period)).count(), closed.count()

    def on_finish(self, run: PeriodRun) -> None:
        """Tell those who close months of accounts that are left, or that none is any more."""
        if run.status == ClosingStatus.INCOMPLETE:
            notify_closing_incomplete(run)
        else:
            withdraw_closing_alerts(run)


CLOSINGS = ClosingKind()


def close_period(
    *,
    period: Period,
    closing_day: dt.date | None = None,
    executor: Executor = Executor.QUEUE,
    requested_by: User | None = None,
    on_progress: Callable[[RunProgress[PeriodRun]], None] | None = None,
    today: dt.date | None = None,
) -> PeriodRun:
    """Close a period, or go on where its closing stopped; closed again, it adds nothing.

    `closing_day` is the last day whose readings and payments count (inclusive of payments' penalties up to the day
    before); by default the calendar's. With `today`, a period whose closing day has not come is refused. Raises
    PeriodNotOver, EarlierPeriodOpen, LaterPeriodClosed, WorkdayYearMissing, SetupIncomplete.
    """
    day = closing_day or month_calendar(period).closing_day
    if today is not None and today < day:
        raise PeriodNotOver(period=period, closing_day=day)
    run = _started(period=period, closing_day=day, requested_by=requested_by)
    return CLOSINGS.carry_out(run, executor=executor, on_progress=on_progress)


def _started(*, period: Period, closing_day: dt.date, requested_by: User | None) -> PeriodRun:
    """The run of a period with chunks for every account that it has not closed yet."""
    _require_order(period)
    _require_calendar(period)
    require_setup(period, steps=TO_CLOSE)
    with transaction.atomic():
        lock_numbers()
        run, _ = PeriodRun.objects.active().get_or_create(
            period=period.first_day, defaults={"closing_day": closing_day, "requested_by": requested_by}
        )
        return CLOSINGS.begin(run, lambda run: RunChunk.cut(run, _waiting_accounts(run, period), CHUNK))


def _waiting_accounts(run: PeriodRun, period: Period) -> list[int]:
    closed = AccountClosing.objects.filter(period=run.period, reversed_at=None).values("account_id")
    return list(open_accounts(period).exclude(pk__in=closed).order_by("pk").values_list("pk", flat=True))


def _require_order(period: Period) -> None:
    later = PeriodRun.objects.active().filter(period__gt=period.first_day).order_by("period").first()
    if later is not None and not is_closed(period):
        raise LaterPeriodClosed(period=Period.of(later.period))
    if unfinished_reversals().filter(period=period.first_day).exists():
        raise ReversalUnfinished(period=period)
    running = PeriodRun.objects.filter(period__lt=period.first_day, status=ClosingStatus.RUNNING).first()
    if running is not None:
        raise EarlierPeriodOpen(period=Period.of(running.period))


def _require_calendar(period: Period) -> None:
    year = period.next.year
    if not WorkdayYear.objects.active().filter(year=year).exists():
        raise WorkdayYearMissing(year=year)


def close_chunk(*, chunk_id: int) -> ChunkResult:
    """Close the accounts of a chunk that wait still. Safe to repeat and to run twice at the same time."""
    return CLOSINGS.do(chunk_id=chunk_id) or ChunkResult(closed=0, failed=0)


def sweep_runs() -> int:
    """Put back chunks that fell out of the queue; returns how many. For a timed job."""
    return CLOSINGS.sweep()


def progress(run: PeriodRun) -> RunProgress[PeriodRun]:
    """Return how far a closing is, in accounts and chunks (five queries)."""
    return CLOSINGS.progress(run)
