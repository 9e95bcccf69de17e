"""Making, using and revoking keys."""

import datetime as dt
import hashlib
import secrets

from django.utils import timezone

from portal.accounts.models import User
from portal.api.exceptions import TooManyKeys
from portal.api.models import ApiKey

MOST_KEYS = 10


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def make_key(*, user: User, name: str) -> tuple[ApiKey, str]:
    """A new key and its secret, which nobody can read again. Raises TooManyKeys at ten standing ones."""
    if ApiKey.objects.filter(user=user, revoked_at=None).count() >= MOST_KEYS:
        raise TooManyKeys
    secret = secrets.token_urlsafe(32)
    return ApiKey.objects.create(user=user, name=name, digest=_digest(secret)), secret


def revoke_key(*, user: User, key_id: int) -> bool:
    """End one of the login's own keys; False when there is no such standing key."""
    return bool(ApiKey.objects.filter(user=user, pk=key_id, revoked_at=None).update(revoked_at=timezone.now()))


def user_of(*, secret: str, today: dt.date) -> User | None:
    """Whose standing key this is; a blocked login, or one that must choose a password first, has no keys."""
    key = ApiKey.objects.select_related("user").filter(digest=_digest(secret), revoked_at=None).first()
    if key is None or not key.user.is_active or key.user.must_change_password:
        return None
    if key.last_used_on != today:
        ApiKey.objects.filter(pk=key.pk).update(last_used_on=today)
    return key.user
