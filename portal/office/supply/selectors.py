"""Persons and services of an account, as its forms show them."""

from django.db.models import QuerySet

from portal.accounts.models import Account, AccountService, Occupancy

SHOWN_OCCUPANCIES = 6


def service_of(account: Account, pk: int) -> AccountService | None:
    """A supplied service of the account."""
    return account.services.filter(pk=pk).first()


def services_of(account: Account) -> QuerySet[AccountService]:
    """Supplied services, those in force first."""
    return account.services.order_by("until", "service", "since")


def last_occupancy(account: Account) -> Occupancy | None:
    """How many persons live there now."""
    return account.occupancies.order_by("-since").first()


def occupancies_of(account: Account) -> QuerySet[Occupancy]:
    """The last changes of the persons, the newest first."""
    return account.occupancies.order_by("-since")[:SHOWN_OCCUPANCIES]
