"""Putting back parts of long work that fell out of the queue: of closings, previews, issues and prints."""

import datetime as dt
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django_q.tasks import async_task

from portal.billing.enums import ChunkStatus

STALE_AFTER = dt.timedelta(minutes=10)
"""Real time after which a sweeper takes a queued part for lost."""


def requeue_lost(parts: "QuerySet[Any]", *, job: str, group: str) -> int:
    """Queue parts again that wait longer than a job takes; returns how many. Of two sweepers one queues a part."""
    long_ago = timezone.now() - STALE_AFTER
    overdue = parts.model._default_manager.filter(queued_at__lt=long_ago)
    put_back = 0
    for pk in list(parts.filter(status=ChunkStatus.QUEUED, queued_at__lt=long_ago).values_list("pk", flat=True)):
        if overdue.filter(pk=pk).update(queued_at=timezone.now()):
            async_task(job, pk, group=group)
            put_back += 1
    return put_back
