"""Whom to tell of an account: everybody who holds it now, at the address that the person gave."""

import datetime as dt
from collections.abc import Iterable

from django.db.models import Q

from portal.accounts.models import Account, Holder, Person
from portal.notifications.services import Recipient


def recipient_of(person: Person) -> Recipient:
    """A person with the login, at the person's address or else the login's."""
    return Recipient(user=person.user, address=person.email or (person.user.email if person.user else ""))


def reachable(holders: Iterable[Holder]) -> list[Recipient]:
    """Those of some holders who have a login or an e-mail address, each once; needs their persons and logins loaded."""
    people = {holder.person_id: holder.person for holder in holders}
    return [recipient_of(person) for person in people.values() if person.user_id or person.email]


def everybody(account: Account) -> list[Recipient]:
    """Everybody who holds the account now and can be reached (one query)."""
    return reachable(account.holders.filter(until=None).select_related("person__user"))


def holders_on(account: Account, day: dt.date) -> list[Recipient]:
    """Whoever held the account on a day, both ends inclusive, and can be reached: whose affair of that day it is.

    Today's holders when nobody is known to have held it then (one query, or two).
    """
    holdings = account.holders.filter(Q(until=None) | Q(until__gte=day), since__lte=day).select_related("person__user")
    return reachable(holdings) if holdings else everybody(account)


def everybody_of_houses(house_ids: Iterable[int]) -> list[Recipient]:
    """Everybody who holds an open account in these houses and can be reached, each once (one query)."""
    holding = Holder.objects.filter(
        until=None, account__closed_on=None, account__premises__house_id__in=list(house_ids)
    ).select_related("person__user")
    return reachable(holding)
