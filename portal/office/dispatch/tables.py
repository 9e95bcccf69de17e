"""The dispatcher's lists as files."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.core.exports import Column
from portal.service_requests.dispatch.models import DispatchRequest
from portal.service_requests.outages.models import Outage

REQUESTS: list[Column[DispatchRequest]] = [
    Column(pgettext_lazy("portal", "Number"), lambda dispatch_request: dispatch_request.number),
    Column(_("Kind"), lambda dispatch_request: str(dispatch_request.get_kind_display())),
    Column(_("Urgent"), lambda dispatch_request: dispatch_request.urgent),
    Column(
        _("Address"),
        lambda dispatch_request: ", ".join(part for part in (dispatch_request.address, dispatch_request.place) if part),
    ),
    Column(_("What the caller says"), lambda dispatch_request: dispatch_request.text),
    Column(_("Who calls"), lambda dispatch_request: dispatch_request.caller),
    Column(_("Phone"), lambda dispatch_request: dispatch_request.phone),
    Column(pgettext_lazy("office", "Received"), lambda dispatch_request: dispatch_request.received_at),
    Column(_("Work must begin by"), lambda dispatch_request: dispatch_request.norm_until),
    Column(_("Work began"), lambda dispatch_request: dispatch_request.started_at),
    Column(_("State"), lambda dispatch_request: str(dispatch_request.get_state_display())),
    Column(_("Since"), lambda dispatch_request: dispatch_request.changed_at),
    Column(_("Crew"), lambda dispatch_request: dispatch_request.crew.name if dispatch_request.crew else ""),
    Column(_("Rating"), lambda dispatch_request: dispatch_request.rating),
]

OUTAGES: list[Column[Outage]] = [
    Column(_("Kind"), lambda dispatch_request: str(dispatch_request.get_kind_display())),
    Column(_("State"), lambda dispatch_request: str(dispatch_request.get_state_display())),
    Column(_("Services"), lambda dispatch_request: ", ".join(dispatch_request.service_names())),
    Column(_("Where"), lambda dispatch_request: "; ".join(str(scope) for scope in dispatch_request.scopes.all())),
    Column(pgettext_lazy("portal", "From"), lambda dispatch_request: dispatch_request.starts_at),
    Column(pgettext_lazy("office", "Until"), lambda dispatch_request: dispatch_request.ends_at),
    Column(_("Ended"), lambda dispatch_request: dispatch_request.ended_at),
    Column(_("Reason"), lambda dispatch_request: dispatch_request.reason),
]
