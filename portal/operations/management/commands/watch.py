"""Look how the parts of the portal stand and write to staff about outages; run by a timer every minute."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from portal.core import health
from portal.operations.watch import watch


class Command(BaseCommand):
    help = "Check every part of the portal; write to staff about what broke and what works again."

    def handle(self, *args: Any, **options: Any) -> None:
        found = health.report()
        for check in found.checks:
            self.stdout.write(f"{check.name}: {check}")
        if not found.check("database").is_ok:
            raise CommandError("the database is unavailable: nobody can be written to")
        self.stdout.write(f"{found.status}, letters sent: {watch(found, now=timezone.now())}")
