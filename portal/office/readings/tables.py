"""Export columns of flagged readings and of silent accounts."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.core.exports import Column
from portal.office.readings.selectors import Flagged, SilentAccount

FLAGGED: list[Column[Flagged]] = [
    Column(_("Customer account"), lambda row: row.reading.meter.account.number),
    Column(_("Address"), lambda row: row.reading.meter.account.premises.address),
    Column(_("Meter"), lambda row: str(row.reading.meter)),
    Column(_("Before"), lambda row: row.previous.value),
    Column(_("Day before"), lambda row: row.previous.taken_on),
    Column(_("Reading"), lambda row: row.reading.value),
    Column(_("Day of the reading"), lambda row: row.reading.taken_on),
    Column(_("Volume, m³"), lambda row: row.volume),
    Column(_("Why flagged"), lambda row: ", ".join(row.flags)),
    Column(pgettext_lazy("office", "Asked"), lambda row: row.asked),
]

SILENT: list[Column[SilentAccount]] = [
    Column(_("Address"), lambda row: row.account.premises.address),
    Column(_("Customer account"), lambda row: row.account.number),
    Column(_("Contact"), lambda row: ", ".join(holder.person.full_name for holder in row.people)),
    Column(_("Phone"), lambda row: ", ".join(holder.person.phone for holder in row.people if holder.person.phone)),
]
