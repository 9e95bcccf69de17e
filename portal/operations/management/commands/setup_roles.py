"""Write the roles of the staff to their groups; with --table print the table of docs/guide/roles.md instead."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from portal.accounts.services.consents import ensure_text
from portal.core import clock
from portal.operations import roles
from portal.operations.catalogues import uncompiled
from portal.operations.roles_table import as_markdown


class Command(BaseCommand):
    help = "Make the groups registrar, editor, reviewer, dispatcher, engineer, accountant, manager with their rights."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--table", action="store_true", help="print the table of the docs, change nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["table"]:
            if uncompiled(Path(settings.ROOT)):
                raise CommandError("The table would be in English: run `make messages` first.")
            self.stdout.write(as_markdown(), ending="")
            return
        ensure_text(today=clock.today())
        outcome = roles.setup()
        for name in outcome.unknown:
            self.stderr.write(f"no such right: {name}")
        self.stdout.write(f"{outcome.groups} roles stand")
