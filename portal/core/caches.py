"""Cache backends that treat an unavailable server or disk as a miss: a page is slower then, never a 500.

A circuit breaker, shared by all threads of a process, keeps requests from waiting for one timeout each: after an
error the cache is left alone for RETRY_AFTER seconds, then one call tries it. An outage is logged when it begins and
when it ends, not per request. What could not be written or deleted meanwhile is deleted when the cache is back, so
that it never returns a value from before the outage (docs/decisions/075-services-away.md).
"""

import logging
import pickle
import threading
import time
import zlib
from collections.abc import Callable, Iterable
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.core.cache.backends.filebased import FileBasedCache
from django.core.cache.backends.redis import RedisCache
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError
from redis.retry import Retry

logger = logging.getLogger(__name__)

RETRY_AFTER = 5.0
SOCKET_TIMEOUT = 0.5
MAX_STALE_KEYS = 10_000

Key = tuple[str, int | None]


class CacheOutage:
    """The circuit breaker of one cache in one process, with the keys whose stored value is out of date."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.lock = threading.Lock()
        self.began: float | None = None
        self.retry_at = 0.0
        self.stale: set[Key] = set()
        self.too_many_stale = False

    def may_try(self) -> bool:
        """Whether to ask the cache: always while it works, else one call every RETRY_AFTER seconds."""
        if self.began is None:
            return True
        with self.lock:
            now = time.monotonic()
            if now < self.retry_at:
                return False
            self.retry_at = now + RETRY_AFTER
            return True

    def note_stale(self, keys: Iterable[Key]) -> None:
        """Remember keys that could not be written or deleted."""
        with self.lock:
            self.stale.update(keys)
            if len(self.stale) > MAX_STALE_KEYS:
                self.too_many_stale = True
                self.stale.clear()

    def failed(self, error: Exception) -> None:
        """Leave the cache alone for a while; the first failure is logged."""
        with self.lock:
            self.retry_at = time.monotonic() + RETRY_AFTER
            first = self.began is None
            if first:
                self.began = time.monotonic()
        if first:
            message = "the cache %s is unavailable (%s: %s); going on without it"
            logger.error(message, self.name, type(error).__name__, error)

    def take_stale(self) -> tuple[set[Key], bool]:
        """The keys to delete before the cache is read again, and whether to clear it instead."""
        with self.lock:
            invalidated = self.stale, self.too_many_stale
            self.stale, self.too_many_stale = set(), False
        return invalidated

    def ended(self) -> bool:
        """Close the breaker and log it; False when more keys have gone stale meanwhile."""
        with self.lock:
            if self.stale or self.too_many_stale:
                return False
            if self.began is None:
                return True
            lasted, self.began = time.monotonic() - self.began, None
        logger.warning("the cache %s is available again after %.0f s", self.name, lasted)
        return True


_outages: dict[str, CacheOutage] = {}
_AWAY = object()


def outage_of(name: str) -> CacheOutage:
    """The breaker of a cache by its location; Django makes a backend object per thread, they share it."""
    return _outages.setdefault(name, CacheOutage(name))


class FailSoftCache(BaseCache):
    """Mixin before a cache backend: while it is unavailable it behaves like an empty cache that forgets everything."""

    errors: tuple[type[Exception], ...] = (OSError,)
    outage: CacheOutage

    def _call(self, operation: Callable[[], Any], *, away: Any, stale: Iterable[Key] = ()) -> Any:
        if not self.outage.may_try():
            self.outage.note_stale(stale)
            return away
        try:
            if self.outage.began is not None:
                self._recover()
            return operation()
        except self.errors as error:
            self.outage.failed(error)
            self.outage.note_stale(stale)
            return away

    def _recover(self) -> None:
        """Try a write, then delete what went stale during the outage before anything else is read."""
        super().set("outage-probe", 1, 60)
        while True:
            stale, clear = self.outage.take_stale()
            try:
                if clear:
                    super().clear()
                for key, version in stale:
                    super().delete(key, version=version)
            except self.errors:
                self.outage.note_stale(stale)
                self.outage.too_many_stale |= clear
                raise
            if self.outage.ended():
                return

    def add(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        """As in Django; True while the cache is unavailable, as in an empty cache."""
        return bool(self._call(lambda: super(FailSoftCache, self).add(key, value, timeout, version), away=True))

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        """As in Django; a miss while the cache is unavailable."""
        return self._call(lambda: super(FailSoftCache, self).get(key, default, version), away=default)

    def set(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        """As in Django; nothing is stored while the cache is unavailable."""
        self._call(
            lambda: super(FailSoftCache, self).set(key, value, timeout, version), away=None, stale=[(key, version)]
        )

    def touch(self, key: str, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        """As in Django; False while the cache is unavailable."""
        return bool(self._call(lambda: super(FailSoftCache, self).touch(key, timeout, version), away=False))

    def delete(self, key: str, version: int | None = None) -> bool:
        """As in Django; while the cache is unavailable the key is deleted when it is back."""
        return bool(
            self._call(lambda: super(FailSoftCache, self).delete(key, version), away=False, stale=[(key, version)])
        )

    def has_key(self, key: str, version: int | None = None) -> bool:
        """As in Django; False while the cache is unavailable."""
        return bool(self._call(lambda: super(FailSoftCache, self).has_key(key, version), away=False))

    def incr(self, key: str, delta: int = 1, version: int | None = None) -> int:
        """As in Django. Raises ValueError for a missing key, and so while the cache is unavailable."""
        value = self._call(
            lambda: super(FailSoftCache, self).incr(key, delta, version), away=_AWAY, stale=[(key, version)]
        )
        if value is _AWAY:
            raise ValueError("Key '%s' not found" % key)  # noqa: UP031  # Django's own words
        return int(value)

    def get_many(self, keys: Any, version: int | None = None) -> dict[str, Any]:
        """As in Django; nothing is found while the cache is unavailable."""
        return self._call(lambda: super(FailSoftCache, self).get_many(keys, version), away={})

    def set_many(self, data: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> list[str]:
        """As in Django; returns the keys that were not stored: all of them while the cache is unavailable."""
        return self._call(
            lambda: super(FailSoftCache, self).set_many(data, timeout, version),
            away=list(data),
            stale=[(key, version) for key in data],
        )

    def delete_many(self, keys: Any, version: int | None = None) -> None:
        """As in Django; while the cache is unavailable the keys are deleted when it is back."""
        names = list(keys)
        self._call(
            lambda: super(FailSoftCache, self).delete_many(names, version),
            away=None,
            stale=[(key, version) for key in names],
        )

    def clear(self) -> None:
        """As in Django; while the cache is unavailable it is cleared when it is back."""
        if self._call(lambda: super(FailSoftCache, self).clear() or True, away=_AWAY) is _AWAY:
            self.outage.too_many_stale = True


class FailSoftRedisCache(FailSoftCache, RedisCache):
    """Redis with short timeouts; unreachable, full, loading or read-only, it is a miss."""

    errors = (RedisError, OSError)

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        options = params.setdefault("OPTIONS", {})
        options.setdefault("socket_timeout", SOCKET_TIMEOUT)
        options.setdefault("socket_connect_timeout", SOCKET_TIMEOUT)
        # A pooled connection from before a restart of Redis is replaced at once; a timeout is not waited for twice.
        options.setdefault("retry", Retry(NoBackoff(), 1, supported_errors=(RedisConnectionError,)))
        super().__init__(server, params)
        self.outage = outage_of("Redis")


class FailSoftFileCache(FailSoftCache, FileBasedCache):
    """Files; a full or unwritable disk is a miss, and so is a file that was cut off."""

    def __init__(self, dir: str, params: dict[str, Any]) -> None:  # noqa: A002  # Django's name
        self.outage = outage_of("files")
        try:
            super().__init__(dir, params)
        except OSError as error:  # the folder cannot be made; everything else is set by then
            self.outage.failed(error)

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        """As in Django; a file that cannot be read back is deleted."""
        try:
            return super().get(key, default, version)
        except (EOFError, pickle.UnpicklingError, zlib.error):
            self.delete(key, version)
            return default
