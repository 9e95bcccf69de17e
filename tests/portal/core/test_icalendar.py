"""A file for calendar programs, as RFC 5545 wants it."""

import datetime as dt

from portal.core.clock import MOSCOW
from portal.core.icalendar import LINE_OCTETS, CalendarEvent, calendar_file


def event(**changed: str) -> CalendarEvent:
    return CalendarEvent(
        uid="meter-7@portal.example",
        starts=dt.datetime(2026, 11, 17, 10, tzinfo=MOSCOW),
        ends=dt.datetime(2026, 11, 17, 12, tzinfo=MOSCOW),
        **{"summary": "Визит", **changed},
    )


def text_of(content: bytes) -> str:
    """The content with folded lines put together again."""
    return content.decode().replace("\r\n ", "")


def test_moments_are_in_universal_time() -> None:
    text = text_of(calendar_file(event(), made_at=dt.datetime(2026, 11, 16, 0, 30, tzinfo=MOSCOW)))
    assert "DTSTART:20261117T070000Z\r\n" in text
    assert "DTEND:20261117T090000Z\r\n" in text
    assert "DTSTAMP:20261115T213000Z\r\n" in text
    assert text.startswith("BEGIN:VCALENDAR\r\n")
    assert text.endswith("END:VCALENDAR\r\n")


def test_signs_with_a_meaning_are_escaped() -> None:
    file = calendar_file(event(location="б-р Красногорский, 17; кв. 2\nдомофон \\2"), made_at=event().starts)
    assert "LOCATION:б-р Красногорский\\, 17\\; кв. 2\\nдомофон \\\\2\r\n" in text_of(file)


def test_long_lines_are_folded_between_letters() -> None:
    words = "Счётчик холодной воды " * 12
    file = calendar_file(event(description=words), made_at=event().starts)
    lines = file.split(b"\r\n")
    assert all(len(line) <= LINE_OCTETS for line in lines)
    for line in lines:
        line.decode()
    assert f"DESCRIPTION:{words}\r\n" in text_of(file)
