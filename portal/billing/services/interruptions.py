"""Interruptions: proposed by a finished outage, approved or rejected by an accountant, also after the closing."""

import datetime as dt
from collections.abc import Iterable

from django.db import transaction
from django.db.models import Max, QuerySet

from portal.accounts import audit
from portal.accounts.enums import Service
from portal.accounts.models import House, User
from portal.billing.enums import InterruptionStatus
from portal.billing.models import Interruption, PeriodRun
from portal.core import clock


@transaction.atomic
def propose_interruption(
    *, houses: Iterable[House], services: Iterable[Service], started_at: dt.datetime, ended_at: dt.datetime, source: str
) -> list[Interruption]:
    """Propose a break for every house and service; one proposed before (same beginning) stays as it is.

    One whose end was corrected since waits for a decision anew; until then what was booked stands. Moments are
    aware. Raises ValueError when it does not end after it begins.
    """
    if ended_at <= started_at:
        raise ValueError("an interruption ends after it begins")
    services = list(services)
    return [_proposed(house, service, started_at, ended_at, source) for house in houses for service in services]


def _proposed(
    house: House, service: Service, started_at: dt.datetime, ended_at: dt.datetime, source: str
) -> Interruption:
    interruption, made = Interruption.objects.get_or_create(
        house=house, service=service, started_at=started_at, defaults={"ended_at": ended_at, "source": source}
    )
    if not made and interruption.ended_at != ended_at:
        interruption.ended_at, interruption.status = ended_at, InterruptionStatus.PROPOSED
        interruption.save(update_fields=["ended_at", "status"])
    return interruption


def approve_interruption(*, interruption: Interruption, by: User | None, moment: dt.datetime) -> Interruption:
    """Let the next closing reduce the charges. Decided once: a second decision leaves the first."""
    return _decide(interruption, InterruptionStatus.PROPOSED, InterruptionStatus.APPROVED, by, moment)


def reject_interruption(*, interruption: Interruption, by: User | None, moment: dt.datetime) -> Interruption:
    """Keep the break, without effect on charges."""
    return _decide(interruption, InterruptionStatus.PROPOSED, InterruptionStatus.REJECTED, by, moment)


def reject_together(*, source: str, by: User | None, moment: dt.datetime) -> int:
    """Reject all interruptions of one outage that wait; returns how many."""
    status = InterruptionStatus.REJECTED
    waiting = Interruption.objects.filter(source=source, status=InterruptionStatus.PROPOSED)
    first = waiting.order_by("pk").first()
    count = _set(waiting, status, by, moment)
    if first is not None and count:
        audit.decided(first, by=by, what=f"Снижения платы: {source}, перерывов {count}", after=status.label)
    return count


def change_decision(*, interruption: Interruption, by: User | None, moment: dt.datetime) -> Interruption:
    """Turn a decision round. What a closing took off already, or did not, the next one books as a difference."""
    turned = {
        InterruptionStatus.APPROVED.value: InterruptionStatus.REJECTED,
        InterruptionStatus.REJECTED.value: InterruptionStatus.APPROVED,
    }
    status = interruption.status
    return _decide(interruption, status, turned[status], by, moment) if status in turned else interruption


def _decide(
    interruption: Interruption, before: str, status: InterruptionStatus, by: User | None, moment: dt.datetime
) -> Interruption:
    changed = _set(Interruption.objects.filter(pk=interruption.pk, status=before), status, by, moment)
    interruption.refresh_from_db()
    if changed:
        what = f"Снижение платы № {interruption.pk}: {interruption.source}"
        audit.decided(interruption, by=by, what=what, after=status.label)
    return interruption


def _set(waiting: QuerySet[Interruption], status: InterruptionStatus, by: User | None, moment: dt.datetime) -> int:
    return waiting.update(status=status, decided_by=by, decided_at=moment, recorded_at=_after_every_closing())


def _after_every_closing() -> dt.datetime:
    """Now, or just after the last closing that began: also where that one was played on a date still to come."""
    now, begun = clock.real_now(), PeriodRun.objects.aggregate(last=Max("started_at"))["last"]
    return now if begun is None else max(now, begun + dt.timedelta(milliseconds=1))
