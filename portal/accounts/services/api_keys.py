"""Keys of the resident's API: made, used, listed, revoked. Moments are real time."""

import datetime as dt
import hashlib
import secrets
from collections.abc import Collection

from django.db import transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from portal.accounts import audit
from portal.accounts.enums import ApiScope
from portal.accounts.exceptions import TooManyKeys
from portal.accounts.models import ApiKey, User
from portal.accounts.notifications import API_KEY_CREATED, API_KEY_ENDS, notify_profile_changed

MAX_KEYS = 10
LIFETIMES = (30, 90, 180, 365)
"""For how many days a key may be made; none works without an end."""
DEFAULT_LIFETIME = 365
NOTIFIED_BEFORE = dt.timedelta(days=7)
"""How long before its end the owner of a key is written to."""
ONLY_READ = (ApiScope.READ,)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _password_fingerprint(user: User) -> str:
    return salted_hmac("portal.accounts.api_key", user.password, algorithm="sha256").hexdigest()


def _password_stands(key: ApiKey) -> bool:
    """Whether its owner still has the password with which the key was made."""
    return constant_time_compare(key.password_fingerprint, _password_fingerprint(key.user))


@transaction.atomic
def make_key(
    *,
    user: User,
    name: str,
    moment: dt.datetime,
    days: int = DEFAULT_LIFETIME,
    scopes: Collection[str] = ONLY_READ,
) -> tuple[ApiKey, str]:
    """A new key and its secret, which nobody can read again; the owner is told. Raises TooManyKeys.

    At least one scope is needed: the database refuses a key that opens nothing.

    The login's row is locked while its keys are counted, so parallel requests do not pass the limit.
    """
    locked = User.objects.select_for_update().get(pk=user.pk)
    if len(working_keys(user=locked, moment=moment)) >= MAX_KEYS:
        raise TooManyKeys
    secret = secrets.token_urlsafe(32)
    key = ApiKey.objects.create(
        user=locked,
        name=name,
        digest=_digest(secret),
        password_fingerprint=_password_fingerprint(locked),
        may_read=ApiScope.READ in scopes,
        may_send_readings=ApiScope.READINGS in scopes,
        may_pay=ApiScope.PAYMENTS in scopes,
        created_at=moment,
        expires_at=moment + dt.timedelta(days=days),
    )
    granted = ", ".join(key.scopes)
    audit.access(locked, by=locked, what=f"Создан ключ API «{name}» ({granted}), дней: {days}")
    notify_profile_changed(
        API_KEY_CREATED, user=locked, event=f"api-key:{key.pk}:made", name=name, until=key.expires_at
    )
    return key, secret


def working_keys(*, user: User, moment: dt.datetime) -> list[ApiKey]:
    """Keys of a login that open the API at a moment, newest first (one query)."""
    keys = ApiKey.objects.filter(user=user, revoked_at=None, expires_at__gt=moment)
    fingerprint = _password_fingerprint(user)
    return [key for key in keys if constant_time_compare(key.password_fingerprint, fingerprint)]


@transaction.atomic
def revoke_key(*, user: User, key_id: int, moment: dt.datetime) -> bool:
    """End one of the login's own keys; False when there is no such key that works."""
    key = ApiKey.objects.filter(user=user, pk=key_id, revoked_at=None).first()
    if key is None or not ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=moment):
        return False
    audit.access(user, by=user, what=f"Отозван ключ API «{key.name}»")
    return True


def revoke_all_keys(*, user: User, moment: dt.datetime) -> int:
    """End every key of a login; returns how many."""
    return ApiKey.objects.filter(user=user, revoked_at=None).update(revoked_at=moment)


def authenticate_key(*, secret: str, moment: dt.datetime, network: str) -> ApiKey | None:
    """The working key of a secret, with its user; a blocked login, or one that must choose a password first, has none.

    The day and the network of the last use are written when either changes.
    """
    key = ApiKey.objects.select_related("user").filter(digest=_digest(secret), revoked_at=None).first()
    if key is None or key.expires_at <= moment or not key.user.is_active or key.user.must_change_password:
        return None
    if not _password_stands(key):
        return None
    used = {"last_used_on": timezone.localdate(moment), "last_used_from": network}
    if used != {"last_used_on": key.last_used_on, "last_used_from": key.last_used_from}:
        ApiKey.objects.filter(pk=key.pk).update(**used)
    return key


def notify_of_ending_keys(*, moment: dt.datetime) -> int:
    """Write to the owners of keys that end within a week, once a key; returns how many keys."""
    keys = ApiKey.objects.filter(
        revoked_at=None, expires_at__gt=moment, expires_at__lte=moment + NOTIFIED_BEFORE, user__is_active=True
    ).select_related("user")
    ending = [key for key in keys if _password_stands(key)]
    for key in ending:
        notify_profile_changed(
            API_KEY_ENDS, user=key.user, event=f"api-key:{key.pk}:ends", name=key.name, until=key.expires_at
        )
    return len(ending)
