"""The engineer's lists as files."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.core.exports import Column
from portal.service_requests.commissioning.models import Application
from portal.service_requests.replacement.models import ReplacementOrder

APPLICATIONS: list[Column[Application]] = [
    Column(pgettext_lazy("portal", "Number"), lambda one: one.number),
    Column(pgettext_lazy("portal", "Submitted"), lambda one: one.submitted_at),
    Column(_("State"), lambda one: str(one.get_state_display())),
    Column(_("We answer by"), lambda one: one.contact_by),
    Column(_("Answered"), lambda one: one.contacted_at),
    Column(_("Customer account"), lambda one: one.account.number),
    Column(_("Address"), lambda one: one.account.premises.address),
    Column(_("Applicant"), lambda one: one.applicant),
    Column(_("Phone"), lambda one: one.phone),
    Column(_("Service"), lambda one: str(one.get_service_display())),
    Column(_("Where it is installed"), lambda one: one.place),
    Column(_("Type"), lambda one: one.type_name),
    Column(_("Serial number"), lambda one: one.serial_number),
    Column(_("Installed"), lambda one: one.mounted_on),
    Column(_("Next verification"), lambda one: one.verified_until),
]

ORDERS: list[Column[ReplacementOrder]] = [
    Column(pgettext_lazy("portal", "Number"), lambda one: one.number),
    Column(_("State"), lambda one: str(one.get_state_display())),
    Column(_("Customer account"), lambda one: one.meter.account.number),
    Column(_("Address"), lambda one: one.meter.account.premises.address),
    Column(_("Meter"), lambda one: str(one.meter)),
    Column(_("Verification ends"), lambda one: one.due_on),
    Column(_("Price, ₽"), lambda one: one.agreement.price),
]
