"""Interruptions: proposed by a finished outage, approved or rejected by an accountant."""

import datetime as dt
from collections.abc import Iterable

from django.db import transaction

from portal.accounts.enums import Service
from portal.accounts.models import House, User
from portal.billing.enums import InterruptionStatus
from portal.billing.models import Interruption


@transaction.atomic
def propose_interruption(
    *, houses: Iterable[House], services: Iterable[Service], started_at: dt.datetime, ended_at: dt.datetime, source: str
) -> list[Interruption]:
    """Propose a break for every house and service; one proposed before (same beginning) stays as it is.

    Moments are aware. Raises ValueError when it does not end after it begins.
    """
    if ended_at <= started_at:
        raise ValueError("an interruption ends after it begins")
    services = list(services)
    return [
        Interruption.objects.get_or_create(
            house=house, service=service, started_at=started_at, defaults={"ended_at": ended_at, "source": source}
        )[0]
        for house in houses
        for service in services
    ]


def approve_interruption(*, interruption: Interruption, by: User | None, moment: dt.datetime) -> Interruption:
    """Let the next closing reduce the charges. Decided once: a second decision leaves the first."""
    return _decide(interruption, InterruptionStatus.APPROVED, by, moment)


def reject_interruption(*, interruption: Interruption, by: User | None, moment: dt.datetime) -> Interruption:
    """Keep the break, without effect on charges."""
    return _decide(interruption, InterruptionStatus.REJECTED, by, moment)


def _decide(
    interruption: Interruption, status: InterruptionStatus, by: User | None, moment: dt.datetime
) -> Interruption:
    waiting = Interruption.objects.filter(pk=interruption.pk, status=InterruptionStatus.PROPOSED)
    waiting.update(status=status, decided_by=by, decided_at=moment)
    interruption.refresh_from_db()
    return interruption
