"""Export columns of flagged readings and of silent accounts."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.core.exports import Column
from portal.office.readings.selectors import Flagged, SilentAccount

FLAGGED: list[Column[Flagged]] = [
    Column(_("Customer account"), lambda one: one.reading.meter.account.number),
    Column(_("Address"), lambda one: one.reading.meter.account.premises.address),
    Column(_("Meter"), lambda one: str(one.reading.meter)),
    Column(_("Before"), lambda one: one.previous.value),
    Column(_("Day before"), lambda one: one.previous.taken_on),
    Column(_("Reading"), lambda one: one.reading.value),
    Column(_("Day of the reading"), lambda one: one.reading.taken_on),
    Column(_("Volume, m³"), lambda one: one.volume),
    Column(_("Why flagged"), lambda one: ", ".join(one.flags)),
    Column(pgettext_lazy("office", "Asked"), lambda one: one.asked),
]

SILENT: list[Column[SilentAccount]] = [
    Column(_("Address"), lambda one: one.account.premises.address),
    Column(_("Customer account"), lambda one: one.account.number),
    Column(_("Contact"), lambda one: ", ".join(holder.person.full_name for holder in one.people)),
    Column(_("Phone"), lambda one: ", ".join(holder.person.phone for holder in one.people if holder.person.phone)),
]
