"""Write the timetable (settings.TIMETABLE) to django-q2."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils.module_loading import import_string

from portal.core.schedule import sync


class Command(BaseCommand):
    help = "Make django-q2's schedules equal the timetable."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{sync(import_string(settings.TIMETABLE))} timed jobs")
