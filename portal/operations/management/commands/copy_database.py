"""Copy the portal's SQLite database into an empty PostgreSQL one, compare both, and prove the copy's ledger."""

import os
import subprocess
import sys
from argparse import ArgumentParser
from typing import Any

import environ
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import Error, connection, connections

from portal.operations import database_copy
from portal.operations.database_copy import TARGET, CopyRefused, TableTotals
from portal.operations.ledger_check import problems
from portal.operations.progress import ProgressLine


class Command(BaseCommand):
    """`copy_database --to postgres://…`: the source stays as it is; a failure leaves the target without rows."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--to", required=True, metavar="URL", help="an empty database: postgres://user@host/name")

    def handle(self, *args: Any, **options: Any) -> None:
        url = options["to"]
        try:
            database_copy.add_target(environ.Env.db_url_config(url))
            if connection.vendor != "sqlite":
                raise CopyRefused("DATABASE_URL names PostgreSQL already: PostgreSQL is copied by pg_dump")
            database_copy.require_quiet_source()
            self._run_there(url, "migrate", "--noinput", "--verbosity", "0")
            database_copy.require_empty_target()
            totals = database_copy.copy_everything(progress=self._progress)
        except (CopyRefused, Error, ValueError) as refusal:
            raise CommandError(f"{refusal}\nNothing was copied; the portal's database is as it was.") from refusal
        finally:
            if TARGET in connections.settings:
                connections[TARGET].close()
        self._show(totals)
        self._prove(url)
        self.stdout.write("Copied. Write the new DATABASE_URL into the settings and start the services.")

    def _progress(self, table: str, done: int, total: int) -> None:
        line = ProgressLine(table)
        line(done, total)
        if done == total:
            line.end()

    def _show(self, totals: list[TableTotals]) -> None:
        for table in totals:
            if table.rows:
                sums = "".join(f", {name} {value}" for name, value in table.sums)
                self.stdout.write(f"{table.table}: {table.rows}{sums}")
        self.stdout.write(f"{len(totals)} tables, {sum(table.rows for table in totals)} rows: counts and sums agree")

    def _prove(self, url: str) -> None:
        """The copy's ledger has the problems that the source has (none, usually), its seals included."""
        count = sum(1 for _problem in problems())
        self._run_there(url, "update_index", "--verbosity", "0")
        status = self._run_there(url, "check_ledger", may_fail=bool(count))
        if count:
            self.stdout.write(f"the source has {count} problems of its own: compare them with those above")
        self.stdout.write("the ledger and its seals are proven" if not status else "the ledger has problems")

    def _run_there(self, url: str, *command: str, may_fail: bool = False) -> int:
        """Run a command of the portal on the target. Raises CommandError."""
        environment = os.environ | {"DATABASE_URL": url}
        program = [sys.executable, str(settings.ROOT / "manage.py"), *command]
        done = subprocess.run(program, env=environment, check=False)  # noqa: S603 (our own program)
        if done.returncode and not may_fail:
            raise CommandError(f"{command[0]} failed on the target: see above")
        return done.returncode
