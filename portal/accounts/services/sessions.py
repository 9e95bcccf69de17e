"""Sessions of a login: ended one by one, or all but the present one."""

from importlib import import_module

from allauth.usersessions.models import UserSession
from django.conf import settings

from portal.accounts.models import User


def end_sessions(*, user: User, but: str = "") -> int:
    """End every session of a login except the one with the key `but`; returns how many ended."""
    ended = 0
    for session in UserSession.objects.filter(user=user).exclude(session_key=but):
        _delete(session.session_key)
        session.delete()
        ended += 1
    return ended


def end_session(*, user: User, session_id: int) -> bool:
    """End one session of a login; False when there is none such."""
    session = UserSession.objects.filter(user=user, pk=session_id).first()
    if session is None:
        return False
    _delete(session.session_key)
    session.delete()
    return True


def _delete(session_key: str) -> None:
    import_module(settings.SESSION_ENGINE).SessionStore().delete(session_key)
