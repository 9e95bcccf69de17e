"""Prove that entries, checkpoints, charges, closings, receipts and payments agree, and are as they were sealed."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal.integrity.selectors import last_seal, parse_hash, seal_with_hash
from portal.operations.ledger_check import check_ledger, logged


class Command(BaseCommand):
    """`check_ledger [--seal HASH]…`: 1 when something does not agree."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--seal",
            action="append",
            default=[],
            metavar="HASH",
            help="the hash of a daily letter, which the chain of seals must have; may be given several times",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        mailed = [self._hash(text) for text in options["seal"]]
        result = check_ledger(mailed=mailed)
        for account, code, *parts in result.listed:
            self.stderr.write(f"account {account}: {code} {logged(code, parts)}")
        for sha256 in mailed:
            if (seal := seal_with_hash(sha256)) is not None:
                self.stdout.write(f"the hash of the letter is that of seal {seal.number}, {seal.day}")
        if (newest := last_seal()) is not None:
            self.stdout.write(f"compared with {result.last_seal} seals; the last is of {newest.day}: {newest.sha256}")
        self.stdout.write(f"{result.entries} entries checked, {result.problems} problems")
        if result.problems:
            raise SystemExit(1)

    def _hash(self, text: str) -> str:
        if (sha256 := parse_hash(text)) is None:
            raise CommandError(f"not a hash of a letter (64 letters and digits): {text}")
        return sha256
