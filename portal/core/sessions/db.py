"""Sessions in the database, under the digest of their key."""

from typing import Any

from asgiref.sync import sync_to_async
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.base_session import AbstractBaseSession
from django.utils import timezone

from portal.core.sessions import stored_key


class SessionStore(DatabaseStore):
    """Django's database store; `session_key` is the cookie's value, the row has its digest."""

    def _get_session_from_db(self) -> AbstractBaseSession | None:
        row: AbstractBaseSession | None = self.model.objects.filter(
            session_key=stored_key(self.session_key or ""), expire_date__gt=timezone.now()
        ).first()
        if row is None:
            self._session_key = None
        return row

    def create_model_instance(self, data: Any) -> AbstractBaseSession:
        """The row of this session."""
        row = super().create_model_instance(data)
        row.session_key = stored_key(row.session_key)
        return row

    def exists(self, session_key: str) -> bool:
        """Whether a session with this key is stored, expired or not."""
        return bool(super().exists(stored_key(session_key)))

    def delete(self, session_key: str | None = None) -> None:
        """Delete the session with a key; without one, this session."""
        key = session_key if session_key is not None else self.session_key
        if key is not None:
            self.delete_stored(stored_key(key))

    def delete_stored(self, key: str) -> None:
        """Delete the session with a stored key, as rows of other tables have it."""
        self.model.objects.filter(session_key=key).delete()

    # Django's asynchronous twins ask the database with the key itself: they go through the methods above.
    async def aload(self) -> Any:
        """`load`."""
        return await sync_to_async(self.load)()

    async def asave(self, must_create: bool = False) -> None:
        """`save`."""
        await sync_to_async(self.save)(must_create)

    async def aexists(self, session_key: str) -> bool:
        """`exists`."""
        return await sync_to_async(self.exists)(session_key)

    async def adelete(self, session_key: str | None = None) -> None:
        """`delete`."""
        await sync_to_async(self.delete)(session_key)
