"""Two clusters at once: each scheduled job comes into the queue once, by whichever scheduler was first."""

import datetime as dt
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from django.db import connection
from django.utils import timezone
from django_q.models import OrmQ, Schedule

from config.schedule import TIMETABLE
from portal.core.schedule import PREFIX, sync
from tests.concurrency.two_schedulers_worker import schedule, schedule_unguarded
from tests.conftest import OwnDatabase
from tests.processes import TestProcess


def scheduled_by_two(run: Callable[[str, str], None], database: OwnDatabase, folder: Path) -> Counter[str]:
    """How often each job of the timetable, all of them due, came into the queue."""
    sync(TIMETABLE)
    Schedule.objects.update(next_run=timezone.now() - dt.timedelta(minutes=1))
    connection.close()
    one, two = str(folder / "one"), str(folder / "two")
    both = [TestProcess(run, *names, database=database.name) for names in ((one, two), (two, one))]
    assert [process.finished() for process in both] == [0, 0]
    return Counter(job.task["group"] for job in OrmQ.objects.all())


def test_each_job_of_the_timetable_once(own_database: OwnDatabase, tmp_path: Path) -> None:
    assert scheduled_by_two(schedule, own_database, tmp_path) == {PREFIX + timed.name: 1 for timed in TIMETABLE}


def test_the_control_without_the_transaction_jobs_come_twice(own_database: OwnDatabase, tmp_path: Path) -> None:
    assert max(scheduled_by_two(schedule_unguarded, own_database, tmp_path).values()) == 2
