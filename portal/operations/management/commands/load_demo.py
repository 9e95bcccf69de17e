"""Load the demo once: a settlement with two years of history."""

import datetime as dt
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal.core import clock
from portal.core.periods import Period
from portal.operations.demo import loading
from portal.operations.demo.dated_numbers import PRICES
from portal.operations.demo.world import MONTHS_OF_HISTORY, demo_today

LEAST_ACCOUNTS = 12
"""The residents of the contract have six; as many neighbours have what happens to others."""


class Command(BaseCommand):
    help = "Load the demo (about 300 accounts, two years of history) unless it is there already."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--accounts", type=int, default=300, help="how many accounts (300)")
        parser.add_argument("--months", type=int, default=MONTHS_OF_HISTORY, help="how many closed months (24)")

    def handle(self, *args: Any, **options: Any) -> None:
        if loading.is_loaded():
            self.stdout.write("the demo is there already; `make demo-reset` makes it anew")
            return
        today = clock.moved_to() or demo_today(clock.today())
        _require_loadable(accounts=options["accounts"], months=options["months"], today=today)
        started = time.monotonic()
        world = loading.load(
            today=today,
            size=options["accounts"],
            months=options["months"],
            progress=self._progress,
        )
        self.stdout.write(
            f"demo of {world.today}: {len(world.accounts)} accounts, {len(world.closed)} closed months, "
            f"{time.monotonic() - started:.1f} s"
        )

    def _progress(self, line: str) -> None:
        self.stdout.write(f"  {line}")
        self.stdout.flush()


def _require_loadable(*, accounts: int, months: int, today: dt.date) -> None:
    """Raises CommandError for a size that the demo's stories do not fit into, or months before its first rates."""
    if accounts < LEAST_ACCOUNTS:
        raise CommandError(f"--accounts {accounts}: at least {LEAST_ACCOUNTS} are needed")
    first = Period.of(dt.date.fromisoformat(min(PRICES)))
    most = first.months_until(Period.of(today))
    if not 1 <= months <= most:
        raise CommandError(
            f"--months {months} before {today}: from 1 to {max(most, 0)}, since the demo's rates begin in {first}"
        )
