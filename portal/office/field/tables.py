"""The engineer's lists as files."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.core.exports import Column
from portal.service_requests.commissioning.models import CommissioningApplication
from portal.service_requests.replacement.models import ReplacementOrder

APPLICATIONS: list[Column[CommissioningApplication]] = [
    Column(pgettext_lazy("portal", "Number"), lambda row: row.number),
    Column(pgettext_lazy("portal", "Submitted"), lambda row: row.submitted_at),
    Column(_("State"), lambda row: str(row.get_state_display())),
    Column(_("We answer by"), lambda row: row.contact_by),
    Column(_("Answered"), lambda row: row.contacted_at),
    Column(_("Customer account"), lambda row: row.account.number),
    Column(_("Address"), lambda row: row.account.premises.address),
    Column(_("Applicant"), lambda row: row.applicant),
    Column(_("Phone"), lambda row: row.phone),
    Column(_("Service"), lambda row: str(row.get_service_display())),
    Column(_("Where it is installed"), lambda row: row.place),
    Column(_("Type"), lambda row: row.type_name),
    Column(_("Serial number"), lambda row: row.serial_number),
    Column(_("Installed"), lambda row: row.mounted_on),
    Column(_("Next verification"), lambda row: row.verified_until),
]

ORDERS: list[Column[ReplacementOrder]] = [
    Column(pgettext_lazy("portal", "Number"), lambda row: row.number),
    Column(_("State"), lambda row: str(row.get_state_display())),
    Column(_("Customer account"), lambda row: row.meter.account.number),
    Column(_("Address"), lambda row: row.meter.account.premises.address),
    Column(_("Meter"), lambda row: str(row.meter)),
    Column(_("Verification ends"), lambda row: row.due_on),
    Column(_("Price, ₽"), lambda row: row.agreement.price),
]
