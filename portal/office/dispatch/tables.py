"""The dispatcher's lists as files."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.core.exports import Column
from portal.service_requests.dispatch.models import DispatchRequest
from portal.service_requests.outages.models import Outage

REQUESTS: list[Column[DispatchRequest]] = [
    Column(pgettext_lazy("portal", "Number"), lambda one: one.number),
    Column(_("Kind"), lambda one: str(one.get_kind_display())),
    Column(_("Urgent"), lambda one: one.urgent),
    Column(_("Address"), lambda one: ", ".join(part for part in (one.address, one.place) if part)),
    Column(_("What the caller says"), lambda one: one.text),
    Column(_("Who calls"), lambda one: one.caller),
    Column(_("Phone"), lambda one: one.phone),
    Column(pgettext_lazy("office", "Received"), lambda one: one.received_at),
    Column(_("Work must begin by"), lambda one: one.norm_until),
    Column(_("Work began"), lambda one: one.started_at),
    Column(_("State"), lambda one: str(one.get_state_display())),
    Column(_("Since"), lambda one: one.changed_at),
    Column(_("Crew"), lambda one: one.crew.name if one.crew else ""),
    Column(_("Rating"), lambda one: one.rating),
]

OUTAGES: list[Column[Outage]] = [
    Column(_("Kind"), lambda one: str(one.get_kind_display())),
    Column(_("State"), lambda one: str(one.get_state_display())),
    Column(_("Services"), lambda one: ", ".join(one.service_names())),
    Column(_("Where"), lambda one: "; ".join(str(scope) for scope in one.scopes.all())),
    Column(pgettext_lazy("portal", "From"), lambda one: one.starts_at),
    Column(pgettext_lazy("office", "Until"), lambda one: one.ends_at),
    Column(_("Ended"), lambda one: one.ended_at),
    Column(_("Reason"), lambda one: one.reason),
]
