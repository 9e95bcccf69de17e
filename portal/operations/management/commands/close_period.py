"""Close a billing period, or go on where its closing stopped. Closed again, it adds nothing.

Run by a person it does not stop at sums out of the ordinary: it warns on standard error and goes on. `--check` looks
first and, above the limits, ends with 1 before anything is charged.
"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.billing import selectors, services
from portal.billing.exceptions import BillingRefused
from portal.billing.finding_texts import finding_texts
from portal.core import clock
from portal.core.periods import Period
from portal.core.runs.failures import failures_of
from portal.operations.progress import ProgressLine


class Command(BaseCommand):
    """`close_period YYYY-MM [--queue] [--check]`."""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("period", metavar="YYYY-MM")
        parser.add_argument("--queue", action="store_true", help="hand the parts to the workers and return")
        parser.add_argument(
            "--check", action="store_true", help="compare with closed months first; above the limits do not close"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            period = Period.parse(options["period"])
        except ValueError as error:
            raise CommandError(str(error)) from None
        if options["check"]:
            self._check(period)
        shown = ProgressLine(f"closing {period}")
        try:
            run = services.close_period(
                period=period,
                executor=services.Executor.QUEUE if options["queue"] else services.Executor.INLINE,
                on_progress=lambda progress: shown(progress.done + progress.failed, progress.total),
                today=clock.today(),
            )
        except BillingRefused as refusal:
            raise CommandError(f"{type(refusal).__name__}: {refusal}") from None
        shown.end()
        result = selectors.run_result(run)
        for failure in failures_of(run):
            self.stderr.write(f"{failure.account.number}: {failure.code} {failure.detail}")
        for finding in finding_texts(services.findings_of_closed(period)):
            self.stderr.write(f"warning: {finding}")
        self.stdout.write(
            f"{period}: {result.closed} accounts closed, {result.failed} wait, {result.total} ₽ booked ({run.status})"
        )
        if result.failed:
            raise SystemExit(1)

    def _check(self, period: Period) -> None:
        """Look before closing. Raises SystemExit above the limits."""
        findings = services.current_findings(services.preview_closing(period))
        for finding in finding_texts(findings):
            self.stderr.write(finding)
        if findings:
            self.stdout.write(f"{period}: not closed, out of the ordinary ({len(findings)} findings)")
            raise SystemExit(1)
