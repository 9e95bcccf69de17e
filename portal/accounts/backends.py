"""Login name or e-mail address with a password: one lookup and one hash, whether the login exists or not."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.http import HttpRequest

from portal.accounts.models import User
from portal.accounts.selectors.logins import login_named
from portal.accounts.staff import with_employee_flag
from portal.core import clock


class PortalBackend(AuthenticationBackend):
    """allauth's backend with our lookup; allauth hashes once for nothing when nobody was found."""

    def _authenticate(self, request: HttpRequest | None, **credentials: Any) -> User | None:
        typed = credentials.get("email") or credentials.get("username") or ""
        user = self._check_password(login_named(typed), credentials["password"])
        return None if user is None or _slip_is_too_old(user) else user

    def get_user(self, user_id: int) -> User | None:
        """The login of a session, with the answer whether it is an employee's, in one query."""
        user = with_employee_flag().filter(pk=user_id).first()
        return user if user is not None and self.user_can_authenticate(user) else None


def _slip_is_too_old(user: User) -> bool:
    """A one-time password that nobody used in its days opens nothing any more."""
    return user.one_time_password_until is not None and user.one_time_password_until < clock.real_now()
