"""Issue the receipts of a closed period, or resume a stopped issue. A repeat adds nothing."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.billing.exceptions import BillingRefused
from portal.core import clock
from portal.core.periods import Period
from portal.core.runs.engine import Executor
from portal.core.runs.failures import failures_of
from portal.operations.progress import ProgressLine
from portal.receipts.issuing import ISSUES, issue_receipts
from portal.receipts.selectors import files_made


class Command(BaseCommand):
    """`issue_receipts YYYY-MM [--queue] [--silent] [--without-files]`."""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("period", metavar="YYYY-MM")
        parser.add_argument("--queue", action="store_true", help="hand the parts to the workers and return")
        parser.add_argument("--silent", action="store_true", help="send no notices")
        parser.add_argument("--without-files", action="store_true", help="leave each PDF to the first who asks")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            period = Period.parse(options["period"])
        except ValueError as error:
            raise CommandError(str(error)) from None
        shown = ProgressLine(f"receipts {period}")
        try:
            run = issue_receipts(
                period=period,
                issued_on=clock.today(),
                executor=Executor.QUEUE if options["queue"] else Executor.INLINE,
                notify=not options["silent"],
                with_files=not options["without_files"],
                on_progress=lambda progress: shown(progress.chunks_done, progress.chunks),
            )
        except BillingRefused as refusal:
            raise CommandError(f"{type(refusal).__name__}: {refusal}") from None
        shown.end()
        for failure in failures_of(run):
            self.stderr.write(f"{failure.account.number}: {failure.code} {failure.detail}")
        result = ISSUES.progress(run)
        self.stdout.write(
            f"{period}: {result.done} receipts, {files_made(period)} files, {result.failed} wait ({result.run.status})"
        )
        if result.failed:
            raise SystemExit(1)
