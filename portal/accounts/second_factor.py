"""Whether a session gave its second factor: set by a code at the login, at a reauthentication, at the set-up."""

from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest

PASSED = "second_factor_of"
"""The session's key with the login (its pk) whose code was given."""


def note_passed(request: HttpRequest, user: AbstractBaseUser) -> None:
    """Note that this session gave a right code of the login."""
    request.session[PASSED] = user.pk


def has_passed(request: HttpRequest, user: AbstractBaseUser) -> bool:
    """Whether this session gave a right code of this login, and of no other."""
    return bool(request.session.get(PASSED) == user.pk)
