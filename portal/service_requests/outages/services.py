"""An outage is drafted, announced to exactly those it hits, moved, ended, and proposed to billing."""

import datetime as dt
import uuid
from collections.abc import Sequence

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction

from portal.accounts.enums import Service
from portal.billing.services import propose_interruption
from portal.service_requests.dispatch.models import Incident
from portal.service_requests.exceptions import WrongState
from portal.service_requests.outages import notifications
from portal.service_requests.outages.exceptions import (
    BeganTooLongAgo,
    EndBeforeStart,
    EndInFuture,
    EndsTooLate,
    NobodyHit,
    OutageEndUnchanged,
)
from portal.service_requests.outages.models import (
    Outage,
    OutageHouse,
    OutageKind,
    OutageScope,
    OutageState,
)
from portal.service_requests.outages.selectors import Scope, houses_in, scopes_of


@transaction.atomic
def draft(
    *,
    kind: OutageKind,
    services: Sequence[Service],
    starts_at: dt.datetime,
    ends_at: dt.datetime,
    reason: str,
    scopes: Sequence[Scope],
    by: AbstractBaseUser | None,
    delivery: str = "",
    incident: Incident | None = None,
    outage: Outage | None = None,
    form_token: uuid.UUID | None = None,
) -> Outage:
    """Write down an outage, or change a draft; nobody is told. The same form sent twice (`form_token`) is one outage.

    Raises HousesNotUnderstood, EndBeforeStart, WrongState.
    """
    if ends_at <= starts_at:
        raise EndBeforeStart
    if outage is not None and outage.state != OutageState.DRAFT:
        raise WrongState(outage.state)
    houses_in(scopes)
    if outage is None and form_token is not None:
        outage = Outage.objects.filter(form_token=form_token).first()
        if outage is not None:
            return outage
    outage = outage or Outage(created_by_id=by.pk if by else None, incident=incident, form_token=form_token)
    outage.kind, outage.services = kind, [str(service) for service in services]
    outage.starts_at, outage.ends_at = starts_at, ends_at
    outage.reason, outage.delivery = reason, delivery
    outage.save()
    outage.scopes.all().delete()
    OutageScope.objects.bulk_create(
        [OutageScope(outage=outage, street_id=scope.street_id, houses=scope.houses) for scope in scopes]
    )
    return outage


OLDEST, FARTHEST = dt.timedelta(days=92), dt.timedelta(days=366)


def require_plausible(*, starts_at: dt.datetime, ends_at: dt.datetime, now: dt.datetime) -> None:
    """Raise BeganTooLongAgo or EndsTooLate for moments that can only be typing errors."""
    if starts_at < now - OLDEST:
        raise BeganTooLongAgo
    if ends_at > now + FARTHEST:
        raise EndsTooLate


def _locked(outage: Outage, *states: OutageState) -> Outage:
    current = Outage.objects.select_for_update().get(pk=outage.pk)
    if current.state not in states:
        raise WrongState(current.state)
    return current


@transaction.atomic
def publish(*, outage: Outage, moment: dt.datetime) -> Outage:
    """Announce it: fix the houses and tell everybody there, in this transaction.

    Raises WrongState, NobodyHit, BeganTooLongAgo, EndsTooLate.
    """
    outage = _locked(outage, OutageState.DRAFT)
    require_plausible(starts_at=outage.starts_at, ends_at=outage.ends_at, now=moment)
    houses = houses_in(scopes_of(outage))
    if not houses:
        raise NobodyHit
    OutageHouse.objects.bulk_create([OutageHouse(outage=outage, house=house) for house in houses])
    outage.state, outage.published_at, outage.revision = OutageState.PUBLISHED, moment, 1
    outage.save(update_fields=["state", "published_at", "revision"])
    notifications.announced(outage)
    return outage


@transaction.atomic
def move(*, outage: Outage, ends_at: dt.datetime, starts_at: dt.datetime | None = None, reason: str = "") -> Outage:
    """Move its end; the same people are notified again.

    Raises WrongState, EndBeforeStart, EndsTooLate, OutageEndUnchanged.
    """
    outage = _locked(outage, OutageState.PUBLISHED)
    starts_at = starts_at or outage.starts_at
    if ends_at <= starts_at:
        raise EndBeforeStart
    if ends_at > max(starts_at, outage.published_at or starts_at) + FARTHEST:
        raise EndsTooLate
    if (starts_at, ends_at) == (outage.starts_at, outage.ends_at):
        raise OutageEndUnchanged
    outage.starts_at, outage.ends_at = starts_at, ends_at
    outage.reason = reason or outage.reason
    outage.revision += 1
    outage.save(update_fields=["starts_at", "ends_at", "reason", "revision"])
    notifications.moved(outage)
    return outage


@transaction.atomic
def end(*, outage: Outage, ended_at: dt.datetime, now: dt.datetime) -> Outage:
    """Water is back: tell the same people and propose the interruption to the accountant.

    Raises WrongState, EndBeforeStart, EndInFuture.
    """
    outage = _locked(outage, OutageState.PUBLISHED)
    if ended_at < outage.starts_at:
        raise EndBeforeStart
    if ended_at > now:
        raise EndInFuture
    outage.state, outage.ended_at, outage.revision = OutageState.ENDED, ended_at, outage.revision + 1
    outage.save(update_fields=["state", "ended_at", "revision"])
    notifications.ended(outage)
    if ended_at > outage.starts_at:
        _propose_interruption(outage, ended_at)
    return outage


def _propose_interruption(outage: Outage, ended_at: dt.datetime) -> None:
    houses = [hit.house for hit in outage.hit_houses.select_related("house")]
    propose_interruption(
        houses=houses,
        services=[Service(service) for service in outage.services],
        started_at=outage.starts_at,
        ended_at=ended_at,
        source=f"outage:{outage.pk}",
    )


@transaction.atomic
def cancel(*, outage: Outage) -> Outage:
    """Cancel it; those who were notified are notified again. Raises WrongState."""
    outage = _locked(outage, OutageState.DRAFT, OutageState.PUBLISHED)
    published = outage.state == OutageState.PUBLISHED
    outage.state, outage.revision = OutageState.CANCELLED, outage.revision + 1
    outage.save(update_fields=["state", "revision"])
    if published:
        notifications.cancelled(outage)
    return outage
