"""Prove that entries, checkpoints, charges, closings, receipts and payments agree."""

from typing import Any

from django.core.management.base import BaseCommand

from portal.operations.ledger_check import check_ledger, logged


class Command(BaseCommand):
    """`check_ledger`: 1 when something does not agree."""

    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        result = check_ledger()
        for account, code, *parts in result.listed:
            self.stderr.write(f"account {account}: {code} {logged(code, parts)}")
        self.stdout.write(f"{result.entries} entries checked, {result.problems} problems")
        if result.problems:
            raise SystemExit(1)
