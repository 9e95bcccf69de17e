"""Events for calendar programs (RFC 5545): one file, one event."""

import datetime as dt
from dataclasses import dataclass

LINE_OCTETS = 75
_ESCAPES = str.maketrans({"\\": r"\\", ";": r"\;", ",": r"\,", "\n": r"\n", "\r": None})


@dataclass(frozen=True, slots=True)
class CalendarEvent:
    """An appointment; moments with their zone, `ends` exclusive. The same `uid` replaces the event in the calendar."""

    uid: str
    starts: dt.datetime
    ends: dt.datetime
    summary: str
    location: str = ""
    description: str = ""


def calendar_file(event: CalendarEvent, *, made_at: dt.datetime) -> bytes:
    """The event as text/calendar."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//resident portal//visits//RU",
        "METHOD:PUBLISH",
        "BEGIN:VEVENT",
        f"UID:{event.uid}",
        f"DTSTAMP:{_utc(made_at)}",
        f"DTSTART:{_utc(event.starts)}",
        f"DTEND:{_utc(event.ends)}",
        f"SUMMARY:{event.summary.translate(_ESCAPES)}",
    ]
    if event.location:
        lines.append(f"LOCATION:{event.location.translate(_ESCAPES)}")
    if event.description:
        lines.append(f"DESCRIPTION:{event.description.translate(_ESCAPES)}")
    lines += ["END:VEVENT", "END:VCALENDAR"]
    return b"".join(_folded(line) for line in lines)


def _utc(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).strftime("%Y%m%dT%H%M%SZ")


def _folded(line: str) -> bytes:
    """A line of at most 75 octets; what follows begins with a space, no letter is cut."""
    parts, current = [], b""
    for letter in line:
        octets = letter.encode()
        if len(current) + len(octets) > LINE_OCTETS:
            parts.append(current)
            current = b" "
        current += octets
    return b"\r\n".join([*parts, current]) + b"\r\n"
