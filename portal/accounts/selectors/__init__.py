"""Reads about people and accounts, starting from who asks."""

import datetime as dt

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser

from portal.accounts.models import Account, Person


def accounts_of(user: AbstractBaseUser | AnonymousUser) -> list[Account]:
    """The accounts that a login holds now, with addresses, by number (one query)."""
    return list(Account.objects.visible_to(user).with_address().order_by("number"))


def current_holder(account: Account, *, on: dt.date | None = None) -> Person | None:
    """Whom papers of the account name: the longest-standing owner, else tenant, else member (one query)."""
    holders = account.holders.select_related("person").order_by("since", "pk")
    holders = holders.filter(until=None) if on is None else holders.filter(since__lte=on).exclude(until__lt=on)
    ranked = sorted(holders, key=lambda holder: ["owner", "tenant", "user"].index(holder.role))
    return ranked[0].person if ranked else None


def recipients_of(account: Account) -> list[Person]:
    """Everybody who holds the account now and has a login or an e-mail address (one query)."""
    holders = account.holders.filter(until=None).select_related("person__user")
    return [holder.person for holder in holders if holder.person.user_id or holder.person.email]
