"""Receipts of a month as the accountant sees them: how far the issue is, what failed, the print run."""

from dataclasses import dataclass

from portal.core.periods import Period
from portal.office.closing.failures import Failure, receipt_failure
from portal.receipts.enums import IssueStatus
from portal.receipts.models import PrintRun, ReceiptRun
from portal.receipts.selectors import (
    IssueProgress,
    PrintProgress,
    failures_of,
    has_receipts,
    issue_progress,
    print_progress,
)

SHOWN_PRINTS = 5


@dataclass(frozen=True, slots=True)
class IssueState:
    """The issue of a month's receipts, and its print runs, newest first."""

    issued: int
    progress: IssueProgress | None
    failures: list[Failure]
    prints: list[PrintProgress]

    @property
    def running(self) -> bool:
        """Whether something is being made now."""
        issuing = self.progress is not None and self.progress.run.status == IssueStatus.RUNNING
        return issuing or any(one.run.status == IssueStatus.RUNNING for one in self.prints)


def issue_state(period: Period) -> IssueState:
    """How far the receipts of a month are."""
    run = ReceiptRun.objects.filter(period=period.first_day).first()
    prints = PrintRun.objects.filter(period=period.first_day).order_by("-pk")[:SHOWN_PRINTS]
    return IssueState(
        issued=has_receipts(period),
        progress=issue_progress(run) if run else None,
        failures=[receipt_failure(row.account, row.code, row.detail) for row in failures_of(run)] if run else [],
        prints=[print_progress(one) for one in prints],
    )
