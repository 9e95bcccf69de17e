"""What the commands that import files have in common."""

from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal.core import clock
from portal.exchange.reports import Report, table_words
from portal.exchange.staff_notices import Kind, tell_file_refused
from portal.exchange.tables import TableRefused


class ImportCommand(BaseCommand):
    """Reads a file, names every bad row, ends with one line; exits non-zero when a row was not taken."""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="XLSX or CSV")
        parser.add_argument("--dry-run", action="store_true", help="check only; nothing is stored")

    def run(self, path: Path, kind: Kind, work: Callable[..., Report], *, dry_run: bool) -> None:
        """Do the work on the file's content and tell what became of it, the staff too."""
        try:
            data = path.read_bytes()
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}") from error
        today = clock.today()
        try:
            report = work(data, today=today, dry_run=dry_run)
        except TableRefused as refusal:
            why = table_words(refusal)
            if not dry_run:
                tell_file_refused(kind, name=path.name, why=why, data=data, today=today)
            raise CommandError(f"{path}: {why}") from refusal
        for bad in report.bad:
            self.stderr.write(f"{path.name}:{bad.number}: {bad.subject}: {bad.reason}")
        line = (
            f"{'would take' if report.dry_run else 'took'} {report.taken} of {report.rows} rows, "
            f"{report.repeated} were there, {len(report.bad)} bad"
        )
        if report.bad:
            raise CommandError(line)
        self.stdout.write(line)

    def handle(self, *args: Any, **options: Any) -> None:
        raise NotImplementedError
