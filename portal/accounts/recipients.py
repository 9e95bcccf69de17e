"""Whom to tell of an account: everybody who holds it now, at the address that the person gave."""

from portal.accounts.models import Account, Person
from portal.accounts.selectors import recipients_of
from portal.notifications.services import Recipient


def recipient_of(person: Person) -> Recipient:
    """A person with the login, at the person's address or else the login's."""
    return Recipient(user=person.user, address=person.email or (person.user.email if person.user else ""))


def everybody(account: Account) -> list[Recipient]:
    """Everybody who holds the account now and has a login or an e-mail address (one query)."""
    return [recipient_of(person) for person in recipients_of(account)]
