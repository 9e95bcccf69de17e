"""Whether letters go: read from the outbox, so that it is known while the mail server is away."""

import datetime as dt

from django.db.models import Min

from portal.core.enums import HealthStatus
from portal.core.health import Check
from portal.core.models import MonitoringSettings
from portal.notifications.enums import SERVER_AWAY, Channel, State
from portal.notifications.models import Message

GRACE = dt.timedelta(minutes=3)


def mail(terms: MonitoringSettings, now: dt.datetime) -> Check:
    """DEGRADED while letters have waited for the mail server for longer than GRACE (one query, three when so)."""
    waiting = Message.objects.filter(channel=Channel.EMAIL, state=State.WAITING, error__startswith=SERVER_AWAY)
    first = waiting.aggregate(first=Min("first_failed_at"))["first"]
    if first is None or now - first <= GRACE:
        return Check("mail")
    error = waiting.order_by("-claimed_at").values_list("error", flat=True).first() or ""
    message = f"{Message.objects.filter(channel=Channel.EMAIL, state=State.WAITING).count()} letters wait; {error}"
    return Check("mail", HealthStatus.DEGRADED, message[:250], first)
