"""Notices of gateways: a hint to ask, never a proof. Each is kept as it came; the payment is then fetched."""

import datetime as dt
import json
import re
import uuid
from typing import Any

from portal.core.networks import is_within, parse_address
from portal.payments.calculation import without_secrets
from portal.payments.enums import GatewayEventKind, PaymentState
from portal.payments.exceptions import NoticeRefused
from portal.payments.gateways.base import Gateway, GatewayError, GatewayNotice
from portal.payments.models import GatewayEvent, Payment
from portal.payments.services.events import digest_of
from portal.payments.services.paying import fetch_and_apply, open_at_gateway
from portal.payments.services.sending_refunds import fetch_refund_by_notice

LONGEST_BODY = 64 * 1024
REFUSED_AN_HOUR = 500
UNKNOWN = "unknown payment"
ASK_AGAIN = "to be asked again"
_NUMBER = re.compile(r"[A-Za-z0-9_-]{1,64}")  # it becomes a part of an address that is called with our keys


def receive_notice(*, gateway: Gateway, body: bytes, source: str, now: dt.datetime) -> GatewayEvent:
    """Keep a notice, then ask the gateway about the payment that it names.

    What the notice says about states and sums is not believed. Raises NoticeRefused: source, body. When the gateway
    does not answer, the outcome is ASK_AGAIN: refuse the notice with 503, so that it comes once more.
    """
    sender = parse_address(source)
    if sender is None or not is_within(sender, gateway.notice_networks):
        _keep_refused(gateway, source, now)
        raise NoticeRefused("source")
    data = _decoded(body)
    try:
        notice = gateway.read_notice(body=data)
    except ValueError as error:
        raise NoticeRefused("body") from error
    if not (_NUMBER.fullmatch(notice.payment_id) and _NUMBER.fullmatch(notice.refund_id or "-")):
        raise NoticeRefused("body")
    logged_body, digest = _loggable(data)
    payment = _payment_of(gateway, notice)
    event = GatewayEvent.objects.create(
        gateway=gateway.code,
        kind=GatewayEventKind.WEBHOOK,
        payment=payment,
        gateway_id=notice.payment_id,
        body=logged_body,
        digest=digest,
        source=source or None,
        received_at=now,
    )
    event.outcome = UNKNOWN if payment is None else _handled(gateway, notice, payment, now)
    event.save(update_fields=["outcome"])
    return event


def _loggable(data: dict[str, Any]) -> tuple[Any, str]:
    try:
        return without_secrets(data), digest_of(data)
    except RecursionError as error:
        raise NoticeRefused("body") from error


def _payment_of(gateway: Gateway, notice: GatewayNotice) -> Payment | None:
    """The payment that a notice names; one whose creation was never answered is found by its reference."""
    payment = Payment.objects.filter(gateway=gateway.code, gateway_id=notice.payment_id).first()
    if payment is not None or not _is_uuid(notice.reference):
        return payment
    return Payment.objects.filter(gateway=gateway.code, gateway_id="", reference=notice.reference).first()


def _is_uuid(text: str) -> bool:
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True


def _decoded(body: bytes) -> dict[str, Any]:
    if len(body) > LONGEST_BODY:
        raise NoticeRefused("body")
    try:
        data = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise NoticeRefused("body") from error
    if not isinstance(data, dict):
        raise NoticeRefused("body")
    return data


def _handled(gateway: Gateway, notice: GatewayNotice, payment: Payment, now: dt.datetime) -> str:
    try:
        if not payment.gateway_id:
            payment = open_at_gateway(payment=payment, gateway=gateway, now=now)
        elif payment.state != PaymentState.SUCCEEDED:
            payment = fetch_and_apply(payment=payment, gateway=gateway, now=now)
        if notice.refund_id:
            fetch_refund_by_notice(payment=payment, refund_id=notice.refund_id, gateway=gateway, now=now)
    except GatewayError:
        return ASK_AGAIN
    return f"{payment.state} {payment.problem}".strip()


def _keep_refused(gateway: Gateway, source: str, now: dt.datetime) -> None:
    """Keep the fact of a forged notice, not its body, and not more than so many an hour."""
    recent = GatewayEvent.objects.filter(
        gateway=gateway.code, outcome="refused: source", received_at__gte=now - dt.timedelta(hours=1)
    ).count()
    if recent < REFUSED_AN_HOUR:
        GatewayEvent.objects.create(
            gateway=gateway.code,
            kind=GatewayEventKind.WEBHOOK,
            source=source if parse_address(source) else None,
            received_at=now,
            outcome="refused: source",
        )
