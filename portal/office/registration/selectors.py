"""Open requests of a former holder at their former account."""

from collections.abc import Sequence
from dataclasses import dataclass

from portal.accounts.models import Account, Holder
from portal.service_requests.commissioning.enums import PENDING
from portal.service_requests.commissioning.models import Application
from portal.service_requests.dispatch.enums import OPEN
from portal.service_requests.dispatch.models import DispatchRequest


@dataclass(frozen=True, slots=True)
class OpenItems:
    """Open requests and applications that those who left had sent."""

    requests: Sequence[DispatchRequest]
    applications: Sequence[Application]

    def __bool__(self) -> bool:
        return bool(self.requests or self.applications)


def waiting_of(account: Account, left: Sequence[Holder]) -> OpenItems:
    """Open requests of people who left an account, for whoever booked the handover to pass on (two queries)."""
    users = [former.person.user_id for former in left if former.person.user_id]
    return OpenItems(
        list(DispatchRequest.objects.filter(account=account, state__in=OPEN, author__in=users)),
        list(Application.objects.filter(account=account, state__in=PENDING, author__in=users)),
    )
