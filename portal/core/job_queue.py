"""State of the job queue: `lock` is when a job may be claimed, for one that a worker has when it may be again."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, Min, QuerySet
from django_q.models import Failure, OrmQ


@dataclass(frozen=True, slots=True)
class QueueState:
    """Jobs that wait, since when the oldest does, jobs that a worker has claimed, and jobs that failed."""

    waiting: int
    oldest_at: dt.datetime | None
    claimed: int
    failed: int


def queue_state(*, now: dt.datetime, since: dt.datetime) -> QueueState:
    """Return how the queue stands (three queries); failed jobs are looked for from `since` on."""
    ready = waiting_jobs(now=now).aggregate(count=Count("pk"), first=Min("lock"))
    return QueueState(
        waiting=ready["count"],
        oldest_at=ready["first"],
        claimed=OrmQ.objects.filter(lock__gt=now).count(),
        failed=Failure.objects.filter(stopped__gte=since).count(),
    )


def waiting_jobs(*, now: dt.datetime) -> QuerySet[OrmQ]:
    """Jobs that a worker may take."""
    waiting: QuerySet[OrmQ] = OrmQ.objects.filter(lock__lte=now)
    return waiting
