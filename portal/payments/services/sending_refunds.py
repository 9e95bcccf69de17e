"""Refunds at the gateway: sent once, asked about until they end, mirrored in the ledger when they succeed."""

import datetime as dt
from collections.abc import Callable

from django.db import transaction
from django.db.models import Q

from portal.approvals.services import mark_void
from portal.core import clock
from portal.ledger.enums import EntryKind
from portal.ledger.services import NewEntry, post_entry
from portal.payments import notifications
from portal.payments.calculation import poll_delay
from portal.payments.enums import GatewayEventKind, PaymentState, ReceiptState, RefundState
from portal.payments.gateways.base import (
    RUB,
    Gateway,
    GatewayError,
    GatewayRefusal,
    GatewayUnknown,
    RefundAnswer,
    RefundOrder,
)
from portal.payments.models import Payment, Refund
from portal.payments.services.events import log_failure, log_response
from portal.payments.services.paying import LEASE
from portal.payments.services.receipts import fiscal_receipt, refresh_refund_receipt
from portal.payments.services.refunds import refundable


def send_refund(*, refund: Refund, gateway_of: Callable[[str], Gateway], now: dt.datetime) -> Refund:
    """Send an approved refund to the payment's gateway, once at a time; money from outside is paid out by hand.

    Never raises for a gateway's failure: an unknown outcome is repeated later with the same key.
    """
    free = Q(claimed_at=None) | Q(claimed_at__lt=now - LEASE)
    if not Refund.objects.filter(free, pk=refund.pk, state=RefundState.APPROVED).update(claimed_at=now):
        refund.refresh_from_db()
        return refund
    refund = Refund.objects.select_related("payment__account").get(pk=refund.pk)
    payment = refund.payment
    if not payment.gateway:
        return _succeed(refund_id=refund.pk, gateway_id="", on=clock.date_of(now), now=now)
    order = RefundOrder(
        key=refund.key,
        gateway_id=payment.gateway_id,
        amount=refund.amount,
        description=refund.reason[:250],
        receipt=fiscal_receipt(payment),
    )
    try:
        answer = gateway_of(payment.gateway).refund(order=order)
    except GatewayUnknown as error:
        log_failure(payment=payment, kind=GatewayEventKind.REFUND, error=error, now=now)
        return _later(refund, now)
    except GatewayRefusal as error:
        log_failure(payment=payment, kind=GatewayEventKind.REFUND, error=error, now=now)
        return _canceled(refund, error.code, now)
    log_response(payment=payment, kind=GatewayEventKind.REFUND, raw=answer.raw, now=now, gateway_id=answer.gateway_id)
    return apply_refund(refund_id=refund.pk, answer=answer, now=now)


def apply_refund(*, refund_id: int, answer: RefundAnswer, now: dt.datetime) -> Refund:
    """Move a refund by the gateway's answer. An answer about another payment, sum or currency moves nothing."""
    refund = Refund.objects.select_related("payment").get(pk=refund_id)
    wrong = (
        answer.payment_gateway_id != refund.payment.gateway_id
        or answer.amount != refund.amount
        or answer.currency != RUB
        or (refund.gateway_id and refund.gateway_id != answer.gateway_id)
    )
    if wrong:
        Payment.objects.filter(pk=refund.payment_id).update(problem="other_refund")
        Refund.objects.filter(pk=refund_id).update(next_poll_at=None)
        return refund
    if answer.state == RefundState.SUCCEEDED:
        day = clock.date_of(answer.created_at or now)
        return _succeed(refund_id=refund_id, gateway_id=answer.gateway_id, on=day, now=now)
    if answer.state == RefundState.CANCELED:
        return _canceled(refund, answer.cancel_reason, now, gateway_id=answer.gateway_id)
    Refund.objects.filter(pk=refund_id, state__in=(RefundState.APPROVED, RefundState.PENDING)).update(
        state=RefundState.PENDING,
        gateway_id=answer.gateway_id,
        claimed_at=None,
        next_poll_at=now + poll_delay(refund.poll_count),
    )
    refund.refresh_from_db()
    return refund


@transaction.atomic
def _succeed(*, refund_id: int, gateway_id: str, on: dt.date, now: dt.datetime) -> Refund:
    refund = Refund.objects.select_related("made_by", "approved_by").get(pk=refund_id)
    payment = Payment.objects.select_for_update().select_related("account").get(pk=refund.payment_id)
    ordered = bool(payment.gateway and payment.receipt_state)
    changed = Refund.objects.filter(pk=refund_id, state__in=(RefundState.APPROVED, RefundState.PENDING)).update(
        state=RefundState.SUCCEEDED,
        gateway_id=gateway_id,
        returned_on=on,
        closed_at=now,
        claimed_at=None,
        poll_count=0,
        receipt_state=ReceiptState.PENDING if ordered else "",
        next_poll_at=now if ordered else None,
    )
    refund.refresh_from_db()
    if not changed:
        return refund
    payment.refunded += refund.amount
    payment.save(update_fields=["refunded"])
    post_entry(
        NewEntry(
            account_id=payment.account_id,
            kind=EntryKind.REFUND,
            amount=refund.amount,
            effective_on=on,
            key=f"refund:{refund.pk}",
            source=f"refund:{refund.pk}",
            period=payment.for_period,
            note=refund.reason,
            made_by=refund.made_by.get_username() if refund.made_by else "",
            approved_by=refund.approved_by.get_username() if refund.approved_by else "",
        )
    )
    refund.payment = payment
    notifications.returned(refund)
    return refund


@transaction.atomic
def _canceled(refund: Refund, reason: str, now: dt.datetime, *, gateway_id: str = "") -> Refund:
    changed = Refund.objects.filter(pk=refund.pk, state__in=(RefundState.APPROVED, RefundState.PENDING)).update(
        state=RefundState.CANCELED,
        cancel_reason=reason[:60],
        gateway_id=gateway_id,
        closed_at=now,
        next_poll_at=None,
        claimed_at=None,
    )
    refund.refresh_from_db()
    if changed:
        mark_void(operation_id=refund.operation_id)
    return refund


def _later(refund: Refund, now: dt.datetime) -> Refund:
    Refund.objects.filter(pk=refund.pk).update(
        claimed_at=None, poll_count=refund.poll_count + 1, next_poll_at=now + poll_delay(refund.poll_count)
    )
    refund.refresh_from_db()
    return refund


def refresh_refund(*, refund: Refund, gateway_of: Callable[[str], Gateway], now: dt.datetime) -> Refund:
    """Send what was not sent, ask about what is under way, and about the receipt of what was returned."""
    if refund.state == RefundState.APPROVED:
        return send_refund(refund=refund, gateway_of=gateway_of, now=now)
    payment = refund.payment
    if refund.state == RefundState.SUCCEEDED:
        return refresh_refund_receipt(refund=refund, gateway=gateway_of(payment.gateway), now=now)
    try:
        answer = gateway_of(payment.gateway).fetch_refund(gateway_id=refund.gateway_id)
    except GatewayError as error:
        log_failure(payment=payment, kind=GatewayEventKind.FETCH_REFUND, error=error, now=now)
        return _later(refund, now)
    log_response(
        payment=payment, kind=GatewayEventKind.FETCH_REFUND, raw=answer.raw, now=now, gateway_id=answer.gateway_id
    )
    Refund.objects.filter(pk=refund.pk).update(poll_count=refund.poll_count + 1)
    return apply_refund(refund_id=refund.pk, answer=answer, now=now)


def fetch_refund_by_notice(*, payment: Payment, refund_id: str, gateway: Gateway, now: dt.datetime) -> Refund | None:
    """A notice names a refund: fetch it. One that was made in the gateway's own office is taken over, once, also while
    it is under way there: then it is asked about until it has ended.

    Raises GatewayError. Returns None while the payment itself is not paid: a refund before its payment moves nothing.
    """
    try:
        answer = gateway.fetch_refund(gateway_id=refund_id)
    except GatewayError as error:
        log_failure(payment=payment, kind=GatewayEventKind.FETCH_REFUND, error=error, now=now)
        raise
    log_response(payment=payment, kind=GatewayEventKind.FETCH_REFUND, raw=answer.raw, now=now, gateway_id=refund_id)
    if payment.state != PaymentState.SUCCEEDED or answer.payment_gateway_id != payment.gateway_id:
        return None
    refund = _known_refund(payment, answer, now)
    return None if refund is None else apply_refund(refund_id=refund.pk, answer=answer, now=now)


@transaction.atomic
def _known_refund(payment: Payment, answer: RefundAnswer, now: dt.datetime) -> Refund | None:
    locked = Payment.objects.select_for_update().get(pk=payment.pk)
    refund = locked.refunds.filter(gateway_id=answer.gateway_id).first()
    if refund is not None:
        return refund
    unsent = locked.refunds.filter(gateway_id="", amount=answer.amount, state=RefundState.APPROVED).first()
    if unsent is not None:
        return unsent
    if answer.state == RefundState.CANCELED:
        return None
    if answer.currency != RUB or not 0 < answer.amount <= refundable(locked):
        Payment.objects.filter(pk=locked.pk).update(problem="other_refund")
        return None
    return Refund.objects.get_or_create(
        key=f"outside:{locked.gateway}:{answer.gateway_id}",
        defaults={
            "payment": locked,
            "amount": answer.amount,
            "reason": "Возврат сделан в кабинете платёжного сервиса",
            "state": RefundState.PENDING,
            "gateway_id": answer.gateway_id,
            "created_at": now,
        },
    )[0]


def poll_open_refunds(*, gateway_of: Callable[[str], Gateway], now: dt.datetime, limit: int = 100) -> int:
    """Send and ask about refunds and their receipts whose time has come; returns how many."""
    under_way = Q(state__in=(RefundState.APPROVED, RefundState.PENDING))
    due = Refund.objects.filter(
        under_way | Q(state=RefundState.SUCCEEDED, receipt_state=ReceiptState.PENDING), next_poll_at__lte=now
    )
    done = 0
    for pk, next_poll_at in list(due.order_by("next_poll_at").values_list("pk", "next_poll_at")[:limit]):
        if not Refund.objects.filter(pk=pk, next_poll_at=next_poll_at).update(next_poll_at=now + LEASE):
            continue
        refund = Refund.objects.select_related("payment__account").get(pk=pk)
        refresh_refund(refund=refund, gateway_of=gateway_of, now=now)
        done += 1
    return done
