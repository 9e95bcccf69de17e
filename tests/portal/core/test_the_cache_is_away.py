"""FAULTS 4 and 26: a cache that is killed, hangs, is full or unwritable is a miss, said once, and back by itself."""

import logging
import os
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
import redis
from django.core.cache.backends.redis import RedisCache

from portal.core import caches
from portal.core.caches import FailSoftFileCache, FailSoftRedisCache
from portal.core.sessions import cached_db
from tests.redis_server import RedisServer, needs_redis, running_redis


@pytest.fixture(autouse=True)
def _own_outages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(caches, "_outages", {})
    monkeypatch.setattr(caches, "RETRY_AFTER", 0.0)


@pytest.fixture
def server() -> Iterator[RedisServer]:
    with running_redis() as running:
        yield running


def behaves_as_an_empty_cache(cache: caches.FailSoftCache) -> None:
    cache.set("a", 1)
    assert cache.get("a") is None
    assert cache.get("a", "default") == "default"
    assert cache.add("a", 1)
    assert not cache.has_key("a")
    assert "a" not in cache
    assert not cache.touch("a")
    assert not cache.delete("a")
    assert cache.get_many(["a"]) == {}
    assert cache.set_many({"a": 1}) == ["a"]
    assert cache.get_or_set("a", lambda: 5) == 5
    cache.delete_many(["a"])
    with pytest.raises(ValueError, match="not found"):
        cache.incr("a")


@needs_redis
def test_redis_killed_back_and_hanging(server: RedisServer, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING, "portal.core.caches")
    cache = FailSoftRedisCache(server.url, {})
    cache.set("a", 7)
    assert cache.incr("a") == 8
    server.kill()
    behaves_as_an_empty_cache(cache)
    assert len(caplog.records) == 1, "said once"
    server.start()
    cache.set("a", 9)
    assert cache.get("a") == 9
    assert len(caplog.records) == 2
    server.freeze()
    assert cache.get("a") is None
    assert len(caplog.records) == 3


@needs_redis
def test_the_control_django_s_own_backend_raises(server: RedisServer) -> None:
    cache = RedisCache(server.url, {})
    cache.set("a", 1)
    server.kill()
    with pytest.raises(redis.exceptions.ConnectionError):
        cache.get("a")


@needs_redis
def test_requests_do_not_wait_for_a_timeout_each(server: RedisServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """While the breaker is open nobody asks; other threads' backends share it."""
    monkeypatch.setattr(caches, "RETRY_AFTER", 3600.0)
    cache, of_another_thread = FailSoftRedisCache(server.url, {}), FailSoftRedisCache(server.url, {})
    cache.set("a", 1)
    server.freeze()
    assert cache.get("a") is None
    server.thaw()
    assert of_another_thread.get("a") is None, "the server would answer; it is not asked"
    monkeypatch.setattr(caches.outage_of("Redis"), "retry_at", 0.0)
    assert of_another_thread.get("a") == 1


@needs_redis
def test_what_changed_during_an_outage_is_not_read_as_it_was_before(server: RedisServer) -> None:
    """Redis kept its data (a cut cable): values written or deleted meanwhile must not come back."""
    cache = FailSoftRedisCache(server.url, {})
    cache.set_many({"changed": "old", "deleted": "old", "untouched": "old"})
    server.freeze()
    cache.set("changed", "new")
    cache.delete("deleted")
    server.thaw()
    assert cache.get_many(["changed", "deleted", "untouched"]) == {"untouched": "old"}
    server.freeze()
    cache.clear()
    server.thaw()
    assert cache.get("untouched") is None


@needs_redis
@pytest.mark.django_db
def test_sessions_are_loaded_and_saved_without_redis(
    server: RedisServer, settings: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = FailSoftRedisCache(server.url, {})
    monkeypatch.setattr(cached_db, "caches", {"default": cache})
    engine = import_module("portal.core.sessions.cached_db").SessionStore
    session = engine()
    session["known"] = "before"
    session.save()
    server.freeze()
    again = engine(session.session_key)
    assert again["known"] == "before"
    again["known"] = "during"
    again.save()
    fresh = engine()
    fresh.create()
    gone = engine()
    gone.create()
    gone.flush()
    server.thaw()
    assert engine(session.session_key)["known"] == "during", "not the copy from before the outage"
    assert engine(fresh.session_key).exists(fresh.session_key)
    cache.clear()
    assert engine(session.session_key)["known"] == "during", "an emptied Redis ends nobody's session"


def full(*_arguments: object, **_named: object) -> None:
    raise OSError(28, "No space left on device")


def test_a_full_disk_is_a_miss(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING, "portal.core.caches")
    cache = FailSoftFileCache(str(tmp_path / "cache"), {})
    cache.set("b", 2)
    with monkeypatch.context() as disk:
        disk.setattr("django.core.cache.backends.filebased.tempfile.mkstemp", full)
        behaves_as_an_empty_cache(cache)
        assert len(caplog.records) == 1, "a disk that reads and does not write is one outage"
    assert cache.get("b") == 2
    assert cache.get("a") is None


def test_a_folder_that_is_a_file_is_a_miss(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("not a folder")
    behaves_as_an_empty_cache(FailSoftFileCache(str(tmp_path / "cache"), {}))


def test_a_file_that_was_cut_off_is_a_miss(tmp_path: Path) -> None:
    cache = FailSoftFileCache(str(tmp_path / "cache"), {})
    cache.set("a", "x" * 1000)
    (file,) = (tmp_path / "cache").iterdir()
    os.truncate(file, file.stat().st_size // 2)
    assert cache.get("a") is None
    cache.set("a", 2)
    assert cache.get("a") == 2
