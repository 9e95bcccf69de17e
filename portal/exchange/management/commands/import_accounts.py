"""Import accounts from an XLSX or CSV file."""

from typing import Any

from portal.core import clock
from portal.exchange.accounts import import_accounts
from portal.exchange.management.commands._importing import ImportCommand


class Command(ImportCommand):
    help = "Import accounts from a file; every bad row is named."

    def handle(self, *args: Any, **options: Any) -> None:
        self.run(options["file"], lambda data: import_accounts(data, today=clock.today(), dry_run=options["dry_run"]))
