"""Run worked cases through the portal; compare where a case says what it expects; only JSON on standard output."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from portal.operations.cases.reader import read_case
from portal.operations.cases.runner import run_case
from portal.operations.cases.values import CaseMistake


class Command(BaseCommand):
    """`run_case FILE.json …`: one JSON object per line and file; 1 when a line differs."""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE.json")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            outcomes = [self._outcome(path) for path in options["files"]]
        except DatabaseError as error:
            raise CommandError(f"The database does not answer as it should: {error}. Has `migrate` run?") from error
        failed = sum(not outcome["ok"] for outcome in outcomes)
        self.stderr.write(f"{len(outcomes)} cases, {failed} differ")
        if failed:
            raise SystemExit(1)

    def _outcome(self, path: Path) -> dict[str, Any]:
        try:
            outcome = run_case(read_case(path)).shown()
        except CaseMistake as mistake:
            outcome = _refused(path, {"key": mistake.key, "expected": mistake.expected})
        except OSError as error:
            outcome = _refused(path, {"key": "file", "expected": f"a file that can be read ({error.strerror})"})
        self.stdout.write(json.dumps(outcome, ensure_ascii=False))
        return outcome


def _refused(path: Path, mistake: dict[str, str]) -> dict[str, Any]:
    return {"case": path.stem, "lines": [], "balance": None, "ok": False, "differences": [{"mistake": mistake}]}
