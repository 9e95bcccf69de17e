"""Codes of an authenticator app, each taken once; and whether a session gave one: at the login, at a reauthentication
or at the set-up.
"""

from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from allauth.mfa.utils import decrypt
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.http import HttpRequest

LAST_COUNTER = "last_counter"
"""In the authenticator's data: the time step of the last code that was taken (RFC 6238, 5.2: a code once)."""
PASSED = "second_factor_of"
"""The session's key with the login (its pk) whose code was given."""


def note_passed(request: HttpRequest, user: AbstractBaseUser) -> None:
    """Note that this session gave a right code of the login."""
    request.session[PASSED] = user.pk


def has_passed(request: HttpRequest, user: AbstractBaseUser) -> bool:
    """Whether this session gave a right code of this login, and of no other."""
    return bool(request.session.get(PASSED) == user.pk)


def take_first_code(*, user: AbstractBaseUser, code: str) -> None:
    """The code that set an app up is taken: it opens no login."""
    take_code(Authenticator.objects.get(user_id=user.pk, type=Authenticator.Type.TOTP), code)


def take_code(authenticator: Authenticator, code: str) -> bool:
    """Take a right code of an app; False when this one, or a later one, was taken before.

    allauth remembers a used code in the cache, for 30 of the 90 seconds that it is valid: here the database does.
    """
    secret = decrypt(authenticator.data["secret"])
    steps = (
        step
        for step in yield_hotp_counters_from_time()
        if compare_user_code(actual=code, expected=format_hotp_value(hotp_value(secret, step)))
    )
    step = next(steps, None)
    with transaction.atomic():
        row = Authenticator.objects.select_for_update().get(pk=authenticator.pk)
        if step is None or step <= row.data.get(LAST_COUNTER, 0):
            return False
        row.data[LAST_COUNTER] = step
        row.save(update_fields=["data"])
    return True
