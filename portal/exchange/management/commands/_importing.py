"""What the commands that import files have in common."""

from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal.exchange.reports import Report, table_words
from portal.exchange.tables import TableRefused


class ImportCommand(BaseCommand):
    """Reads a file, names every bad row, ends with one line; exits non-zero when a row was not taken."""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="XLSX or CSV")
        parser.add_argument("--dry-run", action="store_true", help="check only; nothing is stored")

    def run(self, path: Path, work: Callable[[bytes], Report]) -> None:
        """Do the work on the file's content and tell what became of it."""
        try:
            report = work(path.read_bytes())
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}") from error
        except TableRefused as refusal:
            raise CommandError(f"{path}: {table_words(refusal)}") from refusal
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
