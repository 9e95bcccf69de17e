"""Receipts of a month as the accountant sees them: how far the issue is, what failed, the print run."""

from dataclasses import dataclass

from portal.core.periods import Period
from portal.core.runs.engine import RunProgress
from portal.core.runs.failures import failures_of
from portal.office.closing.failures import Failure, receipt_failure
from portal.receipts.issuing import ISSUES
from portal.receipts.models import PrintRun, Receipt, ReceiptRun
from portal.receipts.print_run import PRINTS
from portal.receipts.selectors import files_made, has_receipts

SHOWN_PRINTS = 5


@dataclass(frozen=True, slots=True)
class IssueState:
    """The issue of a month's receipts, and its print runs, newest first."""

    issued: int
    with_file: int
    progress: RunProgress[ReceiptRun] | None
    failures: list[Failure]
    prints: list[RunProgress[PrintRun]]

    @property
    def running(self) -> bool:
        """Whether something is being made now."""
        return any(progress.is_running for progress in [self.progress, *self.prints] if progress is not None)


def issue_failures(period: Period) -> list[Failure]:
    """Return all accounts of a month whose receipt was not made (two queries)."""
    run = _issue_of(period)
    return _failures(run) if run is not None else []


def issue_progress(period: Period) -> RunProgress[ReceiptRun] | None:
    """Return how far the issue of a month is; None when it was not begun."""
    run = _issue_of(period)
    return ISSUES.progress(run) if run is not None else None


def issue_state(period: Period) -> IssueState:
    """Return how far the receipts of a month are."""
    run = _issue_of(period)
    prints = PrintRun.objects.filter(period=period.first_day).order_by("-pk")[:SHOWN_PRINTS]
    return IssueState(
        issued=has_receipts(period),
        with_file=files_made(period),
        progress=ISSUES.progress(run) if run else None,
        failures=_failures(run) if run else [],
        prints=[PRINTS.progress(run) for run in prints],
    )


def _issue_of(period: Period) -> ReceiptRun | None:
    return ReceiptRun.objects.filter(period=period.first_day).first()


def _failures(run: ReceiptRun) -> list[Failure]:
    return [receipt_failure(row.account, row.code, row.detail) for row in failures_of(run)]


def receipt_of(pk: int) -> Receipt | None:
    """A receipt with its account and address."""
    return Receipt.objects.filter(pk=pk).select_related("account__premises__house__street").first()
