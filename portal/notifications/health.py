"""Whether letters go: read from the outbox, so that it is known while the mail server is away."""

import datetime as dt

from django.db.models import Min, QuerySet

from portal.core.enums import HealthStatus
from portal.core.health import HealthCheck
from portal.core.models import MonitoringSettings
from portal.notifications.enums import SERVER_AWAY, DeliveryChannel, MessageState
from portal.notifications.models import Message

GRACE = dt.timedelta(minutes=3)


def mail(terms: MonitoringSettings, now: dt.datetime) -> HealthCheck:
    """DEGRADED while letters have waited for the mail server for longer than GRACE (one query, three when so)."""
    waiting = _held_by_the_server()
    first = waiting.aggregate(first=Min("first_failed_at"))["first"]
    if first is None or now - first <= GRACE:
        return HealthCheck("mail")
    error = waiting_error()
    count = Message.objects.filter(channel=DeliveryChannel.EMAIL, state=MessageState.WAITING).count()
    message = f"{count} letters wait; {error}"
    return HealthCheck("mail", HealthStatus.DEGRADED, message[:250], first)


def waiting_error() -> str:
    """What the mail server last said of a letter that waits for it; empty when none does (one query)."""
    return _held_by_the_server().order_by("-claimed_at").values_list("error", flat=True).first() or ""


def _held_by_the_server() -> "QuerySet[Message]":
    return Message.objects.filter(
        channel=DeliveryChannel.EMAIL, state=MessageState.WAITING, error__startswith=SERVER_AWAY
    )
