"""Whom to tell: everybody who holds an account now."""

from collections.abc import Iterable

from portal.accounts.models import Account, Holder, Person
from portal.accounts.selectors import recipients_of
from portal.notifications.services import Recipient


def holders(account: Account) -> list[Recipient]:
    """The holders of an account with a login or an address (one query)."""
    return [_recipient(person) for person in recipients_of(account)]


def holders_of_houses(house_ids: Iterable[int]) -> list[Recipient]:
    """Everybody who holds an open account in these houses, each once (one query)."""
    holding = Holder.objects.filter(
        until=None, account__closed_on=None, account__premises__house_id__in=list(house_ids)
    ).select_related("person__user")
    people = {holder.person_id: holder.person for holder in holding}
    return [_recipient(person) for person in people.values() if person.user_id or person.email]


def _recipient(person: Person) -> Recipient:
    address = person.user.email if person.user and person.user.email else person.email
    return Recipient(person.user, address)
