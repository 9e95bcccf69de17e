"""Print docs/security/personal-data.md."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from portal.operations.catalogues import uncompiled
from portal.operations.personal_data import as_markdown


class Command(BaseCommand):
    help = "Print the map of personal data: model, fields, purpose, term, what deletes."

    def handle(self, *args: Any, **options: Any) -> None:
        if uncompiled(Path(settings.ROOT)):
            raise CommandError("The map would be in English: run `make messages` first.")
        self.stdout.write(as_markdown(), ending="")
