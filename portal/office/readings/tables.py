"""Export columns of flagged readings and of silent accounts."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.core.exports import ExportColumn
from portal.office.readings.selectors import Flagged, SilentAccount

FLAGGED: list[ExportColumn[Flagged]] = [
    ExportColumn(_("Customer account"), lambda row: row.reading.meter.account.number),
    ExportColumn(_("Address"), lambda row: row.reading.meter.account.premises.address),
    ExportColumn(_("Meter"), lambda row: str(row.reading.meter)),
    ExportColumn(_("Before"), lambda row: row.previous.value),
    ExportColumn(_("Day before"), lambda row: row.previous.taken_on),
    ExportColumn(_("Reading"), lambda row: row.reading.value),
    ExportColumn(_("Day of the reading"), lambda row: row.reading.taken_on),
    ExportColumn(_("Volume, m³"), lambda row: row.volume),
    ExportColumn(_("Why flagged"), lambda row: ", ".join(row.flags)),
    ExportColumn(pgettext_lazy("office", "Asked"), lambda row: row.asked),
]

SILENT: list[ExportColumn[SilentAccount]] = [
    ExportColumn(_("Address"), lambda row: row.account.premises.address),
    ExportColumn(_("Customer account"), lambda row: row.account.number),
    ExportColumn(_("Contact"), lambda row: ", ".join(holder.person.full_name for holder in row.people)),
    ExportColumn(
        _("Phone"), lambda row: ", ".join(holder.person.phone for holder in row.people if holder.person.phone)
    ),
]
