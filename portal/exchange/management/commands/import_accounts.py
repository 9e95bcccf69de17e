"""Import accounts from an XLSX or CSV file."""

from typing import Any

from portal.exchange.accounts import import_accounts
from portal.exchange.management.commands._importing import ImportCommand
from portal.exchange.staff_notices import ACCOUNTS


class Command(ImportCommand):
    help = "Import accounts from a file; every bad row is named."

    def handle(self, *args: Any, **options: Any) -> None:
        self.run(ACCOUNTS, import_accounts, options)
