"""A visit as a file for the resident's calendar."""

import datetime as dt

from django.http import HttpResponse
from django.utils.translation import gettext as _

from portal.core import clock
from portal.core.clock import MOSCOW
from portal.core.files.downloads import as_download
from portal.core.icalendar import CalendarEvent, calendar_file
from portal.service_requests.crews.models import Slot


def visit_file(slot: Slot, *, uid: str, host: str, address: str, number: str) -> HttpResponse:
    """The engineer's visit in the slot's hours (Moscow time); moved, it replaces the earlier one in the calendar."""
    event = CalendarEvent(
        uid=f"{uid}@{host}",
        starts=dt.datetime.combine(slot.day, slot.starts, MOSCOW),
        ends=dt.datetime.combine(slot.day, slot.ends, MOSCOW),
        summary=_("Water utility: the engineer comes about the meter"),
        location=address,
        description=_("Application No. %(number)s. Have the data sheet ready and the pipe accessible.")
        % {"number": number},
    )
    response = HttpResponse(calendar_file(event, made_at=clock.now()), content_type="text/calendar; charset=utf-8")
    return as_download(response, "visit.ics")
