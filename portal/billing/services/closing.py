"""Closing a period: a run, cut in chunks of accounts, each one job and one transaction; a repeat adds nothing."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from django.db import transaction
from django.db.models import Count, Max, Min, Q
from django.utils import timezone
from django_q.tasks import async_task

from portal.accounts.models import User
from portal.billing.enums import ChunkStatus, RunStatus
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
from portal.billing.services.requeueing import requeue_lost
from portal.billing.staff_notices import notify_closing_incomplete, withdraw_closing_alerts
from portal.core.calendars import month_calendar
from portal.core.periods import Period

CHUNK = 800
"""Accounts in one job: on SQLite their rows are stored within a third of a second, which nobody who writes notices."""


class Executor(Enum):
    """Who does the chunks."""

    QUEUE = "queue"
    INLINE = "inline"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is, in accounts and chunks."""

    run: PeriodRun
    accounts: int
    closed: int
    failed: int
    chunks: int
    chunks_done: int

    @property
    def percent(self) -> int:
        """Whole percent of the chunks."""
        return 100 * self.chunks_done // self.chunks if self.chunks else 100


def close_period(
    *,
    period: Period,
    closing_day: dt.date | None = None,
    executor: Executor = Executor.QUEUE,
    requested_by: User | None = None,
    on_progress: Callable[[Progress], None] | None = None,
    today: dt.date | None = None,
) -> PeriodRun:
    """Close a period, or go on where its closing stopped; closed again, it adds nothing.

    `closing_day` is the last day whose readings and payments count (inclusive of payments' penalties up to the day
    before); by default the calendar's. With `today`, a period whose closing day has not come is refused. Raises
    PeriodNotOver, EarlierPeriodOpen, LaterPeriodClosed, WorkdayYearMissing.
    """
    day = closing_day or month_calendar(period).closing_day
    if today is not None and today < day:
        raise PeriodNotOver(period=period, closing_day=day)
    run = _started(period=period, closing_day=day, requested_by=requested_by)
    chunks = list(run.chunks.filter(status=ChunkStatus.QUEUED).values_list("pk", flat=True))
    if executor is Executor.QUEUE:
        for pk in chunks:
            async_task("portal.billing.jobs.close_chunk", pk, group=f"close {period}")
        return run
    for pk in chunks:
        close_chunk(chunk_id=pk)
        if on_progress is not None:
            on_progress(progress(run))
    run.refresh_from_db()
    return run


def _started(*, period: Period, closing_day: dt.date, requested_by: User | None) -> PeriodRun:
    """The run of a period with chunks for every account that it has not closed yet."""
    _require_order(period)
    _require_calendar(period)
    now = timezone.now()
    with transaction.atomic():
        lock_numbers()
        run, _ = PeriodRun.objects.active().get_or_create(
            period=period.first_day,
            defaults={"closing_day": closing_day, "started_at": now, "requested_by": requested_by},
        )
        run = PeriodRun.objects.select_for_update().get(pk=run.pk)
        waiting = _waiting_accounts(run, period)
        if waiting and not run.chunks.filter(status=ChunkStatus.QUEUED).exists():
            _cut_in_chunks(run, waiting)
        if not run.chunks.filter(status=ChunkStatus.QUEUED).exists():
            _finish(run)
    return run


def _waiting_accounts(run: PeriodRun, period: Period) -> list[int]:
    closed = AccountClosing.objects.filter(period=run.period, reversed_at=None).values("account_id")
    return list(open_accounts(period).exclude(pk__in=closed).order_by("pk").values_list("pk", flat=True))


def _cut_in_chunks(run: PeriodRun, waiting: list[int]) -> None:
    run.chunks.all().delete()
    RunChunk.objects.bulk_create(RunChunk.cut(run, waiting, CHUNK))
    PeriodRun.objects.filter(pk=run.pk).update(status=RunStatus.RUNNING, finished_at=None)


def _require_order(period: Period) -> None:
    later = PeriodRun.objects.active().filter(period__gt=period.first_day).order_by("period").first()
    if later is not None and not is_closed(period):
        raise LaterPeriodClosed(period=Period.of(later.period))
    if unfinished_reversals().filter(period=period.first_day).exists():
        raise ReversalUnfinished(period=period)
    running = PeriodRun.objects.filter(period__lt=period.first_day, status=RunStatus.RUNNING).first()
    if running is not None:
        raise EarlierPeriodOpen(period=Period.of(running.period))


def _require_calendar(period: Period) -> None:
    year = period.next.year
    if not WorkdayYear.objects.active().filter(year=year).exists():
        raise WorkdayYearMissing(year=year)


def close_chunk(*, chunk_id: int) -> ChunkResult:
    """Close the accounts of a chunk that wait still. Safe to repeat and to run twice at the same time."""
    chunk = RunChunk.objects.select_related("run").get(pk=chunk_id)
    run = chunk.run
    if chunk.status == ChunkStatus.DONE or run.status == RunStatus.REVERSED:
        return ChunkResult(closed=0, failed=0)
    period = Period.of(run.period)
    ids = list(
        open_accounts(period)
        .filter(pk__gte=chunk.first_account, pk__lte=chunk.last_account)
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    result = close_accounts(run=run, period=period, account_ids=ids)
    RunChunk.objects.filter(pk=chunk_id).update(status=ChunkStatus.DONE, finished_at=timezone.now())
    if not RunChunk.objects.filter(run=run, status=ChunkStatus.QUEUED).exists():
        with transaction.atomic():
            _finish(PeriodRun.objects.select_for_update().get(pk=run.pk))
    return result


def _finish(run: PeriodRun) -> None:
    if run.status == RunStatus.REVERSED:
        return
    failed = RunFailure.objects.filter(run=run).exists()
    run.status = RunStatus.INCOMPLETE if failed else RunStatus.DONE
    run.finished_at = timezone.now()
    run.save(update_fields=["status", "finished_at"])
    if failed:
        notify_closing_incomplete(run)
    else:
        withdraw_closing_alerts(run)


def sweep_runs() -> int:
    """Put back chunks that fell out of the queue; returns how many. For a timed job."""
    waiting = RunChunk.objects.filter(run__status=RunStatus.RUNNING)
    put_back = requeue_lost(waiting, job="portal.billing.jobs.close_chunk", group="close again")
    for run in PeriodRun.objects.filter(status=RunStatus.RUNNING):
        if not run.chunks.filter(status=ChunkStatus.QUEUED).exists():
            _finish(run)
    return put_back


def progress(run: PeriodRun) -> Progress:
    """How far a run is (three queries)."""
    run = PeriodRun.objects.get(pk=run.pk)
    chunks = run.chunks.aggregate(
        all=Count("pk"), done=Count("pk", filter=Q(status=ChunkStatus.DONE)), first=Min("pk"), last=Max("pk")
    )
    closed = AccountClosing.objects.filter(period=run.period, reversed_at=None).count()
    return Progress(
        run=run,
        accounts=open_accounts(Period.of(run.period)).count(),
        closed=closed,
        failed=run.failures.count(),
        chunks=chunks["all"],
        chunks_done=chunks["done"],
    )
