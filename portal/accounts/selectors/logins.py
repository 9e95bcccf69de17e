"""Logins: by name or address, what is paused, where they are open."""

import datetime as dt

from django.db.models import Q, QuerySet

from portal.accounts.models import Throttle, User


def login_named(typed: str) -> User | None:
    """The login for a login name or an e-mail address, any case, spaces trimmed (one query).

    Login names have no @, so a text is one or the other, never both.
    """
    name = typed.strip()
    found = User.objects.filter(email__iexact=name) if "@" in name else User.objects.filter(username__iexact=name)
    return found.first()


def paused(moment: dt.datetime) -> QuerySet[Throttle]:
    """Logins and addresses that wait now."""
    return Throttle.objects.filter(Q(blocked_until__gt=moment))
