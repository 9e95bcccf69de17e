"""Issuing a period's receipts: an issue, cut in chunks of accounts, each one job; a repeat adds nothing."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Exists, OuterRef

from portal.accounts.models import User
from portal.billing.enums import ClosingStatus
from portal.billing.exceptions import ReversalUnfinished
from portal.billing.loading.facts import open_accounts
from portal.billing.models import AccountClosing, PeriodRun
from portal.billing.selectors.runs import unfinished_reversals
from portal.billing.services.calendar import NO_ACCOUNTS, NotYet
from portal.billing.services.setup_checks import TO_ISSUE, require_setup
from portal.core.calendars import Month
from portal.core.files.exceptions import FileRefused
from portal.core.periods import Period
from portal.core.runs.engine import Executor, RunKind, RunProgress
from portal.core.runs.enums import RunStatus
from portal.core.runs.failures import store_failures
from portal.ledger.services import lock_accounts
from portal.receipts.assembling import assemble_receipts
from portal.receipts.exceptions import CannotIssue, PeriodNotClosed
from portal.receipts.models import Receipt, ReceiptChunk, ReceiptFailure, ReceiptRun
from portal.receipts.notifications import notify_residents
from portal.receipts.selectors import current_receipts
from portal.receipts.services import ensure_receipt_pdf, new_receipt
from portal.receipts.staff_notices import notify_issue_incomplete, withdraw_issue_alerts

CHUNK = 200


@dataclass(frozen=True, slots=True)
class Issued:
    """Result of a chunk."""

    issued: int
    files: int
    failed: int


class IssueKind(RunKind[ReceiptRun, ReceiptChunk, Issued]):
    """Issues of receipts as runs."""

    run_model = ReceiptRun
    chunk_model = ReceiptChunk
    failure_model = ReceiptFailure
    job = "portal.receipts.jobs.issue_chunk"

    def work(self, run: ReceiptRun, chunk: ReceiptChunk) -> Issued:
        """Make the receipts of a chunk that wait still, their PDFs and notices."""
        ids = waiting_accounts(run, first=chunk.first_account, last=chunk.last_account)
        issued, refused = _issue(run, ids)
        files = 0
        if run.with_files or run.notify:
            receipts = list(current_receipts().filter(period=run.period, account_id__in=ids).order_by("account_id"))
            if run.with_files:
                files = _make_files(receipts, refused)
            if run.notify:
                notify_residents([receipt for receipt in receipts if receipt.account_id not in refused])
        with transaction.atomic():
            store_failures(ReceiptFailure, run, ids, refused)
        return Issued(issued=issued, files=files, failed=len(refused))

    def totals(self, run: ReceiptRun) -> tuple[int, int]:
        """Closed accounts of the period, and how many of them have a receipt (two queries)."""
        closed = AccountClosing.objects.filter(period=run.period, reversed_at=None)
        return closed.count(), current_receipts().filter(period=run.period).count()

    def on_finish(self, run: ReceiptRun) -> None:
        """Tell those who close months of receipts that were not made, or that none is missing any more."""
        if run.status == RunStatus.INCOMPLETE:
            notify_issue_incomplete(run)
        else:
            withdraw_issue_alerts(run)


ISSUES = IssueKind()


def issue_receipts(
    *,
    period: Period,
    issued_on: dt.date,
    executor: Executor = Executor.QUEUE,
    requested_by: User | None = None,
    notify: bool = True,
    with_files: bool = True,
    on_progress: Callable[[RunProgress[ReceiptRun]], None] | None = None,
) -> ReceiptRun:
    """Issue the receipts of a closed period, or go on where the issue stopped; issued again, it adds nothing.

    Accounts whose receipt could not be made are tried again. `with_files=False` leaves the PDFs to the first who
    asks; `notify=False` sends no notices (both for months long past).

    Raises PeriodNotClosed, ReversalUnfinished, SetupIncomplete.
    """
    require_setup(period, steps=TO_ISSUE)
    run = _started(period, issued_on=issued_on, requested_by=requested_by, notify=notify, with_files=with_files)
    return ISSUES.carry_out(run, executor=executor, on_progress=on_progress)


def issue_by_calendar(month: Month, today: dt.date) -> str:
    """Issue the receipts of a closed month: the step of the calendar. Raises NotYet while it is not closed."""
    closed = PeriodRun.objects.filter(
        period=month.period.first_day, status__in=[ClosingStatus.DONE, ClosingStatus.INCOMPLETE]
    ).first()
    if closed is None:
        if not open_accounts(month.period).exists():
            return NO_ACCOUNTS
        raise NotYet
    run = issue_receipts(period=month.period, issued_on=today)
    return f"issue:{run.pk}"


def _started(
    period: Period, *, issued_on: dt.date, requested_by: User | None, notify: bool, with_files: bool
) -> ReceiptRun:
    with transaction.atomic():
        _lock_closing(period)
        run, _ = ReceiptRun.objects.get_or_create(
            period=period.first_day,
            defaults={
                "issued_on": issued_on,
                "requested_by": requested_by,
                "notify": notify,
                "with_files": with_files,
            },
        )
        return ISSUES.begin(run, lambda run: ReceiptChunk.cut(run, waiting_accounts(run), CHUNK))


def _lock_closing(period: Period) -> None:
    """Lock the closing that receipts are made from until the transaction ends: a reversal takes the same lock.

    Raises PeriodNotClosed, ReversalUnfinished.
    """
    closing = _locked_closing(period.first_day)
    if closing is not None and closing.status != ClosingStatus.RUNNING:
        return
    if closing is None and unfinished_reversals().filter(period=period.first_day).exists():
        raise ReversalUnfinished(period=period)
    raise PeriodNotClosed(period=period)


def _locked_closing(month: dt.date) -> PeriodRun | None:
    return PeriodRun.objects.active().select_for_update().filter(period=month).first()


def waiting_accounts(run: ReceiptRun, *, first: int | None = None, last: int | None = None) -> list[int]:
    """Closed accounts of the issue's period that lack their receipt, or its PDF where the issue makes it (one query).

    `first` and `last` bound the accounts' ids, both inclusive.
    """
    receipts = current_receipts().filter(period=run.period, account=OuterRef("account"))
    if run.with_files:
        receipts = receipts.exclude(document=None)
    waiting = AccountClosing.objects.filter(~Exists(receipts), period=run.period, reversed_at=None)
    if first is not None:
        waiting = waiting.filter(account_id__gte=first)
    if last is not None:
        waiting = waiting.filter(account_id__lte=last)
    return list(waiting.order_by("account_id").values_list("account_id", flat=True))


def issue_chunk(*, chunk_id: int) -> Issued:
    """Make the receipts of a chunk that wait still, their PDFs and notices. A second delivery adds nothing."""
    return ISSUES.do(chunk_id=chunk_id) or Issued(0, 0, 0)


def _make_files(receipts: Sequence[Receipt], refused: dict[int, CannotIssue]) -> int:
    """Make the PDFs that are not there; returns how many stand, and adds to `refused` those that cannot be made."""
    files = 0
    for receipt in receipts:
        try:
            ensure_receipt_pdf(receipt=receipt)
            files += 1
        except CannotIssue as reason:
            refused[receipt.account_id] = reason
        except FileRefused as reason:
            refused[receipt.account_id] = CannotIssue(reason.code)
    return files


def _issue(run: ReceiptRun, account_ids: Sequence[int]) -> tuple[int, dict[int, CannotIssue]]:
    """Store the receipts that are not there yet; returns how many, and why others could not be made.

    The closing is looked at again under its lock: of accounts whose closing no longer stands nothing is stored.
    """
    existing = Receipt.objects.filter(period=run.period, account_id__in=account_ids)
    have = set(existing.values_list("account_id", flat=True))
    missing = [pk for pk in account_ids if pk not in have]
    fresh: list[Receipt] = []
    with transaction.atomic():
        closed = _lock_closed_accounts(run, missing)
        lock_accounts(sorted(closed))
        assembled, refused = assemble_receipts(sorted(closed), period=Period.of(run.period), issued_on=run.issued_on)
        refused |= {pk: CannotIssue("not_closed") for pk in missing if pk not in closed}
        for account_id, data in assembled:
            try:
                fresh.append(new_receipt(account_id, data, run=run))
            except CannotIssue as reason:
                refused[account_id] = reason
        Receipt.objects.bulk_create(fresh, ignore_conflicts=True)
    return len(fresh), refused


def _lock_closed_accounts(run: ReceiptRun, account_ids: Sequence[int]) -> set[int]:
    """Return those of the accounts whose closing stands, and stands until the transaction ends."""
    closing = _locked_closing(run.period)
    if closing is None:
        return set()
    closed = AccountClosing.objects.filter(run=closing, account_id__in=account_ids, reversed_at=None)
    return set(closed.values_list("account_id", flat=True))


def sweep_receipts() -> int:
    """Put back chunks that fell out of the queue; returns how many. For a timed job."""
    return ISSUES.sweep()
