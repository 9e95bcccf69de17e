"""Whom to tell of an account: everybody who holds it now, at the address that the person gave."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q

from portal.accounts.models import Account, Holder, Person
from portal.notifications.services import AccountLabel, Recipient

if TYPE_CHECKING:
    from django.db.models import QuerySet


def recipient_of(person: Person) -> Recipient:
    """A person with the login, at the person's address or else the login's."""
    return Recipient(user=person.user, address=person.email or (person.user.email if person.user else ""))


def reachable(holders: Iterable[Holder]) -> list[Recipient]:
    """Return those of some holders who have a login or an e-mail address, each once; needs their persons and logins
    loaded.
    """
    people = {holder.person_id: holder.person for holder in holders}
    return [recipient_of(person) for person in people.values() if person.user_id or person.email]


def with_other_accounts(holders: "QuerySet[Holder]") -> "QuerySet[Holder]":
    """Holders with `holds_others`: whether the person holds another account now; persons and logins are loaded."""
    others = Holder.objects.filter(person=OuterRef("person"), until=None).exclude(account=OuterRef("account"))
    return holders.select_related("person__user").annotate(holds_others=Exists(others))


def naming_account(holders: Iterable[Holder], account: Account) -> list[Recipient]:
    """Return those of some holders of one account who can be reached, each once; who has other accounts too is told
    which.

    `holders` come from `with_other_accounts`.
    """
    rows = list(holders)
    several = any(holder.holds_others for holder in rows)  # type: ignore[attr-defined]  # annotated
    label = AccountLabel(account.number, account.premises.address) if several else None
    people = {holder.person_id: holder for holder in rows if holder.person.user_id or holder.person.email}
    return [
        replace(recipient_of(holder.person), account=label if holder.holds_others else None)  # type: ignore[attr-defined]
        for holder in people.values()
    ]


def everybody(account: Account) -> list[Recipient]:
    """Return all who hold the account now and can be reached (one query; the address where it is to be named)."""
    return naming_account(with_other_accounts(account.holders.filter(until=None)), account)


def holders_on(account: Account, day: dt.date) -> list[Recipient]:
    """Whoever held the account on a day, both ends inclusive, and can be reached: whose affair of that day it is.

    Today's holders when nobody is known to have held it then (one query, or two).
    """
    holders = with_other_accounts(account.holders.filter(Q(until=None) | Q(until__gte=day), since__lte=day))
    return naming_account(holders, account) if holders else everybody(account)


def everybody_of_houses(house_ids: Iterable[int]) -> list[Recipient]:
    """Return everybody who holds an open account in these houses and can be reached, each once (one query)."""
    holding = Holder.objects.filter(
        until=None, account__closed_on=None, account__premises__house_id__in=list(house_ids)
    ).select_related("person__user")
    return reachable(holding)
