"""The first administrator of a site: a login without a password, and a link to set one."""

from dataclasses import dataclass

from django.core.validators import validate_email
from django.db import transaction

from portal.accounts.exceptions import LoginTaken
from portal.accounts.models import User
from portal.accounts.services.recovery import link_path


@dataclass(frozen=True, slots=True)
class Invitation:
    """A login and the path where its owner sets the password: one use, 24 hours."""

    user: User
    path: str


@transaction.atomic
def invite_administrator(*, username: str, email: str) -> Invitation:
    """Make a superuser without a password, or find the one who has set none yet, with a fresh link.

    Raises LoginTaken when the login has a password or is no superuser's, ValidationError.
    """
    validate_email(email)
    user = User.objects.filter(username__iexact=username).first()
    if user is None:
        user = User(username=username, email=email, is_superuser=True)
        user.set_unusable_password()
        user.full_clean()
        user.save()
    elif user.has_usable_password() or not user.is_superuser:
        raise LoginTaken
    return Invitation(user, link_path(user))
