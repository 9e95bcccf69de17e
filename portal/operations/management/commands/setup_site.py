"""Give a fresh or updated site what it cannot do without: timed jobs, roles, the pages of its sections."""

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand

from cms_pages.bootstrap import ensure_pages


class Command(BaseCommand):
    help = "Write the timed jobs, the roles and the missing pages of the sections; safe to repeat."

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("sync_schedule", stdout=self.stdout)
        call_command("setup_roles", stdout=self.stdout, stderr=self.stderr)
        home = ensure_pages()
        self.stdout.write(f"the site stands: {home.get_children().count()} pages under «{home.title}»")
