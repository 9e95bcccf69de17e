"""The engineer's lists as files."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.core.exports import ExportColumn
from portal.service_requests.commissioning.models import CommissioningApplication
from portal.service_requests.replacement.models import ReplacementOrder

APPLICATIONS: list[ExportColumn[CommissioningApplication]] = [
    ExportColumn(pgettext_lazy("portal", "Number"), lambda row: row.number),
    ExportColumn(pgettext_lazy("portal", "Submitted"), lambda row: row.submitted_at),
    ExportColumn(_("State"), lambda row: str(row.get_state_display())),
    ExportColumn(_("We answer by"), lambda row: row.contact_by),
    ExportColumn(_("Answered"), lambda row: row.contacted_at),
    ExportColumn(_("Customer account"), lambda row: row.account.number),
    ExportColumn(_("Address"), lambda row: row.account.premises.address),
    ExportColumn(_("Applicant"), lambda row: row.applicant),
    ExportColumn(_("Phone"), lambda row: row.phone),
    ExportColumn(_("Service"), lambda row: str(row.get_service_display())),
    ExportColumn(_("Where it is installed"), lambda row: row.place),
    ExportColumn(_("Type"), lambda row: row.type_name),
    ExportColumn(_("Serial number"), lambda row: row.serial_number),
    ExportColumn(_("Installed"), lambda row: row.mounted_on),
    ExportColumn(_("Next verification"), lambda row: row.verified_until),
]

ORDERS: list[ExportColumn[ReplacementOrder]] = [
    ExportColumn(pgettext_lazy("portal", "Number"), lambda row: row.number),
    ExportColumn(_("State"), lambda row: str(row.get_state_display())),
    ExportColumn(_("Customer account"), lambda row: row.meter.account.number),
    ExportColumn(_("Address"), lambda row: row.meter.account.premises.address),
    ExportColumn(_("Meter"), lambda row: str(row.meter)),
    ExportColumn(_("Verification ends"), lambda row: row.due_on),
    ExportColumn(_("Price, ₽"), lambda row: row.agreement.price),
]
