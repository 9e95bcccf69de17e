"""Sessions of a login: listed, ended one by one or all but the present one, swept when they are dead.

API keys end with all sessions. Django's table and allauth's list hold digests of the session keys; arguments named
`session_key` and `but` are the keys themselves, as `request.session.session_key` has them.
"""

import datetime as dt
from importlib import import_module
from typing import Any

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY
from django.contrib.sessions.models import Session
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from portal.accounts.models import User
from portal.accounts.services.api_keys import revoke_all_keys
from portal.core import clock
from portal.core.sessions import stored_key


def _store() -> Any:
    return import_module(settings.SESSION_ENGINE).SessionStore()


def note(*, user: User, session_key: str, address: str, user_agent: str) -> UserSession:
    """List a session of a login; a repeat brings its address and browser up to date."""
    session, _made = UserSession.objects.update_or_create(
        session_key=stored_key(session_key), defaults={"user": user, "ip": address, "user_agent": user_agent}
    )
    return session


def note_used(*, session_key: str, moment: dt.datetime) -> None:
    """Note when a session was used last."""
    UserSession.objects.filter(session_key=stored_key(session_key)).update(last_seen_at=moment)


def last_used(*, session_key: str) -> dt.datetime | None:
    """Return when a listed session was used last, to the minute; None when it is not listed."""
    session = UserSession.objects.filter(session_key=stored_key(session_key)).first()
    return session.last_seen_at if session is not None else None


def note_moved(*, old_key: str, new_key: str) -> None:
    """A session goes on under a new key: its row in the list follows."""
    UserSession.objects.filter(session_key=stored_key(old_key)).update(session_key=stored_key(new_key))


def end_sessions(*, user: User, but: str = "") -> int:
    """End every session of a login except the one with the key `but`, and every API key; returns how many sessions."""
    revoke_all_keys(user=user, moment=clock.real_now())
    ended = 0
    for session in UserSession.objects.filter(user=user).exclude(session_key=stored_key(but)):
        _end(session)
        ended += 1
    return ended


def end_session(*, user: User, session_id: int) -> bool:
    """End one session of a login; False when there is none such."""
    session = UserSession.objects.filter(user=user, pk=session_id).first()
    if session is None:
        return False
    _end(session)
    return True


def _end(session: UserSession) -> None:
    _store().delete_stored(session.session_key)
    session.delete()


def forget_dead(*, user: User) -> None:
    """Drop a login's rows whose session has expired, ended, or is of an older password (three queries at most)."""
    listed = UserSession.objects.filter(user=user)
    keys = list(listed.values_list("session_key", flat=True))
    wanted = user.get_session_auth_hash()
    alive = [
        row.session_key
        for row in Session.objects.filter(session_key__in=keys, expire_date__gt=timezone.now())
        if constant_time_compare(row.get_decoded().get(HASH_SESSION_KEY, ""), wanted)
    ]
    dead = set(keys) - set(alive)
    if dead:
        listed.filter(session_key__in=dead).delete()


def sweep() -> int:
    """Delete sessions that have expired, and the listed ones without a session; returns how many were listed."""
    store = _store()
    store.clear_expired()
    return int(UserSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()[0])
