"""The dispatcher's lists as files."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.core.exports import ExportColumn
from portal.service_requests.dispatch.models import DispatchRequest
from portal.service_requests.outages.models import Outage

REQUESTS: list[ExportColumn[DispatchRequest]] = [
    ExportColumn(pgettext_lazy("portal", "Number"), lambda dispatch_request: dispatch_request.number),
    ExportColumn(_("Kind"), lambda dispatch_request: str(dispatch_request.get_kind_display())),
    ExportColumn(_("Urgent"), lambda dispatch_request: dispatch_request.urgent),
    ExportColumn(
        _("Address"),
        lambda dispatch_request: ", ".join(part for part in (dispatch_request.address, dispatch_request.place) if part),
    ),
    ExportColumn(_("What the caller says"), lambda dispatch_request: dispatch_request.text),
    ExportColumn(_("Who calls"), lambda dispatch_request: dispatch_request.caller),
    ExportColumn(_("Phone"), lambda dispatch_request: dispatch_request.phone),
    ExportColumn(pgettext_lazy("office", "Received"), lambda dispatch_request: dispatch_request.received_at),
    ExportColumn(_("Work must begin by"), lambda dispatch_request: dispatch_request.norm_until),
    ExportColumn(_("Work began"), lambda dispatch_request: dispatch_request.started_at),
    ExportColumn(_("State"), lambda dispatch_request: str(dispatch_request.get_state_display())),
    ExportColumn(_("Since"), lambda dispatch_request: dispatch_request.changed_at),
    ExportColumn(_("Crew"), lambda dispatch_request: dispatch_request.crew.name if dispatch_request.crew else ""),
    ExportColumn(_("Rating"), lambda dispatch_request: dispatch_request.rating),
]

OUTAGES: list[ExportColumn[Outage]] = [
    ExportColumn(_("Kind"), lambda outage: str(outage.get_kind_display())),
    ExportColumn(_("State"), lambda outage: str(outage.get_state_display())),
    ExportColumn(_("Services"), lambda outage: ", ".join(outage.service_names())),
    ExportColumn(_("Where"), lambda outage: "; ".join(str(scope) for scope in outage.scopes.all())),
    ExportColumn(pgettext_lazy("portal", "From"), lambda outage: outage.starts_at),
    ExportColumn(pgettext_lazy("office", "Until"), lambda outage: outage.ends_at),
    ExportColumn(_("Ended"), lambda outage: outage.ended_at),
    ExportColumn(_("Reason"), lambda outage: outage.reason),
]
