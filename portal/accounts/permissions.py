"""Permissions on screens of staff, on files and on people's data."""

from collections.abc import Iterable

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest

from portal.accounts.models import DataExport, PersonalRequest, User
from portal.core.models import PrivateFile

REGISTER = "accounts.register_resident"
DECIDE = "accounts.decide_personalrequest"
UNLOCK = "accounts.unlock_user"
RESET_TWO_FACTOR = "accounts.reset_two_factor"
VIEW_AUDIT = "accounts.view_audit"
READ_SCREENS = "office.read_screens"
SAFE_METHODS = ("GET", "HEAD")


def has_any(user: AbstractBaseUser | AnonymousUser, permissions: Iterable[str]) -> bool:
    """Whether somebody holds one of these permissions."""
    return isinstance(user, User) and any(user.has_perm(permission) for permission in permissions)


def may_read(request: HttpRequest, *permissions: str) -> bool:
    """Whether a screen of the admin opens: to holders of one of the permissions, and to readers of all sections.

    Readers may only look: their request is marked `reads_only`, and nothing that they send is accepted.
    """
    if has_any(request.user, permissions):
        return True
    request.reads_only = True  # type: ignore[attr-defined]
    return request.method in SAFE_METHODS and request.user.has_perm(READ_SCREENS)


def may_see_document(user: AbstractBaseUser | AnonymousUser, stored: PrivateFile) -> bool:
    """A document of a request about personal data: its owner, and staff who decide."""
    if not isinstance(user, User):
        return False
    return user.has_perm(DECIDE) or PersonalRequest.objects.filter(document=stored, person__user=user).exists()


def may_see_audit_archive(user: AbstractBaseUser | AnonymousUser, stored: PrivateFile) -> bool:
    """An archived month of the audit: whoever reads the audit."""
    return isinstance(user, User) and user.has_perm(VIEW_AUDIT)


def may_see_export(user: AbstractBaseUser | AnonymousUser, stored: PrivateFile) -> bool:
    """A download of all data: its owner alone."""
    return isinstance(user, User) and DataExport.objects.filter(file=stored, user=user).exists()
