"""Version of the public pages' content, in the cache and the same for every process; a change bumps it.

Whoever changes such a thing calls `bump`; a cached page carries `current` in its key. A version that is lost is a new
one, so that nothing old is shown for long.
"""

import uuid
from collections.abc import Callable
from typing import TypeVar

from django.core.cache import cache
from django.db import transaction

T = TypeVar("T")
_KEY = "public-mark"


def _renew() -> None:
    cache.set(_KEY, uuid.uuid4().hex, None)


def bump() -> None:
    """Something public changed: for this transaction's own readers at once, for all when it is committed."""
    _renew()
    transaction.on_commit(_renew)


def current() -> str:
    """The version of the last change."""
    return str(cache.get_or_set(_KEY, lambda: uuid.uuid4().hex, None))


def cached(name: str, make: Callable[[], T], seconds: int = 60) -> T:
    """Return what `make` returns, cached under a name for so many seconds, and no longer than until something public
    changes.

    None is not cached.
    """
    key = f"{name}:{current()}"
    value: T | None = cache.get(key)
    if value is None:
        value = make()
        cache.set(key, value, seconds)
    return value
