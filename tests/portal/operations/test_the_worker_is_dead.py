"""M8, FAULTS 26: the whole cluster is killed (-9): a letter from the web side, once, and one when it is back.

The heartbeat is written by a real cluster; that minutes pass is played by moving it back. The letters go past the
queue: nobody works it.
"""

import datetime as dt
import re

import pytest
from django.core import mail
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.utils import timezone
from django_q.models import OrmQ
from django_q.tasks import async_task

from portal.core import health
from portal.core.models import Heartbeat, MonitoringSettings, PartState
from portal.operations import roles, watch
from tests.concurrency.test_the_cluster_is_killed import cluster, wait_until
from tests.conftest import OwnDatabase
from tests.people import make_employee, make_login

STRANGER = {"REMOTE_ADDR": "203.0.113.5"}


def letters() -> list[str]:
    """Subjects of the letters since the last look, by recipient."""
    letters = sorted(f"{letter.to[0]} {letter.subject}" for letter in mail.outbox)
    mail.outbox.clear()
    return letters


def minutes_pass(minutes: int) -> None:
    """Everything that was noted was noted so much earlier."""
    passed = dt.timedelta(minutes=minutes)
    for beat in Heartbeat.objects.all():
        Heartbeat.objects.filter(pk=beat.pk).update(beat_at=beat.beat_at - passed)
    for state in PartState.objects.all():
        PartState.objects.filter(pk=state.pk).update(since=state.since - passed)


@pytest.fixture
def people(own_database: OwnDatabase) -> OwnDatabase:
    """An administrator, a manager, an employee of another role."""
    roles.setup()
    chief = make_login("chief", staff=True)
    chief.is_superuser = True
    chief.save()
    for name in ("manager", "registrar"):
        make_employee(name)
    MonitoringSettings.objects.create(alert_address="duty@mail.example")
    return own_database


def test_a_killed_cluster_is_noticed_without_it(people: OwnDatabase, client: Client) -> None:
    started = timezone.now()

    def seen() -> bool:
        beat = health.last_beat(health.WORKER)
        return beat is not None and beat > started

    with cluster(people):
        wait_until(seen)
        assert health.report().check("worker").is_ok
    client.get("/readyz")
    assert letters() == []

    async_task("portal.notifications.jobs.send_due")
    minutes_pass(6)
    client.get("/readyz", **STRANGER)  # type: ignore[arg-type]  # a balancer's probe is enough
    alerts = [f"{who}@mail.example Портал: Обработчик очереди — не отвечает" for who in ("chief", "duty", "manager")]
    assert letters() == alerts
    for _minute in range(3):
        minutes_pass(1)
        client.get("/readyz")
        call_command("watch")
    assert letters() == [], "once an outage"

    for name, shown in (("manager", True), ("registrar", False)):
        staff = Client()
        staff.force_login(_user(name))
        assert ("Обработчик очереди: не отвечает" in staff.get("/admin/").content.decode()) is shown
        page = staff.get("/admin/office/system/")
        assert (page.status_code == 200) is shown
        assert ("systemctl restart portal-worker" in page.content.decode()) is shown

    started = timezone.now()
    with cluster(people):
        wait_until(seen)
        wait_until(lambda: not OrmQ.objects.exists())
    call_command("watch")
    assert letters() == [line.replace("не отвечает", "снова в порядке") for line in alerts]
    call_command("watch")
    assert letters() == []


def _user(name: str) -> object:
    from portal.accounts.models import User

    return User.objects.get(username=name)


def test_the_control_with_no_watch_nobody_is_told(
    people: OwnDatabase, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "_listeners", [])
    health.note_beat(health.WORKER, timezone.now())
    minutes_pass(6)
    client.get("/readyz")
    assert letters() == []


def test_what_lies_behind_the_worker_is_one_letter_and_a_blink_is_none(people: OwnDatabase) -> None:
    now = timezone.now()
    health.note_beat(health.WORKER, now)
    assert watch.watch(health.report(), now=now) == 0
    OrmQ.objects.create(key="portal", payload="x", lock=now)
    minutes_pass(10)
    OrmQ.objects.update(lock=now - dt.timedelta(minutes=10))
    watch.watch(health.report(), now=now)
    assert {re.sub(r".*: ", "", line) for line in letters()} == {"Обработчик очереди — не отвечает"}

    health.note_beat(health.WORKER, now)
    others = [check for check in health.report().checks if check.name != "cache"]
    blink = health.HealthReport((*others, health.HealthCheck("cache", health.HealthStatus.DEGRADED)))
    watch.watch(blink, now=now)
    subjects = {re.sub(r".*: ", "", line) for line in letters()}
    assert subjects == {"Обработчик очереди — снова в порядке", "Очередь заданий — задания ждут слишком долго"}
    minutes_pass(2)
    watch.watch(blink, now=now)
    assert {re.sub(r".*: ", "", line) for line in letters()} == {"Кэш — не отвечает"}


def test_two_watches_at_once_write_one_letter(people: OwnDatabase, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second has read the states before the first wrote."""
    now = timezone.now()
    health.note_beat(health.WORKER, now - dt.timedelta(minutes=6))
    health.record_states(health.report().checks, now)
    stale = list(PartState.objects.exclude(status="ok"))
    watch._alert(now)
    for state in stale:
        if PartState.objects.filter(name=state.name, alerted=False, status=state.status).update(alerted=True):
            watch._write(state, broken=True)
        watch._write(state, broken=True)  # nor does the outbox take the same event twice
    watch.send_due(category=watch.SERVICE_STATE)
    assert len(letters()) == 3
    connection.close()
