"""Logins: by name or address, what is paused, where they are open."""

import datetime as dt

from django.db.models import Q, QuerySet
from django.db.models.functions import Lower

from portal.accounts.calculation import canonical_login
from portal.accounts.models import Throttle, User


def login_named(typed: str) -> User | None:
    """The login for a login name or an e-mail address in any spelling of one canonical form (one query).

    Login names have no @, so a text is one or the other, never both. They are Latin letters, so that SQLite and
    PostgreSQL fold them alike; of addresses, which the two fold differently, only an equal canonical form counts.
    """
    name = canonical_login(typed)
    if "@" in name:
        users = User.objects.filter(email__iexact=name).order_by("pk")
        return next((user for user in users if canonical_login(user.email) == name), None)
    return User.objects.alias(folded=Lower("username")).filter(folded=name).first()


def paused(moment: dt.datetime) -> QuerySet[Throttle]:
    """Logins and addresses that wait now."""
    return Throttle.objects.filter(Q(blocked_until__gt=moment))
