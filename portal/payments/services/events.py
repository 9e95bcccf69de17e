"""Keeping what passed with a gateway, raw but without secrets."""

import datetime as dt
import hashlib
import json
from typing import Any

from portal.payments.calculation import without_secrets
from portal.payments.enums import GatewayEventKind
from portal.payments.gateways.base import GatewayError
from portal.payments.models import GatewayEvent, Payment


def digest_of(body: Any) -> str:
    """SHA-256 of a body, whatever the order of its keys."""
    return hashlib.sha256(json.dumps(body, sort_keys=True, default=str).encode()).hexdigest()


def log_response(
    *, payment: Payment, kind: GatewayEventKind, raw: dict[str, Any], now: dt.datetime, gateway_id: str = ""
) -> GatewayEvent:
    """Keep a good answer of the payment's gateway."""
    return GatewayEvent.objects.create(
        gateway=payment.gateway,
        kind=kind,
        payment=payment,
        gateway_id=gateway_id or payment.gateway_id,
        status=200,
        body=without_secrets(raw),
        digest=digest_of(raw),
        received_at=now,
    )


def log_failure(*, payment: Payment, kind: GatewayEventKind, error: GatewayError, now: dt.datetime) -> GatewayEvent:
    """Keep a call that failed: what came back, or that nothing did."""
    return GatewayEvent.objects.create(
        gateway=payment.gateway,
        kind=kind,
        payment=payment,
        gateway_id=payment.gateway_id,
        status=error.status,
        body=without_secrets(error.raw),
        digest=digest_of(error.raw),
        received_at=now,
        outcome=f"{type(error).__name__}: {error.code}"[:120],
    )
