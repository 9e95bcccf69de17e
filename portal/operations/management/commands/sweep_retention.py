"""Erase what has had its time: `sweep_retention [--dry-run]`."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from portal.core import clock
from portal.operations import retention


class Command(BaseCommand):
    help = "Erase personal data whose term of retention is over; with --dry-run only say what would go."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="Change nothing.")

    def handle(self, *args: Any, **options: Any) -> None:
        work = retention.due if options["dry_run"] else retention.sweep
        counts = work(today=clock.date_of(clock.real_now()))
        for term in retention.TERMS:
            self.stdout.write(f"{term.name}: {counts[term.name]}")
        word = "would go" if options["dry_run"] else "went"
        self.stdout.write(f"{sum(counts.values())} rows {word}")
