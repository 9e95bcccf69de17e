"""A resident's requests of all kinds in one list."""

import datetime as dt
from dataclasses import dataclass

from django.urls import reverse

from portal.accounts.models import User
from portal.service_requests.commissioning import selectors as commissioning
from portal.service_requests.commissioning.enums import ApplicationState as MeterState
from portal.service_requests.commissioning.models import CommissioningApplication
from portal.service_requests.dispatch import selectors as dispatch
from portal.service_requests.dispatch.enums import RequestState
from portal.service_requests.dispatch.models import DispatchRequest

KINDS = {
    RequestState.RECEIVED: "wait",
    RequestState.ASSIGNED: "info",
    RequestState.ON_THE_WAY: "info",
    RequestState.WORKING: "info",
    RequestState.DONE: "ok",
    RequestState.CLOSED: "ok",
    RequestState.REJECTED: "danger",
    MeterState.SUBMITTED: "wait",
    MeterState.OFFERED: "warn",
    MeterState.SCHEDULED: "info",
    MeterState.COMMISSIONED: "ok",
    MeterState.REFUSED: "danger",
    MeterState.WITHDRAWN: "wait",
}


@dataclass(frozen=True, slots=True)
class RequestRow:
    """A request of any kind."""

    title: str
    number: str
    address: str
    state: str
    badge: str
    at: dt.datetime
    url: str
    open: bool


def _dispatch(request: DispatchRequest) -> RequestRow:
    return RequestRow(
        title=str(request.get_kind_display()),
        number=request.number,
        address=request.address,
        state=str(request.get_state_display()),
        badge=KINDS[RequestState(request.state)],
        at=request.received_at,
        url=reverse("cabinet:request", args=[request.pk]),
        open=request.is_open or request.state == RequestState.DONE,
    )


def _meter(application: CommissioningApplication) -> RequestRow:
    return RequestRow(
        title=f"{application.get_service_display()}: {application.place}",
        number=application.number,
        address=application.account.premises.address,
        state=str(application.get_state_display()),
        badge=KINDS[MeterState(application.state)],
        at=application.submitted_at,
        url=reverse("cabinet:commissioning", args=[application.pk]),
        open=application.is_pending,
    )


def rows_of(user: User, *, which: str = "") -> list[RequestRow]:
    """All requests, open ones first, then newest first; `which` is "", "open" or "over" (two queries)."""
    rows = [_dispatch(request) for request in dispatch.requests_of(user)]
    rows += [_meter(application) for application in commissioning.applications_of(user)]
    if which:
        rows = [row for row in rows if row.open == (which == "open")]
    return sorted(rows, key=lambda row: (row.open, row.at), reverse=True)
