"""Whether the payment gateway answers: read from the calls that were made anyway."""

import datetime as dt

from django.conf import settings

from portal.core.enums import HealthStatus
from portal.core.health import HealthCheck
from portal.core.models import MonitoringSettings
from portal.payments.models import GatewayState

NAME = "gateway"
GRACE = dt.timedelta(minutes=3)
FORGOTTEN = dt.timedelta(hours=1)
"""A failure that no call followed for so long says nothing about the gateway as it is."""


def gateway(terms: MonitoringSettings, now: dt.datetime) -> HealthCheck:
    """DEGRADED while the chosen gateway has left calls without an answer for longer than GRACE (one query)."""
    state = gateway_state() if settings.PAYMENT_GATEWAY else None
    if state is None or state.failing_since is None or state.failed_at is None:
        return HealthCheck(NAME)
    if now - state.failing_since <= GRACE or now - state.failed_at > FORGOTTEN:
        return HealthCheck(NAME)
    return HealthCheck(NAME, HealthStatus.DEGRADED, state.failure, state.failing_since)


def gateway_state() -> GatewayState | None:
    """The chosen gateway's last calls; None without a gateway or before the first call."""
    return GatewayState.objects.filter(code=settings.PAYMENT_GATEWAY).first()
