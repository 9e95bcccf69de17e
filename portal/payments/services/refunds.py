"""Deciding to give money back: asked for by the resident or made by an accountant, approved by a second person above a
sum. What was decided is sent by `sending_refunds`.
"""

import datetime as dt
import uuid
from decimal import Decimal

from django.db import transaction
from django.db.models import Sum

from portal.accounts import audit
from portal.accounts.models import User
from portal.approvals.enums import OperationKind, OperationState
from portal.approvals.exceptions import ApprovalRefused
from portal.approvals.models import MoneyOperation
from portal.approvals.services import NewOperation, submit
from portal.core.formatting import money_text
from portal.core.money import ZERO, from_kopecks
from portal.ledger.selectors import IN_KOPECKS
from portal.payments import notifications
from portal.payments.enums import LIVE_REFUNDS, PaymentState, RefundState
from portal.payments.exceptions import RefundRefused
from portal.payments.models import Payment, Refund


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
    decided = {
        "amount": amount,
        "state": RefundState.AWAITING if second else RefundState.APPROVED,
        "operation": operation,
        "made_by": by,
        "decided_at": None if second else now,
        "next_poll_at": None if second else now,
    }
    if request is None:
        refund = Refund.objects.create(payment=locked, reason=reason, key=key, created_at=now, **decided)
    else:
        refund = request
        if not Refund.objects.filter(pk=refund.pk, payment=locked, state=RefundState.REQUESTED).update(**decided):
            raise RefundRefused("state")
        refund.refresh_from_db()
    _note(refund, by, "ждёт второго сотрудника" if second else "решён")
    return refund


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
    """Return what may still be returned of a payment, ₽: what was paid less refunds done and under way."""
    if payment.state != PaymentState.SUCCEEDED:
        return ZERO
    refunded = payment.refunds.filter(state__in=LIVE_REFUNDS).aggregate(total=Sum(IN_KOPECKS))["total"] or 0
    return payment.amount - from_kopecks(refunded)


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
