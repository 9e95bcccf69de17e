"""Reads about people and accounts, starting from who asks."""

import datetime as dt

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, OuterRef, Subquery

from portal.accounts.enums import HOLDER_RANKS
from portal.accounts.models import Account, Holder, House, Person


def accounts_of(user: AbstractBaseUser | AnonymousUser) -> list[Account]:
    """The accounts that a login holds now, with addresses and `own_since`, by number (one query).

    `own_since` is the first day on which the login's person held the account.
    """
    holdings = Holder.objects.filter(account=OuterRef("pk"), person__user=user.pk).order_by("since")
    accounts = (
        Account.objects.visible_to(user).with_address().annotate(own_since=Subquery(holdings.values("since")[:1]))
    )
    return list(accounts.order_by("number"))


def account_of(user: AbstractBaseUser | AnonymousUser, pk: int) -> Account | None:
    """One account that a login holds now, with its address (one query); None for an account of others."""
    return Account.objects.visible_to(user).with_address().filter(pk=pk).first()


def house_of(pk: int) -> House | None:
    """The house of a primary key, with its street (one query); None when there is none."""
    return House.objects.select_related("street").filter(pk=pk).first()


def holds(user: AbstractBaseUser | AnonymousUser, account: Account) -> bool:
    """Whether a login holds the account now: an employee's own money always takes another person (one query)."""
    return Account.objects.visible_to(user).filter(pk=account.pk).exists()


def current_holder(account: Account, *, on: dt.date | None = None) -> Person | None:
    """Whom papers of the account name: the longest-standing owner, else tenant, else member, else agent (one query)."""
    holders = account.holders.select_related("person").order_by("since", "pk")
    holders = holders.filter(until=None) if on is None else holders.filter(since__lte=on).exclude(until__lt=on)
    ranked = sorted(holders, key=lambda holder: HOLDER_RANKS.index(holder.role))
    return ranked[0].person if ranked else None


def holders_now(account: Account) -> list[Holder]:
    """Return all who hold the account now, with their person and login, the longest first (one query)."""
    return list(account.holders.filter(until=None).select_related("person__user").order_by("since", "pk"))


def former_holdings(user: AbstractBaseUser | AnonymousUser) -> list[Holder]:
    """Return what a login held until some day and holds no longer, with accounts and addresses, the latest first (one
    query).

    A person whose role changed has two holdings of one account, one after the other.
    """
    if not user.is_authenticated:
        return []
    held_now = Holder.objects.filter(account=OuterRef("account"), person__user=user.pk, until=None)
    holdings = Holder.objects.filter(~Exists(held_now), person__user=user.pk, until__isnull=False)
    return list(holdings.select_related("account__premises__house__street", "person").order_by("-until", "-pk"))


def left_by_handover(holder: Holder) -> list[Holder]:
    """Return who held the account until the day before a holder came, the holder's own earlier role left out (one
    query).
    """
    last = holder.since - dt.timedelta(days=1)
    left = Holder.objects.filter(account=holder.account, until=last).exclude(person=holder.person)
    return list(left.select_related("person__user").order_by("since", "pk"))
