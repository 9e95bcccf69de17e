"""The state of the system says in words what does not work, since when, what to do, and every fact behind it."""

import datetime as dt
import html
import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from django_q.models import Failure, OrmQ, Schedule, Task
from pytest_django import DjangoAssertNumQueries

from config.schedule import TIMETABLE
from portal.core import health
from portal.core.schedule import sync
from portal.office.automation.selectors import JOBS
from portal.office.system.facts import fact_groups
from portal.payments.gateways.measuring import note_call
from portal.payments.models import GatewayState
from tests.people import Clerk

pytestmark = pytest.mark.django_db
ADDRESS = "/admin/office/system/"


@pytest.fixture
def manager(clerk: Clerk, client: Client, settings: Any, tmp_path: Path) -> Client:
    settings.BACKUP_STATUS_FILE = str(tmp_path / "status.json")
    clerk("office.watch_system", "office.watch_month")
    health.note_beat(health.WORKER, timezone.now())
    return client


def ago(**passed: int) -> dt.datetime:
    return timezone.now() - dt.timedelta(**passed)


def shown(client: Client) -> str:
    page = client.get(ADDRESS)
    assert page.status_code == 200
    text = re.sub(r"<[^>]+>", " ", html.unescape(page.content.decode()))
    return re.sub(r"\s+", " ", text)


def test_a_sound_system_says_so_with_its_facts(manager: Client) -> None:
    sync(TIMETABLE)
    page = shown(manager)
    assert "Всё работает" in page
    for words in ("Заданий ждёт 0", "Django 5.2", "Миграции все применены", "Последняя копия копий не было", "без TLS"):
        assert words in page
    assert "Расписание пусто" not in page
    assert re.search(r"База данных (SQLite 3|PostgreSQL 1)", page)


def test_what_does_not_work_stands_with_cause_and_remedy(manager: Client, settings: Any) -> None:
    health.note_beat(health.WORKER, ago(minutes=8))
    note_call("demo", "fetch", "ok", 0.24)
    note_call("demo", "fetch", "unknown", 30, failure="ConnectTimeout")
    GatewayState.objects.update(failing_since=ago(minutes=20))
    status = {
        "finished_at": ago(hours=5).isoformat(),
        "succeeded": False,
        "error": "pg_dump failed",
        "size": 5 * 1024**2,
    }
    earlier = {"last_success_at": ago(hours=29).isoformat(), "size": 5 * 1024**2}
    drill = {"drilled_at": ago(hours=30).isoformat(), "drill_ok": False, "drill_message": "rows differ"}
    Path(settings.BACKUP_STATUS_FILE).write_text(json.dumps(status | earlier | drill))
    OrmQ.objects.create(key="portal", payload="x", lock=ago(minutes=1))
    page = shown(manager)
    assert "Страницы открываются" in page, "it is degraded, not away"
    for words in (
        *("systemctl restart portal-worker", "Жители не могут платить картой", "ConnectTimeout", "за 240 мс"),
        *("не удалась: pg_dump failed", "Последняя удачная", "Размер 5,0", "Заданий ждёт 1"),
        *("Проба восстановления", "не удалась: rows differ"),
    ):
        assert words in page.replace("\u00a0", " ")
    assert not re.search(r"\b(Backups|Payment gateway|TLS certificate|never made)\b", page), "in Russian"


def test_a_result_of_backups_that_is_damaged_is_said_so(manager: Client, settings: Any) -> None:
    Path(settings.BACKUP_STATUS_FILE).write_text("{")
    assert "итог не читается" in shown(manager)


def test_jobs_with_their_failures(manager: Client) -> None:
    sync(TIMETABLE)
    schedule = Schedule.objects.get(name="portal:check-ledger")
    moments = {"started": ago(minutes=5), "stopped": ago(minutes=4)}
    Task.objects.create(id="one", name="one", func=schedule.func, success=False, result="x", **moments)
    Schedule.objects.filter(pk=schedule.pk).update(task="one")
    assert Failure.objects.count() == 1
    failed = {job.name: job.failures for job in manager.get(ADDRESS).context["system"].jobs if job.failures}
    assert failed == {"check-ledger": 1}
    page = shown(manager)
    assert "Проверка книги ошибка" in page
    assert "Почему не удались, повторить" in page


def test_every_timed_job_has_a_name_in_words() -> None:
    assert {timed.name for timed in TIMETABLE} - set(JOBS) == set()


def test_facts_take_a_dozen_queries(django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    fact_groups(now=timezone.now())
    with django_assert_max_num_queries(12):
        fact_groups(now=timezone.now())


def test_the_place_of_the_result_is_where_deploy_backup_writes_it() -> None:
    script = (Path(settings.ROOT) / "deploy" / "backup").read_text(encoding="utf-8")
    assert 'var_dir(settings) / "backup-status.json"' in script
