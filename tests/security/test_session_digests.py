"""C1 and M17: whoever reads the database, the cache or a list of sessions opens none; dead sessions are swept."""

import datetime as dt
from importlib import import_module
from pathlib import Path

import pytest
from allauth.usersessions.models import UserSession
from django.conf import settings as project
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

from portal.accounts import jobs
from portal.accounts.services import sessions
from portal.core.sessions import STORED_KEY_LENGTH, stored_key
from tests.people import PASSWORD, Cast
from tests.security.test_configuration import example, run

pytestmark = pytest.mark.django_db
ENGINES = ("portal.core.sessions.db", "portal.core.sessions.cached_db")


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest, settings: object) -> str:
    settings.SESSION_ENGINE = request.param  # type: ignore[attr-defined]
    return str(request.param)


def log_in(name: str = "anna") -> Client:
    client = Client()
    client.post("/accounts/login/", {"login": name, "password": PASSWORD})
    assert client.get("/personal/").status_code == 200
    return client


def everything_stored() -> str:
    """Every text of the tables that know of sessions, and every key of the cache."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM django_session")
        rows = list(cursor.fetchall())
        cursor.execute("SELECT * FROM usersessions_usersession")
        rows += cursor.fetchall()
    return f"{rows} {list(cache._cache)} {list(cache._cache.values())}"


def test_what_is_stored_opens_no_session(cast: Cast, engine: str) -> None:
    anna = log_in()
    key = anna.cookies["sessionid"].value
    stored = everything_stored()
    assert key not in stored, "the control: with Django's own engines it stands in all three"
    assert stored_key(key) in stored
    for row in (Session.objects.get(), UserSession.objects.get()):
        assert len(row.session_key) == STORED_KEY_LENGTH
        thief = Client()
        thief.cookies["sessionid"] = row.session_key
        assert thief.get("/personal/").status_code == 302
        thief.post("/accounts/logout/")
    assert anna.get("/personal/").status_code == 200


def test_django_s_own_engine_is_the_control(cast: Cast, settings: object) -> None:
    settings.SESSION_ENGINE = "django.contrib.sessions.backends.db"  # type: ignore[attr-defined]
    client = Client()
    client.force_login(cast.anna.user)
    assert client.cookies["sessionid"].value in everything_stored()


def test_the_store_does_what_django_s_does(cast: Cast, engine: str) -> None:
    store = import_module(engine).SessionStore()
    store["a"] = 1
    store.save()
    first = store.session_key
    assert store.exists(first)
    assert not store.exists(stored_key(first))
    store.cycle_key()
    second = store.session_key
    assert second != first
    assert not store.exists(first)
    assert import_module(engine).SessionStore(second)["a"] == 1
    store.flush()
    assert not store.exists(second)
    assert import_module(engine).SessionStore(second).load() == {}
    store["b"] = 2
    store.set_expiry(dt.timedelta(seconds=-1))
    store.save()
    assert import_module(engine).SessionStore(store.session_key).load() == {}
    call_command("clearsessions")
    assert not Session.objects.exists()


def test_one_other_session_and_all_others_are_ended(cast: Cast, engine: str) -> None:
    mine, phone, work = log_in(), log_in(), log_in()
    key = phone.cookies["sessionid"].value
    phones = UserSession.objects.get(session_key=stored_key(key))
    page = mine.get("/personal/profile/sessions/").content.decode()
    assert page.count('name="session"') == 2, "its own is marked, not offered"
    mine.post("/personal/profile/sessions/", {"session": str(phones.pk)})
    assert phone.get("/personal/").status_code == 302
    assert work.get("/personal/").status_code == 200
    mine.post("/personal/profile/sessions/", {"all": "1"})
    assert work.get("/personal/").status_code == 302
    assert mine.get("/personal/").status_code == 200
    assert UserSession.objects.count() == 1


def test_a_session_whose_password_was_changed_by_command_leaves_the_list(cast: Cast, engine: str) -> None:
    log_in()
    cast.anna.user.set_password("another quiet river")
    cast.anna.user.save()
    sessions.forget_dead(user=cast.anna.user)
    assert not UserSession.objects.exists()


def test_the_daily_sweep_deletes_dead_sessions_and_no_others(cast: Cast, engine: str) -> None:
    anna = log_in()
    log_in("boris")
    of_boris = UserSession.objects.get(user__username="boris").session_key
    Session.objects.filter(session_key=of_boris).update(expire_date=timezone.now() - dt.timedelta(seconds=1))
    assert jobs.sweep().endswith("sessions 1")
    assert UserSession.objects.get().user == cast.anna.user
    assert Session.objects.count() == 1
    assert anna.get("/personal/").status_code == 200
    assert jobs.sweep().endswith("sessions 0")


@pytest.mark.parametrize("redis_url", ["", "redis://127.0.0.1:1/0"])
def test_production_uses_these_engines(redis_url: str, tmp_path: Path) -> None:
    words = "from django.conf import settings; print(settings.SESSION_ENGINE, settings.CACHES['default']['BACKEND'])"
    places = {"PYTHONPATH": f"{project.ROOT}:{project.ROOT}/site"}
    done = run(["-c", words], tmp_path, example(REDIS_URL=redis_url) | places)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split()[0] in ENGINES
    assert "portal.core.caches.FailSoft" in done.stdout
