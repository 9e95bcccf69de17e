"""Sessions in the database and, for a short while, in the cache, under the digest of their key.

The database is authoritative. The cache holds a copy for CACHED_SECONDS: if it is unavailable while somebody logs out,
the copy cannot open the session for longer than that. Without a cache every request queries the database.
"""

from typing import Any

from django.conf import settings
from django.core.cache import caches
from django.utils import timezone

from portal.core.sessions import db, stored_key

CACHED_SECONDS = 60
PREFIX = "portal.session:"


class SessionStore(db.SessionStore):
    """The database store with a cached copy of the data."""

    def __init__(self, session_key: str | None = None) -> None:
        self._cache = caches[settings.SESSION_CACHE_ALIAS]
        super().__init__(session_key)

    def load(self) -> dict[str, Any]:
        """The data of the session: the cached copy, else the database's."""
        cache_key = PREFIX + stored_key(self.session_key or "")
        data: dict[str, Any] | None = self._cache.get(cache_key)
        if data is not None:
            return data
        row = self._get_session_from_db()
        if row is None:
            return {}
        data = self.decode(row.session_data)
        remaining = (row.expire_date - timezone.now()).total_seconds()
        self._cache.set(cache_key, data, min(CACHED_SECONDS, remaining))
        return data

    def save(self, must_create: bool = False) -> None:
        """Store in the database, then in the cache. Raises CreateError, UpdateError."""
        super().save(must_create)
        data = self._get_session(no_load=must_create)  # type: ignore[attr-defined]
        cache_key = PREFIX + stored_key(self.session_key or "")
        self._cache.set(cache_key, data, min(CACHED_SECONDS, self.get_expiry_age()))

    def delete_stored(self, key: str) -> None:
        """Delete the row and its cached copy."""
        super().delete_stored(key)
        self._cache.delete(PREFIX + key)
