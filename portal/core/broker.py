"""The queue of jobs: django-q2's own, which also puts poisoned jobs aside and survives a clock that is set back."""

import datetime as dt
import logging
import time
from typing import Any

from django.core.signing import BadSignature
from django.utils import timezone
from django_q.brokers.orm import ORM
from django_q.conf import Conf
from django_q.models import OrmQ, Task
from django_q.signing import SignedPackage
from django_q.utils import get_func_repr

from portal.core.health import CLOCK_TOLERANCE
from portal.core.schedule import pull_back_schedules

logger = logging.getLogger(__name__)

NO_ANSWER = "The worker process ended in the middle of the job and left no answer."
CLOCK_CHECKED_EVERY = 30.0
"""Seconds of the monotonic clock."""


class DatabaseBroker(ORM):
    """django-q2's database broker with two additions.

    django-q2 counts the attempts of jobs that answer. A job that ends its worker (a crash, the kernel's memory
    killer) leaves no answer and would come again for ever: here each delivery without an answer is a failed attempt,
    and after `max_attempts` the job is taken out of the queue and stays in the list of failed jobs.

    A clock that is set back leaves jobs and schedules in the future; they are pulled back to now.
    """

    _clock_checked_at: float | None = None

    def dequeue(self) -> list[tuple[int, str]] | None:
        """Up to `bulk` jobs as (key of the row, payload); None after a pause when there is none."""
        self._check_clock()
        now = timezone.now()
        ready = list(self.get_connection().filter(key=self.list_key, lock__lt=now)[: Conf.BULK])
        if not ready:
            time.sleep(Conf.POLL)
            return None
        return [(row.pk, row.payload) for row in ready if self._claim(row) and not self._is_put_aside(row)]

    def _claim(self, row: OrmQ) -> bool:
        """Whether this process and no other has the job now."""
        mine = self.get_connection().filter(pk=row.pk, lock=row.lock)
        return bool(mine.update(lock=self.timeout(row)))

    def _is_put_aside(self, row: OrmQ) -> bool:
        """Count a delivery that left no answer; whether it was the last that the job gets."""
        delivered_at = row.lock - dt.timedelta(seconds=Conf.RETRY)
        try:
            task = SignedPackage.loads(row.payload)
        except (TypeError, BadSignature):  # django-q2 logs it when it takes the job
            return False
        if delivered_at < task["started"]:
            return False  # never delivered: `lock` is still the moment at which it was put into the queue
        known = Task.objects.filter(pk=task["id"]).first()
        answered = known is not None and known.result != NO_ANSWER and known.stopped >= delivered_at
        if answered or (known is not None and known.success):
            return False  # answered: django-q2 has counted it
        attempts = _note_no_answer(task, known)
        if not 0 < Conf.MAX_ATTEMPTS <= attempts:
            return False
        logger.error("job %s is put aside after %d attempts: %s", task["id"], attempts, get_func_repr(task["func"]))
        self.delete(row.pk)
        return True

    def _check_clock(self) -> None:
        if self._clock_checked_at is not None and time.monotonic() - self._clock_checked_at < CLOCK_CHECKED_EVERY:
            return
        self._clock_checked_at = time.monotonic()
        now = timezone.now()
        latest = now + dt.timedelta(seconds=Conf.RETRY) + CLOCK_TOLERANCE
        jobs = self.get_connection().filter(key=self.list_key, lock__gt=latest).update(lock=now)
        schedules = pull_back_schedules(now=now, tolerance=CLOCK_TOLERANCE)
        if jobs or schedules:
            logger.warning("the clock was set back: %d jobs and %d schedules are due now", jobs, schedules)


def _note_no_answer(task: dict[str, Any], known: Task | None) -> int:
    """Store a failed attempt as django-q2 does for jobs that answer; returns the number of attempts so far."""
    attempts = known.attempt_count + 1 if known is not None else 1
    Task.objects.update_or_create(
        id=task["id"],
        defaults={
            "name": task["name"],
            "func": get_func_repr(task["func"]),
            "hook": task.get("hook"),
            "args": task["args"],
            "kwargs": task["kwargs"],
            "group": task.get("group"),
            "cluster": task.get("cluster"),
            "started": task["started"],
            "stopped": timezone.now(),
            "result": NO_ANSWER,
            "success": False,
            "attempt_count": attempts,
        },
    )
    return attempts
