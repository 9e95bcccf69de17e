"""Texts of a visit's day and hours for notifications and pages."""

import datetime as dt

from django.utils.translation import gettext_lazy as _

from portal.core.formatting import date_text
from portal.notifications.declarations import Placeholder
from portal.service_requests.crews.models import Slot

SAMPLE_SLOT = (dt.date(2026, 11, 21), "10:00–12:00")


def slot_values(slot: Slot) -> tuple[dt.date, str]:
    """Day and hours of a slot, as the value of a placeholder."""
    return slot.day, slot.hours


def slot_text(values: tuple[dt.date, str]) -> str:
    """«21 ноября, 10:00–12:00»."""
    return f"{date_text(values[0])}, {values[1]}"


def slots_text(slots: list[tuple[dt.date, str]]) -> str:
    """Several of them, each once."""
    return "; ".join(dict.fromkeys(map(slot_text, slots)))


def when(slot: Slot) -> str:
    """Day and hours of a slot in the active language."""
    return slot_text(slot_values(slot))


VISIT = Placeholder(_("Day and hours of the visit"), SAMPLE_SLOT, slot_text)
