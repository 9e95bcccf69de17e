"""Deliveries without an answer are counted; a clock that is set back an hour stops neither jobs nor schedules."""

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.utils import timezone
from django_q.brokers.orm import ORM
from django_q.conf import Conf
from django_q.models import Failure, OrmQ, Schedule, Success, Task
from django_q.monitor import save_task
from django_q.scheduler import scheduler
from django_q.signing import SignedPackage
from django_q.tasks import async_task

from portal.core import health
from portal.core.broker import NO_ANSWER, DatabaseBroker
from portal.core.schedule import PREFIX, Timed, sync

pytestmark = pytest.mark.usefixtures("own_database")  # django-q2 closes connections
NOON = dt.datetime(2026, 11, 30, 12, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
RETRY = dt.timedelta(seconds=settings.Q_CLUSTER["retry"] + 1)
MAX_ATTEMPTS = settings.Q_CLUSTER["max_attempts"]


@pytest.fixture(autouse=True)
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty queue answers at once; the cluster's terms are those of the settings."""
    monkeypatch.setattr(Conf, "POLL", 0)
    monkeypatch.setattr(Conf, "BULK", 10)


def put(name: str = "portal.core.jobs.sweep_files") -> None:
    """A job in the queue."""
    async_task(name)


def taken(broker: ORM) -> list[dict[str, Any]]:
    """What a cluster gets to do."""
    return [SignedPackage.loads(payload) | {"ack_id": pk} for pk, payload in broker.dequeue() or ()]


def answer(broker: ORM, task: dict[str, Any], *, success: bool) -> None:
    """The worker's answer, stored as the cluster's monitor does."""
    save_task(task | {"success": success, "result": "an error", "stopped": timezone.now()}, broker)


def test_what_leaves_no_answer_is_put_aside_after_its_attempts() -> None:
    broker = DatabaseBroker("portal")
    with time_machine.travel(NOON, tick=False) as clock:
        put()
        for attempt in range(MAX_ATTEMPTS):
            clock.shift(RETRY)
            assert len(taken(broker)) == 1
            assert sum(Task.objects.values_list("attempt_count", flat=True)) == attempt
        clock.shift(RETRY)
        assert taken(broker) == []
    assert not OrmQ.objects.exists()
    failure = Failure.objects.get()
    assert (failure.attempt_count, failure.result) == (MAX_ATTEMPTS, NO_ANSWER)


def test_the_control_the_plain_broker_hands_it_out_for_ever() -> None:
    broker = ORM("portal")
    with time_machine.travel(NOON, tick=False) as clock:
        put()
        for _ in range(3 * MAX_ATTEMPTS):
            clock.shift(RETRY)
            assert len(taken(broker)) == 1
    assert not Task.objects.exists()


def test_an_answer_is_counted_once_and_a_late_success_is_no_failure() -> None:
    broker = DatabaseBroker("portal")
    with time_machine.travel(NOON, tick=False) as clock:
        put()
        clock.shift(1)
        (task,) = taken(broker)
        clock.shift(1)
        answer(broker, task, success=False)
        clock.shift(RETRY)
        (task,) = taken(broker)
        assert Failure.objects.get().attempt_count == 1  # answered: not counted again
        clock.shift(RETRY)
        (task,) = taken(broker)
        assert Failure.objects.get().attempt_count == 2  # this delivery had no answer
        answer(broker, task, success=True)
    assert not Failure.objects.exists()
    assert Success.objects.count() == 1


def test_what_waited_long_before_it_was_taken_is_not_counted() -> None:
    broker = DatabaseBroker("portal")
    with time_machine.travel(NOON, tick=False) as clock:
        put()
        clock.shift(dt.timedelta(days=2))
        assert len(taken(broker)) == 1
    assert not Task.objects.exists()


@pytest.mark.parametrize(("broker_class", "goes_on"), [(DatabaseBroker, True), (ORM, False)])
def test_a_clock_set_back_an_hour(broker_class: type[ORM], goes_on: bool) -> None:
    """The control is django-q2's own broker: jobs and timetable stand for an hour."""
    with time_machine.travel(NOON, tick=False) as clock:
        sync([Timed("each-minute", "portal.core.jobs.sweep_files", minutes=1)])
        clock.shift(120)
        put()
        scheduler(broker_class("portal"))
        queued = OrmQ.objects.count()
        clock.shift(-HOUR)
        broker = broker_class("portal")
        broker.dequeue()  # the clock is looked at; what was put in the queue in the hour ahead is due now
        clock.shift(1)
        assert len(taken(broker)) == (queued if goes_on else 0)
        clock.shift(60)
        scheduler(broker)
        assert (OrmQ.objects.count() > queued) == goes_on
        assert Schedule.objects.get(name=f"{PREFIX}each-minute").next_run > timezone.now()


def test_a_job_of_the_day_does_not_run_again_after_the_clock_was_set_back() -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        sync([Timed("daily", "portal.core.jobs.sweep_files", cron="30 14 * * *")])
        Schedule.objects.update(next_run=NOON - dt.timedelta(minutes=30))
        scheduler(DatabaseBroker("portal"))
        tomorrow = Schedule.objects.get().next_run
        clock.shift(-HOUR)
        DatabaseBroker("portal").dequeue()
        scheduler(DatabaseBroker("portal"))
        assert Schedule.objects.get().next_run == tomorrow
    assert OrmQ.objects.count() == 1


def test_a_worker_that_dies_when_the_clock_is_set_back_is_noticed_in_time() -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        health.note_beat(health.WORKER, timezone.now())
        health.note_beat(health.WATCH, timezone.now())
        clock.shift(-HOUR)
        assert health.claim_beat(health.WATCH, timezone.now(), every=dt.timedelta(seconds=55))
        assert health.report().check("worker").is_ok
        clock.shift(dt.timedelta(minutes=6))
        assert not health.report().check("worker").is_ok
