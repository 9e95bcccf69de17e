"""Browsers that a login was used from; its owner is notified of a new one."""

import datetime as dt
import hashlib
import secrets
from dataclasses import dataclass

from portal.accounts.models import KnownDevice, User


@dataclass(frozen=True, slots=True)
class Greeted:
    """The browser that just logged in: its token for the cookie, and whether its owner should hear of it."""

    token: str
    is_new: bool
    is_first: bool


def hash_of(token: str) -> str:
    """Return what is stored of a browser's token."""
    return hashlib.sha256(token.encode()).hexdigest()


def greet(*, user: User, token: str, user_agent: str, moment: dt.datetime) -> Greeted:
    """Recognise the browser of a login, or remember it as new; `is_first` when the login had none before."""
    is_known = KnownDevice.objects.filter(user=user, token_hash=hash_of(token)).update(last_seen_at=moment)
    if token and is_known:
        return Greeted(token, is_new=False, is_first=False)
    is_first = not KnownDevice.objects.filter(user=user).exists()
    token = token or secrets.token_urlsafe(32)
    KnownDevice.objects.create(
        user=user, token_hash=hash_of(token), user_agent=user_agent[:200], first_seen_at=moment, last_seen_at=moment
    )
    return Greeted(token, is_new=True, is_first=is_first)


def is_known(*, login: User | None, token: str) -> bool:
    """Whether this browser logged in to this login before; one query, whether the login exists or not."""
    return KnownDevice.objects.filter(user_id=login.pk if login else 0, token_hash=hash_of(token)).exists()
