"""Check the components of the portal and mail staff about failures; run by a timer every minute."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from portal.core import health
from portal.operations.watch import watch


class Command(BaseCommand):
    help = "Check every part of the portal; write to staff about what broke and what works again."

    def handle(self, *args: Any, **options: Any) -> None:
        report = health.report()
        for check in report.checks:
            self.stdout.write(f"{check.name}: {check}")
        if not report.check("database").is_ok:
            raise CommandError("the database is unavailable: nobody can be written to")
        self.stdout.write(f"{report.status}, letters sent: {watch(report, now=timezone.now())}")
