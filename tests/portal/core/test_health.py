"""/healthz answers while the process lives; /readyz says what does not work, in detail to operators only."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.db import DatabaseError
from django.test import Client
from django.utils import timezone
from django_q.models import OrmQ, Schedule

from portal.core import health
from portal.core.files.holding import MARKER
from portal.core.files.storage import WholeFileStorage
from portal.core.models import Heartbeat, MonitoringSettings
from portal.core.schedule import PREFIX, sync
from portal.notifications.enums import DeliveryChannel, MessageState
from portal.notifications.models import Message
from tests.small_disk import SmallDisk, small_disk

__all__ = ["small_disk"]

PARTS = {
    *("database", "schema", "storage", "cache", "worker", "timetable", "queue", "disk", "mail"),
    *("backup", "certificate", "gateway", "file_keys"),
}
STRANGER = {"REMOTE_ADDR": "203.0.113.5"}


@pytest.fixture
def working(db: None) -> None:
    """A site whose worker was just seen."""
    health.note_beat(health.WORKER, timezone.now())


def ago(minutes: int) -> dt.datetime:
    return timezone.now() - dt.timedelta(minutes=minutes)


def test_the_process_answers_without_a_database(client: Client) -> None:
    assert client.get("/healthz").content == b"ok"


def test_ready_when_everything_answers(client: Client, working: None) -> None:
    response = client.get("/readyz")
    assert response.status_code == 200
    assert response.json() == {"status": "ok"} | dict.fromkeys(PARTS, "ok")


def test_a_storage_that_does_not_take_files_is_told(client: Client, working: None, settings: object) -> None:
    place = Path(settings.MEDIA_ROOT)  # type: ignore[attr-defined]
    place.mkdir(parents=True)
    (place / "private").write_text("a file where the folder should be")
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["storage"].startswith("failed")


def test_a_database_that_does_not_write_is_told(client: Client, working: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_arguments: object) -> None:
        raise DatabaseError("database or disk is full")

    monkeypatch.setattr(health, "note_beat", full)
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["database"] == "failed: DatabaseError"
    assert response.json()["worker"] == "degraded: unknown without the database"


@pytest.mark.parametrize(
    ("part", "says"),
    [("worker", "silent for 6 min"), ("queue", "1 waiting, the oldest for 6 min"), ("timetable", "1 timed jobs")],
)
def test_what_stands_for_longer_than_the_setting_is_degraded(
    client: Client, working: None, part: str, says: str
) -> None:
    """Pages go on, so the instance stays in the balance."""
    if part == "worker":
        Heartbeat.objects.update(beat_at=ago(6))
    elif part == "queue":
        OrmQ.objects.create(key="portal", payload="x", lock=ago(6))
    else:
        Schedule.objects.create(name=f"{PREFIX}x", func="x", next_run=ago(6))
    response = client.get("/readyz")
    assert response.status_code == 200
    assert response.json()["status"] == "degraded"
    assert response.json()[part].startswith(f"degraded: {says}")
    MonitoringSettings.objects.create(worker_minutes=10, queue_minutes=10)
    assert client.get("/readyz").json()["status"] == "ok"


def test_a_job_that_is_being_done_does_not_wait(client: Client, working: None) -> None:
    OrmQ.objects.create(key="portal", payload="x", lock=timezone.now() + dt.timedelta(minutes=10))
    assert client.get("/readyz").json()["queue"] == "ok"


def test_a_cache_and_a_disk_are_told(client: Client, working: None, settings: object) -> None:
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}  # type: ignore[attr-defined]
    MonitoringSettings.objects.create(disk_megabytes=1_000_000_000)
    response = client.get("/readyz")
    assert response.status_code == 200
    assert response.json()["cache"].startswith("degraded")
    assert response.json()["disk"].startswith("degraded")


def test_letters_that_wait_for_the_mail_server_are_told(client: Client, working: None) -> None:
    Message.objects.create(
        event="x",
        kind="question_answered",
        channel=DeliveryChannel.EMAIL,
        address="a@mail.example",
        state=MessageState.WAITING,
        due_at=timezone.now(),
        first_failed_at=ago(10),
        error="mail server: ConnectionRefusedError",
    )
    assert client.get("/readyz").json()["mail"].startswith("degraded: 1 letters wait; mail server: ConnectionRef")


def test_strangers_learn_no_detail_and_make_no_checks(client: Client, working: None, settings: object) -> None:
    """L6. The report behind their answer is a few seconds old."""
    Heartbeat.objects.update(beat_at=ago(6))
    for headers in (STRANGER, {"HTTP_X_FORWARDED_FOR": "203.0.113.5"}, STRANGER | {"HTTP_AUTHORIZATION": "Bearer "}):
        assert client.get("/readyz", **headers).json() == {"status": "ok"}  # type: ignore[arg-type]
    place = Path(settings.MEDIA_ROOT)  # type: ignore[attr-defined]
    for folder in (place, place / "private"):
        assert not [path for path in folder.rglob("*") if path.is_file() and path.name != MARKER]
    (place / "private").rename(place / "away")
    (place / "private").write_text("broken since")
    assert client.get("/readyz", **STRANGER).status_code == 200
    cache.clear()
    response = client.get("/readyz", **STRANGER)
    assert (response.status_code, response.json()) == (503, {"status": "unavailable"})


def test_a_token_opens_the_detail(client: Client, working: None, settings: object) -> None:
    settings.READYZ_TOKEN = "long-enough-a-token"  # type: ignore[attr-defined]
    right = client.get("/readyz", HTTP_AUTHORIZATION="Bearer long-enough-a-token", **STRANGER)  # type: ignore[arg-type]
    wrong = client.get("/readyz", HTTP_AUTHORIZATION="Bearer other", **STRANGER)  # type: ignore[arg-type]
    assert "worker" in right.json()
    assert "worker" not in wrong.json()


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_a_probe_needs_neither_a_known_host_nor_tls(client: Client, working: None, settings: object, path: str) -> None:
    """L6: a balancer asks by address. The control is any other page."""
    settings.ALLOWED_HOSTS = ["portal.example"]  # type: ignore[attr-defined]
    settings.SECURE_SSL_REDIRECT = True  # type: ignore[attr-defined]
    probe = Client(raise_request_exception=False)
    assert probe.get(path, HTTP_HOST="10.0.0.7:8000").status_code == 200
    assert probe.get("/accounts/login/", HTTP_HOST="10.0.0.7:8000").status_code == 400
    assert probe.get("/accounts/login/", HTTP_HOST="portal.example").status_code == 301
    assert probe.post(path).status_code == 405


def test_a_new_site_gives_its_worker_time_to_start(db: None) -> None:
    sync([])
    assert health.report().check("worker").is_ok


def test_the_worker_gives_signs_and_a_web_process_that_works_in_place_does_not(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "_last_beat", None)
    health.beat(task={"sync": True})
    assert health.last_beat(health.WORKER) is None
    health.beat(task={"id": "1"})
    first = health.last_beat(health.WORKER)
    assert first is not None
    health.beat(task={"id": "2"})
    assert health.last_beat(health.WORKER) == first, "not more often than every quarter of a minute"


def test_probes_write_one_file_a_minute_and_notice_a_disk_that_became_read_only(
    small_disk: SmallDisk, settings: Any, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.MEDIA_ROOT = small_disk.place / "media"
    (small_disk.place / "media" / "private").mkdir(parents=True)
    saved: list[str] = []
    take = WholeFileStorage._save
    monkeypatch.setattr(
        WholeFileStorage, "_save", lambda self, name, content: saved.append(name) or take(self, name, content)
    )
    health.report()  # the first one stores the mark of the key too
    saved.clear()
    monkeypatch.setattr(health, "_written", {})
    for _probe in range(5):
        assert health.report().check("storage").is_ok
    assert len(saved) == 2, "one of private files, one of public ones"
    small_disk.set_read_only()
    assert health.report().check("storage").status == "failed"
    small_disk.set_read_only(read_only=False)
    assert health.report().check("storage").is_ok
    monkeypatch.setattr(health, "WRITE_EVERY", 0.0)
    before = len(saved)
    assert health.report().check("storage").is_ok
    assert len(saved) == before + 2, "the minute is over"
