"""Giving money back: asked for by the resident or made by an accountant, approved by a second person above a sum,
mirrored in the ledger when the gateway says that it succeeded.
"""

import datetime as dt
import uuid
from collections.abc import Callable
from decimal import Decimal

from django.db import transaction
from django.db.models import Q, Sum

from portal.accounts import audit
from portal.accounts.models import User
from portal.approvals.enums import OperationKind, OperationState
from portal.approvals.exceptions import ApprovalRefused
from portal.approvals.models import MoneyOperation
from portal.approvals.services import NewOperation, mark_void, submit
from portal.core import clock
from portal.core.formatting import money_text
from portal.core.money import ZERO, from_kopecks
from portal.ledger.enums import EntryKind
from portal.ledger.selectors import IN_KOPECKS
from portal.ledger.services import NewEntry, post_entry
from portal.payments import notifications
from portal.payments.calculation import poll_delay
from portal.payments.enums import LIVE_REFUNDS, EventKind, PaymentState, ReceiptState, RefundState
from portal.payments.exceptions import RefundRefused
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
from portal.payments.services.receipts import fiscal_receipt, refresh_refund_receipt

LEASE = dt.timedelta(seconds=90)


@transaction.atomic
def request_refund(*, payment: Payment, amount: Decimal, reason: str, by: User, now: dt.datetime) -> Refund:
    """A resident asks for money back; an accountant decides. One open request a payment.

    Raises RefundRefused: not_paid, sum, too_much, reason, state (asked already).
    """
    locked = _checked(payment, amount, reason)
    if locked.refunds.filter(state=RefundState.REQUESTED).exists():
        raise RefundRefused("state")
    refund = Refund.objects.create(
        payment=locked,
        amount=amount,
        reason=reason,
        state=RefundState.REQUESTED,
        key=f"refund:{uuid.uuid4()}",
        requested_by=by,
        created_at=now,
    )
    notifications.refund_asked(refund)
    _note(refund, by, "запрошен жителем")
    return refund


@transaction.atomic
def make_refund(
    *,
    payment: Payment,
    amount: Decimal,
    reason: str,
    by: User,
    now: dt.datetime,
    key: str | None = None,
    request: Refund | None = None,
) -> Refund:
    """An accountant returns a payment, whole or in part; above the limits of one person a second one has to approve.

    `request` is the resident's request that this answers; `key` the form's own, so that a second click is the same
    refund. The money moves in `send_refund`. Raises RefundRefused: not_paid, sum, too_much, reason, state.
    """
    key = key or f"refund:{uuid.uuid4()}"
    locked = Payment.objects.select_for_update(of=("self",)).select_related("account").get(pk=payment.pk)
    existing = Refund.objects.filter(key=key).first()
    if existing is not None:
        return existing
    _require_refundable(locked, amount, reason)
    operation = _counted(locked, amount, reason, key=key, request=request, by=by, now=now)
    second = operation.state == OperationState.WAITING
    state = RefundState.AWAITING if second else RefundState.APPROVED
    next_poll_at = None if second else now
    if request is None:
        made = Refund.objects.create(
            payment=locked,
            amount=amount,
            reason=reason,
            state=state,
            key=key,
            operation=operation,
            made_by=by,
            created_at=now,
            decided_at=None if second else now,
            next_poll_at=next_poll_at,
        )
        _note(made, by, "ждёт второго сотрудника" if second else "решён")
        return made
    changed = Refund.objects.filter(pk=request.pk, payment=locked, state=RefundState.REQUESTED).update(
        state=state,
        amount=amount,
        made_by=by,
        operation=operation,
        decided_at=None if second else now,
        next_poll_at=next_poll_at,
    )
    if not changed:
        raise RefundRefused("state")
    request.refresh_from_db()
    _note(request, by, "ждёт второго сотрудника" if second else "решён")
    return request


def _counted(
    payment: Payment,
    amount: Decimal,
    reason: str,
    *,
    key: str,
    request: Refund | None,
    by: User,
    now: dt.datetime,
) -> MoneyOperation:
    """Count the refund against the limits of who makes it. Raises RefundRefused: state (answered already)."""
    operation, created = submit(
        NewOperation(
            kind=OperationKind.REFUND,
            key=key if request is None else f"refund-request:{request.pk}",
            account=payment.account,
            subject=f"payment:{payment.pk}",
            amount=amount,
            reason=reason,
        ),
        by=by,
        now=now,
    )
    if not created:
        raise RefundRefused("state")
    return operation


def _note(refund: Refund, by: User, what: str) -> None:
    """A step of a refund in the audit of its account."""
    audit.money(
        refund.payment.account,
        by=by,
        what=f"Возврат № {refund.pk} платежа № {refund.payment_id}: {what}",
        after=f"{money_text(refund.amount)}. {refund.answer or refund.reason}",
    )


def _checked(payment: Payment, amount: Decimal, reason: str) -> Payment:
    locked = Payment.objects.select_for_update().get(pk=payment.pk)
    _require_refundable(locked, amount, reason)
    return locked


def _require_refundable(locked: Payment, amount: Decimal, reason: str) -> None:
    if locked.state != PaymentState.SUCCEEDED:
        raise RefundRefused("not_paid")
    if not reason.strip():
        raise RefundRefused("reason")
    if amount <= 0 or amount != amount.quantize(Decimal("0.01")):
        raise RefundRefused("sum")
    left = refundable(locked)
    if amount > left:
        raise RefundRefused("too_much", left=left)


def refundable(payment: Payment) -> Decimal:
    """What may still be returned of a payment, ₽: what was paid less refunds done and under way."""
    if payment.state != PaymentState.SUCCEEDED:
        return ZERO
    taken = payment.refunds.filter(state__in=LIVE_REFUNDS).aggregate(total=Sum(IN_KOPECKS))["total"] or 0
    return payment.amount - from_kopecks(taken)


def book_operation(operation: MoneyOperation, now: dt.datetime) -> None:
    """A second person approved a refund: it may be sent to the gateway."""
    changed = Refund.objects.filter(operation=operation, state=RefundState.AWAITING).update(
        state=RefundState.APPROVED, approved_by=operation.decided_by, decided_at=now, next_poll_at=now
    )
    if not changed:
        raise ApprovalRefused("state")


def drop_operation(operation: MoneyOperation, now: dt.datetime) -> None:
    """A second person said no: the resident who asked for the refund is told."""
    refund = Refund.objects.get(operation=operation)
    _reject(refund, RefundState.AWAITING, operation.answer, now)
    if refund.requested_by_id is not None:
        notifications.refund_rejected(refund)


def _reject(refund: Refund, state: RefundState, answer: str, now: dt.datetime) -> None:
    changed = Refund.objects.filter(pk=refund.pk, state=state).update(
        state=RefundState.REJECTED, answer=answer, decided_at=now, closed_at=now, next_poll_at=None
    )
    if not changed:
        raise RefundRefused("state")
    refund.refresh_from_db()


@transaction.atomic
def reject_refund(*, refund: Refund, by: User, answer: str, now: dt.datetime) -> Refund:
    """Say no to a resident's request, with words for them. Raises RefundRefused: reason, state."""
    if not answer.strip():
        raise RefundRefused("reason")
    _reject(refund, RefundState.REQUESTED, answer, now)
    _note(refund, by, "отклонён")
    if refund.requested_by_id is not None:
        notifications.refund_rejected(refund)
    return refund


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
        log_failure(payment=payment, kind=EventKind.REFUND, error=error, now=now)
        return _later(refund, now)
    except GatewayRefusal as error:
        log_failure(payment=payment, kind=EventKind.REFUND, error=error, now=now)
        return _canceled(refund, error.code, now)
    log_response(payment=payment, kind=EventKind.REFUND, raw=answer.raw, now=now, gateway_id=answer.gateway_id)
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
        log_failure(payment=payment, kind=EventKind.FETCH_REFUND, error=error, now=now)
        return _later(refund, now)
    log_response(payment=payment, kind=EventKind.FETCH_REFUND, raw=answer.raw, now=now, gateway_id=answer.gateway_id)
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
        log_failure(payment=payment, kind=EventKind.FETCH_REFUND, error=error, now=now)
        raise
    log_response(payment=payment, kind=EventKind.FETCH_REFUND, raw=answer.raw, now=now, gateway_id=refund_id)
    if payment.state != PaymentState.SUCCEEDED or answer.payment_gateway_id != payment.gateway_id:
        return None
    refund = _known_refund(payment, answer, now)
    return None if refund is None else apply_refund(refund_id=refund.pk, answer=answer, now=now)


@transaction.atomic
def _known_refund(payment: Payment, answer: RefundAnswer, now: dt.datetime) -> Refund | None:
    locked = Payment.objects.select_for_update().get(pk=payment.pk)
    known = locked.refunds.filter(gateway_id=answer.gateway_id).first()
    if known is not None:
        return known
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
