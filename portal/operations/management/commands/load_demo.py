"""Load the demo once: a settlement with two years of history."""

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from portal.core import clock
from portal.operations.demo import loading
from portal.operations.demo.world import MONTHS_OF_HISTORY, demo_today


class Command(BaseCommand):
    help = "Load the demo (about 300 accounts, two years of history) unless it is there already."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--accounts", type=int, default=300, help="how many accounts (300)")
        parser.add_argument("--months", type=int, default=MONTHS_OF_HISTORY, help="how many closed months (24)")

    def handle(self, *args: Any, **options: Any) -> None:
        if loading.is_loaded():
            self.stdout.write("the demo is there already; `make demo-reset` makes it anew")
            return
        started = time.monotonic()
        world = loading.load(
            today=clock.moved_to() or demo_today(clock.today()),
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
