"""Staff are written to about a part that broke and about the same part when it works; each once, all in words."""

import datetime as dt
from collections.abc import Iterator

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import DatabaseError
from django.utils import timezone

from portal.accounts.models import User
from portal.core import health
from portal.core.enums import HealthStatus
from portal.core.health import HealthCheck, HealthReport
from portal.core.models import Heartbeat, MonitoringSettings, PartState
from portal.operations import watch
from tests.people import make_clerk, make_login

pytestmark = pytest.mark.django_db
NOW = timezone.now()
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture(autouse=True)
def watcher(db: None) -> Iterator[User]:
    """Who may see the state of the system; an employee without the right and one who has left get no letter."""
    user = make_clerk("watcher", "office.watch_system")
    make_clerk("registrar", "office.view_account_card")
    gone = make_clerk("gone", "office.watch_system")
    User.objects.filter(pk=gone.pk).update(is_active=False)
    make_login("resident")
    yield user
    assert {address for letter in mail.outbox for address in letter.to} <= {user.email, "duty@mail.example"}


def report(**broken: str) -> HealthReport:
    """A report in which only these parts do not work."""
    names = ("database", "storage", "cache", "worker", "timetable", "queue", "mail")
    return HealthReport(
        tuple(
            HealthCheck(name, HealthStatus.DEGRADED if name in broken else HealthStatus.OK, broken.get(name, ""))
            for name in names
        )
    )


def watched(minutes: int, **broken: str) -> list[str]:
    """Subjects of the letters of a watch so many minutes from the start."""
    mail.outbox.clear()
    watch.watch(report(**broken), now=NOW + minutes * MINUTE)
    return [letter.subject for letter in mail.outbox]


def test_a_part_that_stays_broken_is_one_letter_and_one_more_when_it_works() -> None:
    assert watched(0, cache="OperationalError") == []
    assert watched(1, cache="OperationalError") == ["Портал: Кэш — не отвечает"]
    (letter,) = mail.outbox
    assert "OperationalError" in letter.body
    assert "systemctl status redis-server" in letter.body
    assert watched(2, cache="TimeoutError") == []
    assert watched(3) == [], "it may break again at once"
    assert watched(4) == ["Портал: Кэш — снова в порядке"]
    assert watched(9) == []


def test_a_second_outage_is_a_letter_of_its_own() -> None:
    for minutes in (0, 1):
        watched(minutes, disk="", cache="x")
    watched(2)
    watched(3)
    assert watched(10, cache="x") == []
    assert watched(11, cache="x") == ["Портал: Кэш — не отвечает"]


def test_a_part_that_works_again_within_the_minute_is_no_letter() -> None:
    assert watched(0, storage="OSError") == []
    assert watched(1) == []
    assert watched(2) == []


def test_another_way_of_not_working_is_the_same_outage() -> None:
    watched(0, storage="OSError")
    failed = HealthReport((HealthCheck("database"), HealthCheck("storage", HealthStatus.FAILED, "PermissionError")))
    mail.outbox.clear()
    watch.watch(failed, now=NOW + MINUTE)
    assert [letter.subject for letter in mail.outbox] == ["Портал: Хранилище файлов — не принимает файлы"]
    assert PartState.objects.get(name="storage").since == NOW


@pytest.mark.parametrize("part", ["timetable", "queue"])
def test_what_stands_behind_the_worker_waits_for_its_letter(part: str) -> None:
    """The worker's parts have waited for minutes in their checks: they are told at once."""
    said = watched(0, worker="silent for 6 min", **{part: "late"})
    assert said == ["Портал: Обработчик очереди — не отвечает"]
    assert "silent" not in mail.outbox[0].body, "since when says it all"
    assert len(watched(1, **{part: "late"})) == 2, "the worker works, the part behind it does not"


def test_the_address_of_the_settings_gets_every_letter(watcher: User) -> None:
    MonitoringSettings.objects.create(alert_address="duty@mail.example")
    watched(0, worker="silent")
    assert sorted(letter.to[0] for letter in mail.outbox) == ["duty@mail.example", watcher.email]


def test_a_part_without_words_of_its_own_is_called_by_its_name() -> None:
    strange = HealthReport((HealthCheck("database"), HealthCheck("printer", HealthStatus.DEGRADED, "HTTP 500")))
    for minutes in (0, 1):
        watch.watch(strange, now=NOW + minutes * MINUTE)
    (letter,) = mail.outbox
    assert letter.subject == "Портал: printer — не отвечает"
    assert "HTTP 500" in letter.body
    assert "Что сделать" not in letter.body


def test_a_probe_watches_once_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    watch.after_probe(report(worker="silent"))
    assert len(mail.outbox) == 1
    Heartbeat.objects.filter(name=health.WATCH).update(beat_at=timezone.now() - dt.timedelta(seconds=30))
    watch.after_probe(report())
    assert len(mail.outbox) == 1
    Heartbeat.objects.filter(name=health.WATCH).update(beat_at=timezone.now() - dt.timedelta(seconds=56))
    PartState.objects.update(since=timezone.now() - 2 * MINUTE)
    watch.after_probe(report())
    assert len(mail.outbox) == 2


def test_a_probe_without_a_database_writes_nothing() -> None:
    watch.after_probe(HealthReport((HealthCheck("database", HealthStatus.FAILED, "OperationalError"),)))
    assert not PartState.objects.exists()
    assert not Heartbeat.objects.filter(name=health.WATCH).exists()


# The command.


def test_the_command_names_every_part_and_the_letters(capsys: pytest.CaptureFixture[str]) -> None:
    health.note_beat(health.WORKER, timezone.now() - 10 * MINUTE)
    call_command("watch")
    said = capsys.readouterr().out.splitlines()
    assert "database: ok" in said
    assert "worker: degraded: silent for 10 min" in said
    assert said[-1] == "degraded, letters sent: 1"
    call_command("watch")
    assert capsys.readouterr().out.splitlines()[-1] == "degraded, letters sent: 0"


def test_the_command_says_that_without_a_database_nobody_is_written_to(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_arguments: object) -> None:
        raise DatabaseError("server closed the connection")

    monkeypatch.setattr(health, "note_beat", away)
    with pytest.raises(CommandError, match="nobody can be written to"):
        call_command("watch")
    assert mail.outbox == []
