"""Make many accounts with months of closed history, for benchmarks."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.core import clock
from portal.core.periods import Period
from portal.operations.generation import generate_accounts
from portal.operations.progress import ProgressLine


class Command(BaseCommand):
    """`generate_accounts N --months M`: the last closed month is the one before the business date's."""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("count", type=int, metavar="N")
        parser.add_argument("--months", type=int, default=24, metavar="M")
        parser.add_argument("--last", metavar="YYYY-MM", help="last closed month")
        parser.add_argument("--seed", type=int, default=1)

    def handle(self, *args: Any, **options: Any) -> None:
        if options["count"] < 1 or options["months"] < 1:
            raise CommandError("at least one account and one month")
        try:
            last = Period.parse(options["last"]) if options["last"] else Period.of(clock.today()).previous
        except ValueError as error:
            raise CommandError(str(error)) from None
        shown = ProgressLine("accounts")
        made = generate_accounts(
            count=options["count"], months=options["months"], last=last, seed=options["seed"], on_progress=shown
        )
        shown.end()
        self.stdout.write(
            f"{made.accounts} accounts with {made.months} closed months; readings wait for {made.next_period}"
        )
