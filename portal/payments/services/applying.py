"""The state machine: a payment moves only by an answer that was fetched from its gateway's own API.

created → pending → (waiting for capture) → succeeded | canceled. A success is never taken back, and is credited once;
a success that comes after a cancellation of ours is a success, because the money was taken.
"""

import datetime as dt

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from portal.core import clock
from portal.payments import notifications
from portal.payments.calculation import poll_delay
from portal.payments.enums import Network, PaymentState
from portal.payments.gateways.base import RUB, PaymentAnswer
from portal.payments.models import Payment
from portal.payments.services.duplicates import find_duplicate
from portal.payments.services.recording import book_payment

MOVES: dict[str, frozenset[str]] = {
    PaymentState.CREATED: frozenset({"pending", "waiting_for_capture", "succeeded", "canceled"}),
    PaymentState.PENDING: frozenset({"waiting_for_capture", "succeeded", "canceled"}),
    PaymentState.WAITING_FOR_CAPTURE: frozenset({"succeeded", "canceled"}),
    PaymentState.CANCELED: frozenset({"succeeded"}),
    PaymentState.SUCCEEDED: frozenset(),
}
TAKEN = (PaymentState.WAITING_FOR_CAPTURE, PaymentState.SUCCEEDED)
AHEAD = dt.timedelta(days=1)  # clocks differ


def apply_answer(*, payment_id: int, answer: PaymentAnswer, now: dt.datetime) -> Payment:
    """Move a payment by its gateway's answer; returns it as it stands now. A repeat changes nothing.

    An answer about another order, sum or currency moves nothing: the problem is written on the payment for staff.
    """
    try:
        with transaction.atomic():
            payment = Payment.objects.select_for_update().get(pk=payment_id)
            problem = _problem(payment, answer) or _untrue(answer, now)
            if problem:
                return _mark_problem(payment, problem)
            _take_over(payment, answer)
            if answer.state in MOVES[payment.state]:
                _move(payment, answer, now=now)
            elif payment.is_open:
                payment.next_poll_at = now + poll_delay(payment.poll_count)
            payment.save()
            return payment
    except IntegrityError:
        if not Payment.objects.exclude(pk=payment_id).filter(gateway_id=answer.gateway_id).exists():
            raise
        return _mark_problem(Payment.objects.get(pk=payment_id), "other_order")


def _problem(payment: Payment, answer: PaymentAnswer) -> str:
    if answer.reference != str(payment.reference):
        return "other_order"
    if payment.gateway_id and answer.gateway_id != payment.gateway_id:
        return "other_order"
    if answer.currency != RUB:
        return "other_currency"
    if answer.amount != payment.amount:
        return "other_sum"
    if answer.state == PaymentState.CANCELED and payment.state == PaymentState.SUCCEEDED:
        return "canceled_after_paid"
    return "" if answer.state in PaymentState.values else "other_state"


def _untrue(answer: PaymentAnswer, now: dt.datetime) -> str:
    """Why money that the gateway shows is not money: a test shop's, not paid, or taken in the future."""
    if answer.state not in TAKEN:
        return ""
    if answer.is_test and not settings.PAYMENTS_TAKE_TESTS:
        return "test_payment"
    if answer.state == PaymentState.SUCCEEDED and answer.is_unpaid:
        return "not_paid"
    # A business day set by hand lies before the gateway's clock: the later of both counts.
    latest = max(now, timezone.now()) + AHEAD
    return "future" if answer.captured_at is not None and answer.captured_at > latest else ""


def _mark_problem(payment: Payment, problem: str) -> Payment:
    if payment.problem != problem:
        Payment.objects.filter(pk=payment.pk).update(problem=problem, next_poll_at=None)
    payment.refresh_from_db()
    return payment


def _take_over(payment: Payment, answer: PaymentAnswer) -> None:
    payment.gateway_id = payment.gateway_id or answer.gateway_id[:64]
    payment.confirmation_url = answer.confirmation_url or payment.confirmation_url
    payment.network = answer.network if answer.network in Network.values else payment.network
    payment.last4 = answer.last4 if len(answer.last4) == 4 and answer.last4.isdigit() else payment.last4
    payment.problem = ""
    if payment.state == PaymentState.CREATED:
        payment.claimed_at = None


def _move(payment: Payment, answer: PaymentAnswer, *, now: dt.datetime) -> None:
    payment.state = answer.state
    if answer.state == PaymentState.SUCCEEDED:
        paid_at = answer.captured_at or now
        payment.paid_at, payment.paid_on = paid_at, paid_at.astimezone(clock.MOSCOW).date()
        payment.closed_at, payment.poll_count, payment.cancel_reason = now, 0, ""
        payment.next_poll_at = now if payment.waits_for_receipt else None
        payment.save()
        book_payment(payment)
        find_duplicate(payment=payment, now=now)
        notifications.paid(payment)
    elif answer.state == PaymentState.CANCELED:
        payment.cancel_reason, payment.closed_at, payment.next_poll_at = answer.cancel_reason[:60], now, None
        notifications.not_paid(payment)
    else:
        payment.next_poll_at = now + poll_delay(payment.poll_count)
