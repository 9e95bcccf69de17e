"""The only clock of the portal. Domain functions take dates; only the edge asks here.

The business date may be moved (PORTAL_TODAY) in dev and demo; sessions, tokens and leases use real time.
"""

import datetime as dt
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

MOSCOW = ZoneInfo("Europe/Moscow")


def moved_to() -> dt.date | None:
    """The date that PORTAL_TODAY sets, or None when the business follows the calendar."""
    if not settings.PORTAL_CLOCK_MAY_MOVE or not settings.PORTAL_TODAY:
        return None
    return dt.date.fromisoformat(settings.PORTAL_TODAY)


def now() -> dt.datetime:
    """The business moment, aware, in Moscow time; a moved date keeps the real time of day."""
    real = timezone.now().astimezone(MOSCOW)
    date = moved_to()
    return real if date is None else dt.datetime.combine(date, real.timetz())


def today() -> dt.date:
    """The business date in Moscow."""
    return now().date()


def date_of(moment: dt.datetime) -> dt.date:
    """The Moscow day of an aware moment."""
    return moment.astimezone(MOSCOW).date()


def start_of(date: dt.date) -> dt.datetime:
    """The first moment of a Moscow day, aware."""
    return dt.datetime.combine(date, dt.time.min, tzinfo=MOSCOW)


def real_now() -> dt.datetime:
    """Real time, for sessions, tokens, leases and webhooks."""
    return timezone.now()
