"""Receipts are never issued from a closing that is being reversed, nor is a closing reversed while they are issued."""

import datetime as dt

import pytest
from django.utils import timezone

from portal.billing.enums import ClosingStatus
from portal.billing.exceptions import ReversalUnfinished
from portal.billing.models import AccountClosing, PeriodRun
from portal.billing.services import Executor, begin_reversal, continue_reversals
from portal.operations.ledger_check import problems
from portal.receipts.exceptions import PeriodNotClosed, ReceiptsBeingIssued
from portal.receipts.issuing import issue_chunk, issue_receipts
from portal.receipts.models import Receipt, ReceiptChunk, ReceiptRun
from tests.people import Cast
from tests.portal.receipts.conftest import ISSUED_ON, OCTOBER


def begin_issue() -> ReceiptRun:
    """An issue whose chunks wait in the queue."""
    return issue_receipts(period=OCTOBER, issued_on=ISSUED_ON, with_files=False, notify=False)


def test_a_closing_is_not_reversed_while_receipts_are_issued(closed: Cast) -> None:
    begin_issue()
    with pytest.raises(ReceiptsBeingIssued):
        begin_reversal(period=OCTOBER, reason="Ошибка", on=dt.date(2026, 10, 22), by=None)
    assert not PeriodRun.objects.filter(status=ClosingStatus.REVERSED).exists()


def test_receipts_are_not_issued_while_a_closing_is_reversed(closed: Cast) -> None:
    begin_reversal(period=OCTOBER, reason="Ошибка", on=dt.date(2026, 10, 22), by=None)
    with pytest.raises(ReversalUnfinished):
        begin_issue()
    continue_reversals()
    with pytest.raises(PeriodNotClosed):
        begin_issue()
    assert not ReceiptRun.objects.exists()


def test_a_chunk_that_comes_late_stores_nothing(closed: Cast) -> None:
    """The job looks at the closing under its lock: what the button found an hour ago does not count."""
    begin_issue()
    PeriodRun.objects.filter(period=OCTOBER.first_day).update(status=ClosingStatus.REVERSED)
    done = issue_chunk(chunk_id=ReceiptChunk.objects.get().pk)
    assert (done.issued, done.failed) == (0, AccountClosing.objects.filter(period=OCTOBER.first_day).count())
    assert not Receipt.objects.exists()


def test_the_check_of_the_ledger_names_receipts_of_reversed_charges(closed: Cast) -> None:
    issue_receipts(period=OCTOBER, issued_on=ISSUED_ON, with_files=False, notify=False, executor=Executor.INLINE)
    assert not [problem for problem in problems() if problem.code == "receipt_reversed"]
    AccountClosing.objects.filter(account=closed.anna.account, period=OCTOBER.first_day).update(
        reversed_at=timezone.now()
    )
    problems_of_receipts = [problem for problem in problems() if problem.code == "receipt_reversed"]
    number = Receipt.objects.get(account=closed.anna.account, period=OCTOBER.first_day).number
    assert [(problem.account_id, problem.parts) for problem in problems_of_receipts] == [
        (closed.anna.account.pk, (number,))
    ]
