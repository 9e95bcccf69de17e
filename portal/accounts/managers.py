"""Managers of people and accounts: lookups ignore case, and residents see only their own rows."""

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser, UserManager
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from portal.accounts.calculation import canonical_login

if TYPE_CHECKING:
    from portal.accounts.models import User


class PortalUserManager(UserManager["User"]):
    """Login names and e-mail addresses are found whatever their case; who is staff is no column."""

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.alias(folded=Lower("username")).get(folded=canonical_login(username or ""))

    def _create_user_object(self, username: str, email: str | None, password: str | None, **extra: Any) -> "User":
        """Drop the `is_staff` that Django's manager names: here rights alone say it (portal.accounts.staff)."""
        extra.pop("is_staff", None)
        return super()._create_user_object(username, email, password, **extra)  # type: ignore[misc]  # not in the stubs


class AccountQuerySet(models.QuerySet):
    """Accounts, starting from who asks."""

    def visible_to(self, user: AbstractBaseUser | AnonymousUser, *, on: dt.date | None = None) -> "AccountQuerySet":
        """Accounts that this login holds on a day (today's holders when no day is given)."""
        if not user.is_authenticated:
            return self.none()
        holding: dict[str, Any] = {"holders__person__user": user}
        current = Q(holders__until=None) if on is None else Q(holders__until=None) | Q(holders__until__gte=on)
        return self.filter(current, **holding).distinct()

    def open_on(self, day: dt.date) -> "AccountQuerySet":
        """Accounts that are open on a day (inclusive)."""
        return self.filter(Q(closed_on=None) | Q(closed_on__gte=day), opened_on__lte=day)

    def with_address(self) -> "AccountQuerySet":
        """With premises, house and street in the same query."""
        return self.select_related("premises__house__street")
