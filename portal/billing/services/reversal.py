"""Undoing a whole closing: its mirror in the ledger, allowed until receipts went out."""

import datetime as dt
from collections.abc import Callable, Sequence

from django.db import connection, transaction

from portal.accounts import audit
from portal.accounts.models import User
from portal.billing.enums import ClosingStatus
from portal.billing.exceptions import (
    LaterPeriodClosed,
    NothingToReverse,
    RecalculatedSince,
)
from portal.billing.models import AccountClosing, Charge, PeriodRun
from portal.billing.selectors.runs import unfinished_reversals
from portal.billing.staff_notices import withdraw_closing_alerts
from portal.core import clock
from portal.core.bulk import insert_prepared
from portal.core.periods import Period
from portal.ledger.enums import EntryKind
from portal.ledger.models import Entry
from portal.ledger.services import lock_accounts

BATCH = 400
Check = Callable[[Period], None]
"""Raises a BillingRefused when the closing of a period may not be reversed; runs under the lock of the closing."""
_checks: list[Check] = []
COLUMNS = ("account_id", "kind", "amount", "effective_on", "period", "key", "source", "note", "created_at")


def register_check(check: Check) -> None:
    """Add a check that every reversal must pass; an app above billing registers its own when Django starts."""
    if check not in _checks:
        _checks.append(check)


def reverse_closing(*, period: Period, reason: str, on: dt.date, by: User | None) -> int:
    """Book the mirror of every entry of a closing; the period may then be closed again. Returns how many entries.

    Called again after an interruption it goes on. Raises NothingToReverse, LaterPeriodClosed, RecalculatedSince, and
    what the registered checks raise: receipts forbid it once they are issued, or are being issued.
    """
    begin_reversal(period=period, reason=reason, by=by)
    return continue_reversals(on=on)


@transaction.atomic
def begin_reversal(*, period: Period, reason: str, by: User | None) -> PeriodRun:
    """Take a closing for reversed; what it booked is mirrored by `continue_reversals`. Raises as reverse_closing.

    Holds the lock of the closing's row, which an issue of receipts takes too: whichever comes second is refused.
    """
    runs = PeriodRun.objects.select_for_update().filter(period=period.first_day)
    run = runs.active().first()
    if run is None:
        halfway = unfinished_reversals().filter(period=period.first_day).select_related("run").first()
        if halfway is None:
            raise NothingToReverse(str(period))
        return halfway.run
    _require_reversible(period)
    run.status, run.reversed_at = ClosingStatus.REVERSED, clock.now()
    run.reversal_reason, run.reversed_by = reason[:250], by
    run.save(update_fields=["status", "reversed_at", "reversal_reason", "reversed_by"])
    withdraw_closing_alerts(run)
    audit.money(run, by=by, what=f"Закрытие отменено: {period}", after=reason[:250])
    return run


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
    """How many accounts of a reversed closing are still to be mirrored (one query)."""
    return unfinished_reversals().filter(period=period.first_day).count()


def continue_reversals(*, on: dt.date) -> int:
    """Mirror what reversed closings still hold, batch by batch; returns how many entries. Safe to run twice at once."""
    booked = 0
    for run in PeriodRun.objects.filter(pk__in=unfinished_reversals().order_by().values("run_id")):
        last = 0
        while accounts := _next_batch(run, last):
            booked += _reverse(run, accounts, run.reversal_reason, on)
            last = accounts[-1]
    return booked


def _next_batch(run: PeriodRun, last: int) -> list[int]:
    waiting = AccountClosing.objects.filter(run=run, reversed_at=None, account_id__gt=last).order_by("account_id")
    return list(waiting.values_list("account_id", flat=True)[:BATCH])


def _reverse(run: PeriodRun, accounts: Sequence[int], reason: str, on: dt.date) -> int:
    now = clock.now()
    with transaction.atomic():
        lock_accounts(accounts)
        charges = Charge.objects.filter(
            account_id__in=accounts, period=run.period, reversed_at=None, key__startswith="charge:"
        )
        keys = list(charges.values_list("key", flat=True))
        entries = Entry.objects.filter(key__in=keys).values_list("account_id", "amount", "key")
        stored = connection.ops.adapt_datetimefield_value(now)
        rows = [
            (
                account,
                EntryKind.REVERSAL.value,
                str(-amount),
                on.isoformat(),
                run.period.isoformat(),
                f"reversal:{key}",
                key,
                reason[:250],
                stored,
            )
            for account, amount, key in entries
        ]
        insert_prepared(Entry, COLUMNS, rows)
        charges.update(reversed_at=now)
        AccountClosing.objects.filter(run=run, account_id__in=accounts, reversed_at=None).update(reversed_at=now)
    return len(rows)
