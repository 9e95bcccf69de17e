"""Base of the commands that import files."""

from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal.core import clock
from portal.exchange.reports import ImportReport, table_refusal_text
from portal.exchange.staff_notices import ImportKind, notify_file_refused
from portal.exchange.tables import TableRefused


class ImportCommand(BaseCommand):
    """Reads a file, names every bad row and every question, ends with one line; a bad row makes it exit non-zero."""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="XLSX or CSV")
        parser.add_argument("--dry-run", action="store_true", help="check only; nothing is stored")
        parser.add_argument(
            "--accept-asked", action="store_true", help="take the rows that are asked about too: they were checked"
        )

    def run(self, kind: ImportKind, work: Callable[..., ImportReport], options: dict[str, Any]) -> None:
        """Do the work on the file's content and tell what became of it, the staff too."""
        path, dry_run = options["file"], options["dry_run"]
        try:
            data = path.read_bytes()
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}") from error
        today = clock.today()
        try:
            report = work(data, today=today, dry_run=dry_run, accept_asked=options["accept_asked"])
        except TableRefused as refusal:
            why = table_refusal_text(refusal)
            if not dry_run:
                notify_file_refused(kind, name=path.name, why=why, data=data, today=today)
            raise CommandError(f"{path}: {why}") from refusal
        for bad in report.bad:
            self.stderr.write(f"{path.name}:{bad.number}: {bad.subject}: {bad.reason}")
        for row in report.asked:
            self.stderr.write(f"{path.name}:{row.number}: {row.subject}: asked: {row.reason}")
        for note in report.notes:
            self.stdout.write(f"{path.name}:{note.number}: {note.subject}: note: {note.reason}")
        for remark in report.remarks:
            self.stdout.write(f"{path.name}: {remark}")
        line = (
            f"{'would take' if report.dry_run else 'took'} {report.imported} of {report.rows} rows, "
            f"{report.repeated} were there, {len(report.asked)} to be decided (--accept-asked), {len(report.bad)} bad"
        )
        if report.bad:
            raise CommandError(line)
        self.stdout.write(line)
