"""Undoing a whole closing: its mirror in the ledger, allowed until receipts went out."""

import datetime as dt
from collections.abc import Callable, Iterator, Sequence

from django.db import connection, transaction
from django.db.models import QuerySet, Sum

from portal.accounts import audit
from portal.accounts.models import User
from portal.billing.enums import ClosingStatus
from portal.billing.exceptions import (
    LaterPeriodClosed,
    NothingToReverse,
    RecalculatedSince,
)
from portal.billing.models import AccountClosing, Charge, PeriodRun, ReversalChunk, ReversalRun
from portal.billing.selectors.runs import unfinished_reversals
from portal.billing.staff_notices import withdraw_closing_alerts
from portal.core import clock
from portal.core.bulk import batches, insert_prepared
from portal.core.periods import Period
from portal.core.runs.engine import Executor, RunKind, RunProgress
from portal.core.runs.enums import RunStatus
from portal.ledger.enums import EntryKind
from portal.ledger.models import Entry
from portal.ledger.services import lock_accounts

CHUNK = 2000
"""Accounts in one job."""
BATCH = 400
"""Accounts in one transaction."""
Check = Callable[[Period], None]
"""Raises a BillingRefused when the closing of a period may not be reversed; runs under the lock of the closing."""
_checks: list[Check] = []
COLUMNS = ("account_id", "kind", "amount", "effective_on", "period", "key", "source", "note", "created_at")


def register_check(check: Check) -> None:
    """Add a check that every reversal must pass; an app above billing registers its own when Django starts."""
    if check not in _checks:
        _checks.append(check)


class ReversalKind(RunKind[ReversalRun, ReversalChunk, int]):
    """Reversals as runs: a chunk books the mirror of its accounts' entries."""

    run_model = ReversalRun
    chunk_model = ReversalChunk
    job = "portal.billing.jobs.reverse_chunk"
    result_fields = ("entries",)

    def work(self, run: ReversalRun, chunk: ReversalChunk) -> int:
        """Mirror what the accounts of a chunk still hold, in short transactions; returns how many entries."""
        accounts = _waiting(run.closing).filter(account_id__gte=chunk.first_account, account_id__lte=chunk.last_account)
        for ids in batches(list(accounts), BATCH):
            chunk.entries += _reverse(run, ids)
        return chunk.entries

    def totals(self, run: ReversalRun) -> tuple[int, int]:
        """Accounts that the closing had closed, and how many of them are mirrored (two queries)."""
        closed = AccountClosing.objects.filter(run_id=run.closing_id)
        return closed.count(), closed.exclude(reversed_at=None).count()


REVERSALS = ReversalKind()


def reverse_closing(
    *, period: Period, reason: str, on: dt.date, by: User | None, executor: Executor = Executor.INLINE
) -> int:
    """Book the mirror of every entry of a closing; the period may then be closed again. Returns how many entries.

    `on`: the day on which the mirror is booked. Called again after an interruption it goes on. Raises
    NothingToReverse, LaterPeriodClosed, RecalculatedSince, and what the registered checks raise: receipts forbid it
    once they are issued, or are being issued.
    """
    run = begin_reversal(period=period, reason=reason, on=on, by=by)
    return _entries(REVERSALS.carry_out(run, executor=executor))


@transaction.atomic
def begin_reversal(*, period: Period, reason: str, on: dt.date, by: User | None) -> ReversalRun:
    """Take a closing for reversed and cut its reversal into chunks. Raises as reverse_closing.

    Holds the lock of the closing's row, which an issue of receipts takes too: whichever comes second is refused.
    """
    runs = PeriodRun.objects.select_for_update().filter(period=period.first_day)
    closing = runs.active().first()
    if closing is None:
        halfway = _unfinished().filter(closing__period=period.first_day).first()
        if halfway is None:
            raise NothingToReverse(str(period))
        return REVERSALS.begin(halfway, _cut)
    _require_reversible(period)
    closing.status, closing.reversed_at = ClosingStatus.REVERSED, clock.now()
    closing.reversal_reason, closing.reversed_by = reason[:250], by
    closing.save(update_fields=["status", "reversed_at", "reversal_reason", "reversed_by"])
    withdraw_closing_alerts(closing)
    audit.money(closing, by=by, what=f"Закрытие отменено: {period}", after=reason[:250])
    run = ReversalRun.objects.create(closing=closing, booked_on=on, requested_by=by)
    return REVERSALS.begin(run, _cut)


def _cut(run: ReversalRun) -> Iterator[ReversalChunk]:
    return ReversalChunk.cut(run, _waiting(run.closing), CHUNK)


def _waiting(closing: PeriodRun) -> "QuerySet[AccountClosing, int]":
    """Accounts of a reversed closing that are still to be mirrored."""
    waiting = AccountClosing.objects.filter(run=closing, reversed_at=None).order_by("account_id")
    return waiting.values_list("account_id", flat=True)


def _unfinished() -> "QuerySet[ReversalRun]":
    """Reversals whose closings still hold something."""
    return ReversalRun.objects.filter(closing__in=unfinished_reversals().order_by().values("run_id"))


def _entries(run: ReversalRun) -> int:
    return run.chunks.aggregate(entries=Sum("entries"))["entries"] or 0


def _require_reversible(period: Period) -> None:
    later = PeriodRun.objects.active().filter(period__gt=period.first_day).first()
    if later is not None:
        raise LaterPeriodClosed(period=Period.of(later.period))
    for check in _checks:
        check(period)
    since = Charge.objects.filter(period=period.next.first_day, reversed_at=None, key__startswith="recalc:")
    recalculated = since.values("account_id").distinct().count()
    if recalculated:
        raise RecalculatedSince(period=period, count=recalculated)


def waiting_for_reversal(period: Period) -> int:
    """Return how many accounts of a reversed closing are still to be mirrored (one query)."""
    return unfinished_reversals().filter(period=period.first_day).count()


def reversal_progress(period: Period) -> RunProgress[ReversalRun] | None:
    """Return how far the reversal of a period is that is not finished; None when there is none."""
    run = _unfinished().filter(closing__period=period.first_day).first()
    return REVERSALS.progress(run) if run is not None else None


def continue_reversals() -> int:
    """Mirror here what reversed closings still hold; returns how many entries. Safe to run twice at once."""
    runs = list(_unfinished())
    return sum(_entries(REVERSALS.carry_out(REVERSALS.begin(run, _cut), executor=Executor.INLINE)) for run in runs)


def reverse_chunk(*, chunk_id: int) -> int:
    """Mirror the accounts of a chunk; returns how many entries. A second delivery adds nothing."""
    return REVERSALS.do(chunk_id=chunk_id) or 0


def sweep_reversals() -> int:
    """Put back chunks that fell out of the queue; returns how many. For a timed job.

    An account that was being closed as its closing was reversed is in no chunk: its reversal is begun again.
    """
    put_back = REVERSALS.sweep()
    for run in _unfinished().exclude(status=RunStatus.RUNNING):
        put_back += REVERSALS.carry_out(REVERSALS.begin(run, _cut)).chunks.count()
    return put_back


def _reverse(run: ReversalRun, accounts: Sequence[int]) -> int:
    closing, now = run.closing, clock.now()
    with transaction.atomic():
        lock_accounts(accounts)
        charges = Charge.objects.filter(
            account_id__in=accounts, period=closing.period, reversed_at=None, key__startswith="charge:"
        )
        keys = list(charges.values_list("key", flat=True))
        entries = Entry.objects.filter(key__in=keys).values_list("account_id", "amount", "key")
        stored = connection.ops.adapt_datetimefield_value(now)
        rows = [
            (
                account,
                EntryKind.REVERSAL.value,
                str(-amount),
                run.booked_on.isoformat(),
                closing.period.isoformat(),
                f"reversal:{key}",
                key,
                closing.reversal_reason,
                stored,
            )
            for account, amount, key in entries
        ]
        insert_prepared(Entry, COLUMNS, rows)
        charges.update(reversed_at=now)
        AccountClosing.objects.filter(run=closing, account_id__in=accounts, reversed_at=None).update(reversed_at=now)
    return len(rows)
