"""Undoing a whole closing: its mirror in the ledger, allowed until receipts went out."""

import datetime as dt
from collections.abc import Sequence

from django.db import connection, transaction
from django.utils import timezone

from portal.accounts.models import User
from portal.billing.enums import RunStatus
from portal.billing.exceptions import LaterPeriodClosed, NothingToReverse, ReceiptsIssued
from portal.billing.models import AccountClosing, Charge, PeriodRun
from portal.billing.receipts.models import Receipt
from portal.core.bulk import insert_prepared
from portal.core.periods import Period
from portal.ledger.enums import EntryKind
from portal.ledger.models import Entry
from portal.ledger.services import hold_books

BATCH = 400
COLUMNS = ("account_id", "kind", "amount", "effective_on", "period", "key", "source", "note", "created_at")


def reverse_closing(*, period: Period, reason: str, on: dt.date, by: User | None) -> int:
    """Book the mirror of every entry of a closing; the period may then be closed again. Returns how many entries.

    Called again after an interruption it goes on. Raises NothingToReverse, LaterPeriodClosed, ReceiptsIssued.
    """
    run = _reversed_run(period, reason, by)
    booked = 0
    while True:
        accounts = list(
            AccountClosing.objects.filter(run=run, reversed_at=None).order_by("account_id").values_list(
                "account_id", flat=True
            )[:BATCH]
        )  # fmt: skip
        if not accounts:
            return booked
        booked += _reverse(run, accounts, reason, on)


def _reversed_run(period: Period, reason: str, by: User | None) -> PeriodRun:
    with transaction.atomic():
        runs = PeriodRun.objects.select_for_update().filter(period=period.first_day)
        unfinished = AccountClosing.objects.filter(period=period.first_day, reversed_at=None)
        run = runs.exclude(status=RunStatus.REVERSED).first()
        if run is None:
            halfway = unfinished.select_related("run").first()
            if halfway is None:
                raise NothingToReverse(str(period))
            return halfway.run
        later = PeriodRun.objects.filter(period__gt=period.first_day).exclude(status=RunStatus.REVERSED).first()
        if later is not None:
            raise LaterPeriodClosed(period=Period.of(later.period))
        issued = Receipt.objects.filter(period=period.first_day).count()
        if issued:
            raise ReceiptsIssued(period=period, count=issued)
        run.status = RunStatus.REVERSED
        run.reversed_at = timezone.now()
        run.reversal_reason = reason[:250]
        run.save(update_fields=["status", "reversed_at", "reversal_reason"])
    return run


def _reverse(run: PeriodRun, accounts: Sequence[int], reason: str, on: dt.date) -> int:
    now = timezone.now()
    with transaction.atomic():
        hold_books(accounts)
        charges = Charge.objects.filter(
            account_id__in=accounts, period=run.period, reversed_at=None, key__startswith="charge:"
        )
        keys = list(charges.values_list("key", flat=True))
        entries = Entry.objects.filter(key__in=keys).values_list("account_id", "amount", "key")
        stored = connection.ops.adapt_datetimefield_value(now)
        rows = [
            (
                account, EntryKind.REVERSAL.value, str(-amount), on.isoformat(), run.period.isoformat(),
                f"reversal:{key}", key, reason[:250], stored,
            )
            for account, amount, key in entries
        ]  # fmt: skip
        insert_prepared(Entry, COLUMNS, rows)
        charges.update(reversed_at=now)
        AccountClosing.objects.filter(run=run, account_id__in=accounts, reversed_at=None).update(reversed_at=now)
    return len(rows)
