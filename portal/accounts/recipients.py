"""Whom to tell of an account: everybody who holds it now, at the address that the person gave."""

import datetime as dt
from collections.abc import Iterable

from django.db.models import Q

from portal.accounts.models import Account, Holder, Person
from portal.accounts.selectors import recipients_of
from portal.notifications.services import Recipient


def recipient_of(person: Person) -> Recipient:
    """A person with the login, at the person's address or else the login's."""
    return Recipient(user=person.user, address=person.email or (person.user.email if person.user else ""))


def everybody(account: Account) -> list[Recipient]:
    """Everybody who holds the account now and has a login or an e-mail address (one query)."""
    return [recipient_of(person) for person in recipients_of(account)]


def holders_on(account: Account, day: dt.date) -> list[Recipient]:
    """Whoever held the account on a day, both ends inclusive, and can be reached: whose affair of that day it is.

    Today's holders when nobody is known to have held it then (one query, or two).
    """
    holdings = account.holders.filter(Q(until=None) | Q(until__gte=day), since__lte=day).select_related("person__user")
    people = {holder.person_id: holder.person for holder in holdings}
    if not people:
        return everybody(account)
    return [recipient_of(person) for person in people.values() if person.user_id or person.email]


def everybody_of_houses(house_ids: Iterable[int]) -> list[Recipient]:
    """Everybody who holds an open account in these houses and can be reached, each once (one query)."""
    holding = Holder.objects.filter(
        until=None, account__closed_on=None, account__premises__house_id__in=list(house_ids)
    ).select_related("person__user")
    people = {holder.person_id: holder.person for holder in holding}
    return [recipient_of(person) for person in people.values() if person.user_id or person.email]
