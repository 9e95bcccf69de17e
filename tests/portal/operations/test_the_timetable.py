"""Every timed job exists, is written to django-q2 once, and has a next run."""

import pytest
from django.conf import settings
from django.utils.module_loading import import_string
from django_q.models import Schedule

from portal.core.schedule import Timed, sync

TIMETABLE: tuple[Timed, ...] = import_string(settings.TIMETABLE)


@pytest.mark.parametrize("timed", TIMETABLE, ids=lambda timed: timed.name)
def test_the_job_exists(timed: Timed) -> None:
    assert callable(import_string(timed.job))
    assert (timed.minutes is None) != (timed.cron is None)


@pytest.mark.django_db
def test_sync_is_idempotent_and_deletes_removed_jobs() -> None:
    sync([*TIMETABLE, Timed("gone", "portal.notifications.jobs.send_due", minutes=5)])
    assert sync(TIMETABLE) == len(TIMETABLE)
    assert sync(TIMETABLE) == len(TIMETABLE)
    ours = Schedule.objects.filter(name__startswith="portal:")
    assert sorted(ours.values_list("name", flat=True)) == sorted(f"portal:{timed.name}" for timed in TIMETABLE)
    assert all(schedule.next_run for schedule in ours)
