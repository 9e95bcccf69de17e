"""Timing of mail: quiet hours and the day's digest. Pure: moments in, moments out."""

import datetime as dt
from zoneinfo import ZoneInfo

DIGEST_AT = dt.time(18, 0)


def next_at(moment: dt.datetime, time: dt.time, zone: ZoneInfo) -> dt.datetime:
    """The first moment at or after the given one when clocks of the zone show the time."""
    local = moment.astimezone(zone)
    candidate = dt.datetime.combine(local.date(), time, tzinfo=zone)
    return candidate if candidate >= local else candidate + dt.timedelta(days=1)


def is_quiet(moment: dt.datetime, quiet_from: dt.time, quiet_until: dt.time, zone: ZoneInfo) -> bool:
    """Whether a moment lies in the quiet hours (from inclusive, until exclusive; they may pass midnight)."""
    time = moment.astimezone(zone).time()
    if quiet_from <= quiet_until:
        return quiet_from <= time < quiet_until
    return time >= quiet_from or time < quiet_until


def due_at(moment: dt.datetime, *, quiet: tuple[dt.time, dt.time] | None, digest: bool, zone: ZoneInfo) -> dt.datetime:
    """Return when a mail written at a moment goes: with the digest if chosen, and never in the quiet hours."""
    due = next_at(moment, DIGEST_AT, zone) if digest else moment
    if quiet is not None and is_quiet(due, *quiet, zone):
        due = next_at(due, quiet[1], zone)
    return due
