"""Scheduled jobs and their registration with django-q2."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils import timezone
from django_q.models import Schedule

from portal.core.models import Heartbeat

PREFIX = "portal:"
WORKER = "worker"


@dataclass(frozen=True, slots=True)
class Timed:
    """A job by its dotted name, every so many minutes, or by a cron line (Moscow time)."""

    name: str
    job: str
    minutes: int | None = None
    cron: str | None = None


def sync(timetable: Iterable[Timed]) -> int:
    """Make django-q2's schedules equal the table; returns how many stand. Others' schedules are left alone.

    A site that never had a worker counts it as seen now, so that it has time to start.
    """
    names = set()
    for timed in timetable:
        names.add(PREFIX + timed.name)
        Schedule.objects.update_or_create(
            name=PREFIX + timed.name,
            defaults={
                "func": timed.job,
                "schedule_type": Schedule.CRON if timed.cron else Schedule.MINUTES,
                "minutes": timed.minutes,
                "cron": timed.cron,
                "repeats": -1,
            },
        )
    Schedule.objects.filter(name__startswith=PREFIX).exclude(name__in=names).delete()
    Heartbeat.objects.get_or_create(name=WORKER, defaults={"beat_at": timezone.now()})
    return len(names)
