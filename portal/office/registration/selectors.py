"""People, holdings and drafts as the registration shows them, and what those who left had open."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from portal.accounts.enums import PersonalRequestState
from portal.accounts.models import (
    Account,
    Contract,
    Holder,
    Person,
    PersonalRequest,
    RegistrationApplication,
    RegistrationDraft,
    Street,
    User,
)
from portal.accounts.selectors.people import search_people
from portal.service_requests.commissioning.enums import PENDING
from portal.service_requests.commissioning.models import CommissioningApplication
from portal.service_requests.dispatch.enums import OPEN
from portal.service_requests.dispatch.models import DispatchRequest

SHOWN_DRAFTS, SHOWN_FINISHED, SHOWN_APPLICATIONS = 20, 10, 50


@dataclass(frozen=True, slots=True)
class OpenItems:
    """Open requests and applications that those who left had sent."""

    requests: Sequence[DispatchRequest]
    applications: Sequence[CommissioningApplication]

    def __bool__(self) -> bool:
        return bool(self.requests or self.applications)


def waiting_of(account: Account, left: Sequence[Holder]) -> OpenItems:
    """Open requests of people who left an account, for whoever booked the handover to pass on (two queries)."""
    users = [former.person.user_id for former in left if former.person.user_id]
    return OpenItems(
        list(DispatchRequest.objects.filter(account=account, state__in=OPEN, author__in=users)),
        list(CommissioningApplication.objects.filter(account=account, state__in=PENDING, author__in=users)),
    )


def people_by(query: str) -> QuerySet[Person]:
    """People by name, number or login; nobody without query."""
    return search_people(query) if query else Person.objects.none()


def open_drafts() -> QuerySet[RegistrationDraft]:
    """Registrations that were begun, with who began them."""
    return RegistrationDraft.objects.filter(finished_at=None).select_related("registrar")[:SHOWN_DRAFTS]


def finished_drafts() -> QuerySet[RegistrationDraft]:
    """The last registrations that were finished."""
    finished = RegistrationDraft.objects.exclude(finished_at=None).select_related("registrar", "account")
    return finished.order_by("-finished_at")[:SHOWN_FINISHED]


def waiting_requests() -> QuerySet[PersonalRequest]:
    """Requests about personal data that wait for a decision."""
    return PersonalRequest.objects.filter(state=PersonalRequestState.WAITING).select_related("person", "document")


def waiting_applications(today: dt.date) -> QuerySet[RegistrationApplication]:
    """Applications sent ahead that nobody has taken and that are kept still."""
    return RegistrationApplication.objects.filter(expires_on__gte=today, taken_by=None)[:SHOWN_APPLICATIONS]


def application_numbered(number: str, *, today: dt.date) -> RegistrationApplication | None:
    """An application that is kept still."""
    return RegistrationApplication.objects.filter(number=number, expires_on__gte=today).first()


def street_names() -> QuerySet[Street, str]:
    """Names of all streets, for the suggestions of a field."""
    return Street.objects.values_list("name", flat=True)


def person_of(pk: int) -> Person | None:
    """A person with their login."""
    return Person.objects.select_related("user").filter(pk=pk).first()


def holdings_of(person: Person) -> QuerySet[Holder]:
    """Accounts that a person holds or held, present ones first."""
    return person.holdings.select_related("account__premises__house__street").order_by("until", "-since")


def present_holding(person: Person) -> Holder | None:
    """An account that a person holds now."""
    return person.holdings.filter(until=None).select_related("account").first()


def holders_of(account: Account) -> QuerySet[Holder]:
    """Everybody who holds or held an account, present ones first."""
    return account.holders.select_related("person__user").order_by("until", "since")


def usernames_from(beginning: str) -> set[str]:
    """Login names that begin so, in small letters."""
    names = User.objects.filter(username__istartswith=beginning).values_list("username", flat=True)
    return {name.lower() for name in names}


def contract_of(pk: int) -> Contract | None:
    """A contract with its person, account and address."""
    return Contract.objects.select_related("account__premises__house__street", "person").filter(pk=pk).first()


def holder_of(pk: int) -> Holder | None:
    """A holder with their person, login, account and address."""
    return Holder.objects.select_related("person__user", "account__premises__house__street").filter(pk=pk).first()


def contract_in_force(holder: Holder) -> Contract | None:
    """The contract of a holder that has not ended."""
    return holder.account.contracts.filter(person=holder.person, ended_on=None).first()
