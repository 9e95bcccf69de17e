"""Import readings from an XLSX or CSV file."""

from typing import Any

from portal.core import clock
from portal.exchange.management.commands._importing import ImportCommand
from portal.exchange.readings import import_readings


class Command(ImportCommand):
    help = "Import readings from a file; every bad row is named."

    def handle(self, *args: Any, **options: Any) -> None:
        self.run(options["file"], lambda data: import_readings(data, today=clock.today(), dry_run=options["dry_run"]))
