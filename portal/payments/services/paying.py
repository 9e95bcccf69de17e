"""Begin a payment by card, and poll its gateway until it has ended."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.db.models import Q

from portal.accounts.models import Account, User
from portal.payments import calculation
from portal.payments.enums import OPEN_STATES, GatewayEventKind, PaymentChannel, PaymentState, ReceiptState
from portal.payments.exceptions import ContactNeeded, GatewayNotReady, KeyReused, SimilarPaymentOpen
from portal.payments.gateways.base import (
    Gateway,
    GatewayError,
    GatewayRefusal,
    GatewayUnknown,
    Order,
)
from portal.payments.models import Payment, PaymentSettings
from portal.payments.services.applying import apply_answer
from portal.payments.services.events import log_failure, log_response
from portal.payments.services.receipts import fiscal_receipt, refresh_receipt, refresh_receipts, waiting_refunds

LEASE = dt.timedelta(seconds=90)
"""For how long a call to a gateway may claim a payment or refund."""
MIN_POLL_INTERVAL = dt.timedelta(seconds=3)


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentRequest:
    """Payment that a resident requests, in ₽. `key` is the form's own, so that a second click is the same payment."""

    account: Account
    payer: User
    amount: Decimal
    key: str
    contact: str = ""
    for_period: dt.date | None = None
    confirm_duplicate: bool = False


def begin_payment(
    *, request: PaymentRequest, gateway: Gateway, return_url: Callable[[Payment], str], now: dt.datetime
) -> Payment:
    """Create the payment of a form, once, at the portal and at the gateway; returns it as it stands.

    Twenty simultaneous requests with one key make one payment and one call of the gateway. Raises AmountRefused,
    GatewayNotReady, ContactNeeded, KeyReused (the key has another sum or account), SimilarPaymentOpen (the resident
    has to confirm).
    """
    if not gateway.is_ready:
        raise GatewayNotReady
    payment = Payment.objects.filter(key=request.key).first()
    if payment is None:
        payment = _get_or_create_payment(request, gateway, return_url, now)
    if (payment.account_id, payment.amount) != (request.account.pk, request.amount):
        raise KeyReused(request.key)
    return open_at_gateway(payment=payment, gateway=gateway, now=now)


def _get_or_create_payment(
    request: PaymentRequest, gateway: Gateway, return_url: Callable[[Payment], str], now: dt.datetime
) -> Payment:
    """Return the payment of the request's key, made under a lock of the account's row."""
    terms = PaymentSettings.load()
    calculation.check_limits(request.amount, smallest=terms.min_amount, largest=terms.max_amount)
    if terms.fiscal_receipts and not request.contact:
        raise ContactNeeded
    with transaction.atomic():
        Account.objects.select_for_update().get(pk=request.account.pk)
        existing = Payment.objects.filter(key=request.key).first()
        if existing is not None:
            return existing
        if not request.confirm_duplicate:
            _refuse_similar(request, now - dt.timedelta(minutes=terms.ask_again_minutes))
        payment = Payment(
            key=request.key,
            account=request.account,
            payer=request.payer,
            channel=PaymentChannel.CARD,
            amount=request.amount,
            for_period=request.for_period,
            gateway=gateway.code,
            contact=request.contact,
            created_at=now,
            next_poll_at=now + LEASE,
            receipt_state=ReceiptState.PENDING if terms.fiscal_receipts else "",
        )
        payment.return_url = return_url(payment)
        payment.save()
        return payment


def _refuse_similar(request: PaymentRequest, since: dt.datetime) -> None:
    similar = (
        Payment.objects.filter(
            account=request.account,
            amount=request.amount,
            state__in=OPEN_STATES,
            channel=PaymentChannel.CARD,
            created_at__gte=since,
            abandoned_at=None,
        )
        .order_by("-created_at")
        .first()
    )
    if similar is not None:
        raise SimilarPaymentOpen(payment_id=similar.pk, begun_at=similar.created_at)


def open_at_gateway(*, payment: Payment, gateway: Gateway, now: dt.datetime) -> Payment:
    """Create a prepared payment at its gateway. Only one caller at a time reaches the gateway.

    A repeat after an unknown outcome goes with the same key and data, so that the gateway finds what it made.
    """
    free = Q(claimed_at=None) | Q(claimed_at__lt=now - LEASE)
    claimed = Payment.objects.filter(free, pk=payment.pk, state=PaymentState.CREATED, gateway_id="").update(
        claimed_at=now
    )
    payment.refresh_from_db()
    if not claimed:
        return payment
    try:
        answer = gateway.create(order=order_of(payment))
    except GatewayUnknown as error:
        log_failure(payment=payment, kind=GatewayEventKind.CREATE, error=error, now=now)
        _store_problem(payment, error)
        return _poll_later(payment, now=now)
    except GatewayRefusal as error:
        log_failure(payment=payment, kind=GatewayEventKind.CREATE, error=error, now=now)
        return _cancel_unmade(payment, reason="gateway_refused", now=now)
    log_response(payment=payment, kind=GatewayEventKind.CREATE, raw=answer.raw, now=now, gateway_id=answer.gateway_id)
    return apply_answer(payment_id=payment.pk, answer=answer, now=now)


def order_of(payment: Payment) -> Order:
    """The order as the gateway gets it: the same however often it is built."""
    return Order(
        key=payment.key,
        reference=str(payment.reference),
        amount=payment.amount,
        description=f"Оплата по лицевому счёту {payment.account.number}",
        return_url=payment.return_url,
        receipt=fiscal_receipt(payment),
    )


def _store_problem(payment: Payment, error: GatewayError) -> None:
    """Store what staff must look at; the next good answer clears it."""
    if error.problem:
        Payment.objects.filter(pk=payment.pk).update(problem=error.problem)


def _poll_later(payment: Payment, *, now: dt.datetime) -> Payment:
    Payment.objects.filter(pk=payment.pk).update(
        claimed_at=None,
        next_poll_at=now + calculation.poll_delay(payment.poll_count),
        poll_count=payment.poll_count + 1,
    )
    payment.refresh_from_db()
    return payment


def _cancel_unmade(payment: Payment, *, reason: str, now: dt.datetime) -> Payment:
    """Cancel a payment that the gateway never made."""
    Payment.objects.filter(pk=payment.pk, state=PaymentState.CREATED, gateway_id="").update(
        state=PaymentState.CANCELED, cancel_reason=reason, closed_at=now, next_poll_at=None, claimed_at=None
    )
    payment.refresh_from_db()
    return payment


def refresh_payment(*, payment: Payment, gateway: Gateway, now: dt.datetime) -> Payment:
    """Fetch an open payment, apply its state and capture what is held. Never raises for a gateway's failure.

    Past the gateway's limit a payment that it never made is closed; one that it made is left to the reconciliation.
    """
    if not payment.gateway_id:
        if now - payment.created_at > gateway.give_up_after:
            return _cancel_unmade(payment, reason="no_answer", now=now)
        return open_at_gateway(payment=payment, gateway=gateway, now=now)
    try:
        payment = fetch_and_apply(payment=payment, gateway=gateway, now=now)
    except GatewayError as error:
        _store_problem(payment, error)
        return _poll_failed(payment, gateway, now=now)
    if payment.is_open and now - payment.created_at > gateway.give_up_after:
        return _poll_failed(payment, gateway, now=now)
    return payment


def fetch_and_apply(*, payment: Payment, gateway: Gateway, now: dt.datetime) -> Payment:
    """Fetch a payment from its gateway, apply its state and capture what is held on the card.

    Raises GatewayError, after the failure was logged.
    """
    try:
        answer = gateway.fetch(gateway_id=payment.gateway_id)
    except GatewayError as error:
        log_failure(payment=payment, kind=GatewayEventKind.FETCH, error=error, now=now)
        raise
    log_response(payment=payment, kind=GatewayEventKind.FETCH, raw=answer.raw, now=now)
    Payment.objects.filter(pk=payment.pk).update(poll_count=payment.poll_count + 1)
    payment = apply_answer(payment_id=payment.pk, answer=answer, now=now)
    if payment.state == PaymentState.WAITING_FOR_CAPTURE and not payment.problem:
        return capture_payment(payment=payment, gateway=gateway, now=now)
    return payment


def capture_payment(*, payment: Payment, gateway: Gateway, now: dt.datetime) -> Payment:
    """Capture the whole sum that is held on the card. On failure the payment is polled later."""
    try:
        answer = gateway.capture(gateway_id=payment.gateway_id, amount=payment.amount, key=f"{payment.key}:capture")
    except GatewayError as error:
        log_failure(payment=payment, kind=GatewayEventKind.CAPTURE, error=error, now=now)
        return _poll_later(payment, now=now)
    log_response(payment=payment, kind=GatewayEventKind.CAPTURE, raw=answer.raw, now=now)
    return apply_answer(payment_id=payment.pk, answer=answer, now=now)


def _poll_failed(payment: Payment, gateway: Gateway, *, now: dt.datetime) -> Payment:
    if now - payment.created_at <= gateway.give_up_after:
        return _poll_later(payment, now=now)
    problem = payment.problem or "no_answer"
    Payment.objects.filter(pk=payment.pk).update(next_poll_at=None, problem=problem, poll_count=payment.poll_count + 1)
    payment.refresh_from_db()
    return payment


def refresh_on_return(*, payment: Payment, gateway: Gateway, now: dt.datetime) -> Payment:
    """Poll at once when the resident opens the page of an open payment, or of a paid one that waits for a receipt.

    At most once in MIN_POLL_INTERVAL. A creation without an answer waits for its `next_poll_at`, so that reloading the
    page does not hold a worker at a gateway that does not answer.
    """
    if payment.problem or not (payment.is_open or payment.waits_for_receipt or waiting_refunds(payment)):
        return payment
    if not payment.gateway_id and payment.next_poll_at is not None and payment.next_poll_at > now:
        return payment
    free = Q(claimed_at=None) | Q(claimed_at__lt=now - MIN_POLL_INTERVAL)
    if payment.gateway_id and not Payment.objects.filter(free, pk=payment.pk).update(claimed_at=now):
        return payment
    if payment.is_open:
        payment = refresh_payment(payment=payment, gateway=gateway, now=now)
    return refresh_receipts(payment=payment, gateway=gateway, now=now)


def abandon_payment(*, payment: Payment, gateway: Gateway, now: dt.datetime) -> Payment:
    """Record that the payer gave the payment up: it blocks no other payment and is hidden from lists.

    The gateway is asked first and polled afterwards: a payment that succeeded after all is booked. One that has ended
    is returned unchanged.
    """
    payment = refresh_on_return(payment=payment, gateway=gateway, now=now)
    if payment.is_open and not payment.problem:
        Payment.objects.filter(pk=payment.pk, state__in=OPEN_STATES, abandoned_at=None).update(abandoned_at=now)
        payment.refresh_from_db()
    return payment


def poll_open_payments(*, gateway_of: Callable[[str], Gateway], now: dt.datetime, limit: int = 100) -> int:
    """Poll every open payment and every receipt whose `next_poll_at` has come; returns how many were polled.

    Each is claimed by a conditional update, so that two workers never poll the same one.
    """
    due = Payment.objects.filter(next_poll_at__lte=now).filter(
        Q(state__in=OPEN_STATES) | Q(state=PaymentState.SUCCEEDED, receipt_state=ReceiptState.PENDING)
    )
    polled = 0
    for pk, next_poll_at in list(due.order_by("next_poll_at").values_list("pk", "next_poll_at")[:limit]):
        if not Payment.objects.filter(pk=pk, next_poll_at=next_poll_at).update(next_poll_at=now + LEASE):
            continue
        payment = Payment.objects.select_related("account").get(pk=pk)
        refresh = refresh_payment if payment.is_open else refresh_receipt
        refresh(payment=payment, gateway=gateway_of(payment.gateway), now=now)
        polled += 1
    return polled
