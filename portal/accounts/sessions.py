"""The edge of sessions: a login is listed with its browser and address, under the digest of its key."""

from typing import Any

from allauth.usersessions.models import UserSession
from django.http import HttpRequest

from portal.accounts.client_ip import client_address
from portal.accounts.models import User
from portal.accounts.services import sessions


def list_session(request: HttpRequest, user: User, **_sent: Any) -> None:
    """Note who logged in, from where and with what browser (receiver of allauth's `user_logged_in`)."""
    if not request.session.session_key:
        request.session.save()
    length = UserSession._meta.get_field("user_agent").max_length
    sessions.forget_dead(user=user)
    sessions.note(
        user=user,
        session_key=request.session.session_key or "",
        address=client_address(request),
        user_agent=request.META.get("HTTP_USER_AGENT", "")[:length],
    )
