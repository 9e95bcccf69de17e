"""Notifications to residents about their requests to the dispatcher."""

import datetime as dt
from typing import TYPE_CHECKING

from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from portal.accounts.recipients import holders_on
from portal.core.clock import MOSCOW, date_of
from portal.core.formatting import moment_text
from portal.notifications import categories
from portal.notifications.declarations import Link, NotificationKind, Placeholder, register
from portal.notifications.services import notify
from portal.notifications.texts import Text
from portal.service_requests.dispatch.enums import RequestKind, RequestState
from portal.service_requests.dispatch.models import DispatchEvent, DispatchRequest, RequestEventKind

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

_STATES: "dict[RequestState, StrOrPromise]" = {
    RequestState.RECEIVED: pgettext_lazy("notice of a request", "received"),
    RequestState.ASSIGNED: pgettext_lazy("notice of a request", "a crew is assigned"),
    RequestState.ON_THE_WAY: pgettext_lazy("notice of a request", "the crew is on its way"),
    RequestState.WORKING: pgettext_lazy("notice of a request", "the crew is working"),
    RequestState.DONE: pgettext_lazy("notice of a request", "the work is done"),
    RequestState.CLOSED: pgettext_lazy("notice of a request", "closed"),
    RequestState.REJECTED: pgettext_lazy("notice of a request", "rejected"),
}
_OTHER: "dict[RequestEventKind, StrOrPromise]" = {
    RequestEventKind.WORDS: pgettext_lazy("notice of a request", "a message of the crew"),
    RequestEventKind.TERM: pgettext_lazy("notice of a request", "a new term"),
    RequestEventKind.EDIT: pgettext_lazy("notice of a request", "the request was corrected"),
}
_UNDONE: "dict[RequestState, StrOrPromise]" = {
    RequestState.WORKING: pgettext_lazy("notice of a request", "the work is not done yet"),
    RequestState.RECEIVED: pgettext_lazy("notice of a request", "reopened"),
}
_NEXT: "dict[RequestState, StrOrPromise]" = {
    RequestState.RECEIVED: _("We shall write when the crew leaves."),
    RequestState.DONE: _("Check and confirm it in your account. If it did not help, send the request back to work."),
}
_MISTAKE = _("The last message was a mistake, we are sorry.")


def _promise_text(promised_at: dt.datetime) -> str:
    return gettext("We promise to finish by %(moment)s.") % {"moment": moment_text(promised_at)}


REQUEST_CHANGED = register(
    NotificationKind(
        code="request_changed",
        name=_("Request changed"),
        category=categories.REQUEST_CHANGED,
        icon="chat",
        link=Link("cabinet:request", (1,)),
        placeholders={
            "number": Placeholder(_("Number of the request"), "11842"),
            "kind": Placeholder(_("What the request is about"), next(iter(RequestKind)).label),
            "address": Placeholder(_("Address of the request"), "ул. Речная, д. 8"),
            "state": Placeholder(_("What happened, in a few words"), _STATES[RequestState.ON_THE_WAY]),
            "message": Placeholder(_("What the crew or the dispatcher wrote, if anything"), "Едут с насосом."),
            "promise": Placeholder(
                _("The promised time, while the request is open"),
                dt.datetime(2026, 11, 15, 9, 0, tzinfo=MOSCOW),
                _promise_text,
            ),
            "next": Placeholder(_("What comes next"), _NEXT[RequestState.RECEIVED]),
        },
        russian=Text("Заявка № {number}: {state}", "{kind}, {address}: {state}. {message} {promise} {next}"),
        english=Text("Request No. {number}: {state}", "{kind}, {address}: {state}. {message} {promise} {next}"),
    )
)


def notify_event(request: DispatchRequest, event: DispatchEvent) -> int:
    """Tell the holders of the account of an event; callers without an account are phoned."""
    if request.account is None:
        return 0
    return notify(
        kind=REQUEST_CHANGED,
        event=f"dispatch:{request.pk}:{event.pk}",
        recipients=holders_on(request.account, date_of(request.received_at)),
        context={
            "number": request.number,
            "kind": RequestKind(request.kind).label,
            "address": request.address,
            "state": _shown(event),
            "message": event.text if event.kind != RequestEventKind.TERM else None,
            "promise": request.promised_at if request.is_open else None,
            "next": _MISTAKE if event.kind == RequestEventKind.UNDONE else _next(event),
        },
        link_args=(request.pk,),
    )


def _next(event: DispatchEvent) -> "StrOrPromise | None":
    return _NEXT.get(RequestState(event.state)) if event.state else None


def _shown(event: DispatchEvent) -> "StrOrPromise":
    if event.kind == RequestEventKind.UNDONE:
        return _UNDONE[RequestState(event.state)]
    return _STATES[RequestState(event.state)] if event.state else _OTHER[RequestEventKind(event.kind)]
