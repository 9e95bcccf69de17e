"""FAULTS 2 and 5: the whole cluster killed with jobs queued: all is done later, none is lost, none has effect twice."""

import datetime as dt
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone
from django_q.models import OrmQ
from django_q.tasks import async_task

from portal.billing.enums import ClosingStatus
from portal.billing.models import PeriodRun, RunChunk
from portal.billing.services import Executor, close_period, closing, sweep_runs
from portal.core.periods import Period
from portal.core.runs.enums import ChunkStatus
from tests.concurrency import closing_worker
from tests.concurrency.closings import MONTH, content
from tests.conftest import OwnDatabase
from tests.processes import TestProcess

CHUNKS = 6


@contextmanager
def cluster(month: OwnDatabase, *options: str) -> Iterator[TestProcess]:
    """django-q's cluster; at the end all its processes are killed at once, as a power cut does."""
    process = TestProcess(closing_worker.cluster, *options, database=month.name, group=True)
    try:
        yield process
    finally:
        process.kill()


def wait_until(condition: Callable[[], bool]) -> None:
    """Look until something is so, for two minutes at most."""
    deadline = time.monotonic() + 120
    while not condition():
        assert time.monotonic() < deadline, "it did not come about"
        connection.close()
        time.sleep(0.1)


def chunks() -> "QuerySet[RunChunk]":
    return RunChunk.objects.filter(run__period=Period.parse(MONTH).first_day)


def done() -> int:
    return chunks().filter(status=ChunkStatus.DONE).count()


@pytest.fixture
def queued(month: OwnDatabase, quiet_content: str, monkeypatch: pytest.MonkeyPatch) -> tuple[OwnDatabase, str]:
    """Six chunks in the queue, and what a quiet run makes of them."""
    monkeypatch.setattr(closing, "CHUNK", 10)
    close_period(period=Period.parse(MONTH), executor=Executor.QUEUE)
    assert (OrmQ.objects.count(), done()) == (CHUNKS, 0)
    return month, quiet_content


def kill_in_the_second_chunk(month: OwnDatabase, *options: str) -> None:
    with cluster(month, "stuck", *options):
        wait_until(lambda: done() == 1)
    assert PeriodRun.objects.get(period=Period.parse(MONTH).first_day).status == ClosingStatus.RUNNING


def test_all_is_done_later_and_nothing_twice(queued: tuple[OwnDatabase, str]) -> None:
    """Every chunk is moreover delivered a second time."""
    month, wanted = queued
    kill_in_the_second_chunk(month)
    assert OrmQ.objects.count() >= CHUNKS - 1
    for pk in list(chunks().values_list("pk", flat=True)):
        async_task("portal.billing.jobs.close_chunk", pk)
    with cluster(month):
        wait_until(lambda: done() == CHUNKS and not OrmQ.objects.exists())
    assert content() == wanted
    assert PeriodRun.objects.get(period=Period.parse(MONTH).first_day).status == ClosingStatus.DONE


def test_the_control_a_queue_that_forgets_loses_jobs_until_the_sweeper_comes(queued: tuple[OwnDatabase, str]) -> None:
    """As the Redis broker did: what was taken and not done is gone; our own rows still know of it."""
    month, wanted = queued
    kill_in_the_second_chunk(month, "careless")
    with cluster(month):
        wait_until(lambda: not OrmQ.objects.exists())
        wait_until(lambda: done() + lost() == CHUNKS)
        missing = lost()
        assert missing >= 1
        chunks().update(queued_at=timezone.now() - dt.timedelta(hours=1))
        assert sweep_runs() == missing
        wait_until(lambda: done() == CHUNKS)
    assert content() == wanted


def lost() -> int:
    """Chunks to be done that no job in the queue is for."""
    waiting = set(chunks().filter(status=ChunkStatus.QUEUED).values_list("pk", flat=True))
    return len(waiting - {job.args()[0] for job in OrmQ.objects.all()})
