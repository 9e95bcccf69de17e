"""Records that the dispatcher's screens show, each loaded with what its page needs."""

import uuid
from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet

from portal.service_requests.crews.models import Crew, CrewKind
from portal.service_requests.dispatch.models import DispatchRequest, Incident
from portal.service_requests.outages.models import Outage

MAX_REQUESTS = 50


def request_of(pk: int) -> DispatchRequest | None:
    """A request with account, house, crew, incident and outage."""
    requests = DispatchRequest.objects.select_related("account", "house", "crew", "incident", "outage")
    return requests.filter(pk=pk).first()


def requests_of(ids: Sequence[int]) -> list[DispatchRequest]:
    """Requests with their incidents."""
    return list(DispatchRequest.objects.filter(pk__in=ids).select_related("incident"))


def incident_of(pk: int) -> Incident | None:
    """An incident with its house."""
    return Incident.objects.select_related("house__street").filter(pk=pk).first()


def requests_of_incident(incident: Incident) -> list[DispatchRequest]:
    """Requests of an incident, the first received first."""
    return list(incident.requests.select_related("crew").order_by("received_at"))


def emergency_crew(pk: int) -> Crew | None:
    """A crew that accidents are sent to."""
    return Crew.objects.filter(pk=pk, kind=CrewKind.EMERGENCY).first()


def outage_of(pk: int) -> Outage | None:
    """An outage with the streets that it hits."""
    return Outage.objects.prefetch_related("scopes__street").filter(pk=pk).first()


def outage_by_form(form_token: uuid.UUID | None) -> Outage:
    """The outage that a form entered. Raises Outage.DoesNotExist."""
    return Outage.objects.get(form_token=form_token)


def requests_of_outage(outage: Outage) -> "QuerySet[Any]":
    """The last requests that belong to an outage."""
    return outage.requests.order_by("-received_at")[:MAX_REQUESTS]
