"""Give a fresh or updated site what it cannot do without: timed jobs, roles, pages of its sections, nginx's 503."""

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand

from cms_pages.bootstrap import ensure_pages
from portal.core.models import CompanySettings
from portal.core.overload import write_unavailable_page


class Command(BaseCommand):
    help = "Write the timed jobs, the roles, the missing pages of the sections and nginx's 503; safe to repeat."

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("sync_schedule", stdout=self.stdout)
        call_command("setup_roles", stdout=self.stdout, stderr=self.stderr)
        home = ensure_pages()
        write_unavailable_page(settings.STATIC_ROOT, company=CompanySettings.load())
        self.stdout.write(f"the site stands: {home.get_children().count()} pages under «{home.title}»")
