"""Scheduled jobs and their registration with django-q2."""

import datetime as dt
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


def pull_back_schedules(*, now: dt.datetime, tolerance: dt.timedelta) -> int:
    """Make schedules due that would run later than their interval from `now` allows; returns how many.

    They do after the clock was set back. Daily jobs (cron) stay: those of the day were done.
    """
    moved = 0
    for schedule in Schedule.objects.filter(schedule_type=Schedule.MINUTES, name__startswith=PREFIX):
        latest = now + dt.timedelta(minutes=schedule.minutes or 0) + tolerance
        if schedule.next_run > latest:
            moved += Schedule.objects.filter(pk=schedule.pk, next_run=schedule.next_run).update(next_run=now)
    return moved
