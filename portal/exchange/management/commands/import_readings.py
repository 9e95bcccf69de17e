"""Import readings from an XLSX or CSV file."""

from typing import Any

from portal.exchange.management.commands._importing import ImportCommand
from portal.exchange.readings import import_readings
from portal.exchange.staff_notices import READINGS


class Command(ImportCommand):
    help = "Import readings from a file; every bad row is named."

    def handle(self, *args: Any, **options: Any) -> None:
        self.run(READINGS, import_readings, options)
