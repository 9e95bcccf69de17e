"""Import a bank's payment file: `import_registry FILE [--template CODE] [--dry-run]`."""

import datetime as dt
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal.core import clock
from portal.core.refusals import error_message
from portal.core.runs.engine import Executor, RunProgress
from portal.exchange.bank_files.problems import problem_text, warning_text
from portal.exchange.bank_files.reported_readings import submit_reported_readings
from portal.exchange.bank_files.services import take_bank_file
from portal.exchange.staff_notices import BANK_FILE, notify_file_refused
from portal.payments.enums import FileState, LineState, ReportedReadingState
from portal.payments.exceptions import BankFileRefused
from portal.payments.models import BankFile, BankFileImport, BankFileTemplate
from portal.payments.services.bank_files import begin_import, carry_out_import
from portal.payments.services.repeats import decide_lines

SHOWN = 50


class Command(BaseCommand):
    help = "Read a bank's payment file, show what is wrong with it, and credit its payments once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--template", default="sberbank-13", help="Code of the template; default %(default)s.")
        parser.add_argument("--dry-run", action="store_true", help="Only check; credit nothing.")
        parser.add_argument(
            "--paid-on", type=dt.date.fromisoformat, help="Day of the payments (YYYY-MM-DD), for a file without dates."
        )
        decide = parser.add_mutually_exclusive_group()
        decide.add_argument("--credit-asked", action="store_true", help="Credit the lines that are asked about too.")
        decide.add_argument("--skip-asked", action="store_true", help="Never credit the lines that are asked about.")

    def handle(self, *args: Any, **options: Any) -> None:
        template = BankFileTemplate.objects.filter(code=options["template"]).first()
        if template is None:
            codes = ", ".join(BankFileTemplate.objects.values_list("code", flat=True))
            raise CommandError(f"no template {options['template']}; there are: {codes}")
        try:
            data = options["file"].read_bytes()
            file = take_bank_file(
                template=template,
                name=options["file"].name,
                data=data,
                by=None,
                now=clock.now(),
                today=clock.today(),
                paid_on=options["paid_on"],
            )
        except OSError as error:
            raise CommandError(str(error)) from error
        except BankFileRefused as refused:
            why = error_message(refused, for_staff=True)
            notify_file_refused(BANK_FILE, name=options["file"].name, why=why, data=data, today=clock.today())
            raise CommandError(why) from refused
        try:
            self._report(file)
            if not options["dry_run"]:
                if file.asked and (options["credit_asked"] or options["skip_asked"]):
                    decide_lines(file=file, credit=options["credit_asked"], by=None, now=clock.now())
                self._import(file)
        except BankFileRefused as refused:
            raise CommandError(error_message(refused, for_staff=True)) from refused

    def _report(self, file: BankFile) -> None:
        for warning in file.warnings:
            self.stderr.write(warning_text(warning))
        for line in file.lines.exclude(state=LineState.READY, problem="")[:SHOWN]:
            prefix = "asked: " if line.state == LineState.ASKED else ""
            self.stderr.write(f"{line.number}: {prefix}{problem_text(line.problem, line.detail)}")
        if file.state == FileState.REFUSED:
            raise BankFileRefused(file.refusal, file.refusal_detail)
        summary = f"lines {file.total_lines}, sum {file.total_amount}, ready {file.ready}, unknown {file.unknown}"
        self.stdout.write(f"checked: {summary}, to be decided {file.asked}, bad {file.bad}")
        if file.bad:
            raise BankFileRefused("bad_lines", str(file.bad))

    def _show(self, progress: RunProgress[BankFileImport]) -> None:
        if self.stdout.isatty():
            self.stdout.write(f"\r{progress.done} / {progress.total}", ending="")

    def _import(self, file: BankFile) -> None:
        begin_import(file=file)
        carry_out_import(file=file, executor=Executor.INLINE, on_progress=self._show)
        while submit_reported_readings(file_id=file.pk):
            pass
        file.refresh_from_db()
        self.stdout.write(
            f"imported {file.done} payments; {file.unknown} wait for their accounts, {file.asked} for a decision"
        )
        for line in file.lines.filter(reading_state=ReportedReadingState.REFUSED).order_by("number")[:SHOWN]:
            self.stderr.write(f"{line.number}: {line.readings}: {line.reading_note}")
