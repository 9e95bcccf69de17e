"""Beginning a payment by card, and asking its gateway until it has ended."""

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
    GatewayMissing,
    GatewayRefusal,
    GatewayUnknown,
    Order,
    PaymentAnswer,
)
from portal.payments.models import Payment, PaymentSettings
from portal.payments.services.applying import apply_answer
from portal.payments.services.events import log_failure, log_response
from portal.payments.services.receipts import fiscal_receipt, refresh_receipt, refresh_receipts, waiting_refunds

LEASE = dt.timedelta(seconds=90)
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
    *, wanted: PaymentRequest, gateway: Gateway, return_url: Callable[[Payment], str], now: dt.datetime
) -> Payment:
    """Make the payment of a form once and open it at the gateway, once; returns it as it stands.

    Twenty clicks at the same time make one payment and one call out. Raises AmountRefused, GatewayNotReady,
    ContactNeeded, KeyReused (the key stands with another sum or account), SimilarPaymentOpen (ask the resident).
    """
    if not gateway.is_ready:
        raise GatewayNotReady
    existing = Payment.objects.filter(key=wanted.key).first()
    if existing is None:
        existing = _make(wanted, gateway, return_url, now)
    if (existing.account_id, existing.amount) != (wanted.account.pk, wanted.amount):
        raise KeyReused(wanted.key)
    return open_at_gateway(payment=existing, gateway=gateway, now=now)


def _make(wanted: PaymentRequest, gateway: Gateway, return_url: Callable[[Payment], str], now: dt.datetime) -> Payment:
    terms = PaymentSettings.load()
    calculation.check_limits(wanted.amount, smallest=terms.min_amount, largest=terms.max_amount)
    if terms.fiscal_receipts and not wanted.contact:
        raise ContactNeeded
    with transaction.atomic():
        Account.objects.select_for_update().get(pk=wanted.account.pk)
        existing = Payment.objects.filter(key=wanted.key).first()
        if existing is not None:
            return existing
        if not wanted.confirm_duplicate:
            _refuse_similar(wanted, now - dt.timedelta(minutes=terms.ask_again_minutes))
        payment = Payment(
            key=wanted.key,
            account=wanted.account,
            payer=wanted.payer,
            channel=PaymentChannel.CARD,
            amount=wanted.amount,
            for_period=wanted.for_period,
            gateway=gateway.code,
            contact=wanted.contact,
            created_at=now,
            next_poll_at=now + LEASE,
            receipt_state=ReceiptState.PENDING if terms.fiscal_receipts else "",
        )
        payment.return_url = return_url(payment)
        payment.save()
        return payment


def _refuse_similar(wanted: PaymentRequest, since: dt.datetime) -> None:
    similar = (
        Payment.objects.filter(
            account=wanted.account,
            amount=wanted.amount,
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
    """Create a prepared payment at its gateway. Who comes second while a call is out calls nothing.

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
        return _ask_later(payment, now=now)
    except GatewayRefusal as error:
        log_failure(payment=payment, kind=GatewayEventKind.CREATE, error=error, now=now)
        return _refused(payment, now=now)
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


def _ask_later(payment: Payment, *, now: dt.datetime) -> Payment:
    Payment.objects.filter(pk=payment.pk).update(
        claimed_at=None,
        next_poll_at=now + calculation.poll_delay(payment.poll_count),
        poll_count=payment.poll_count + 1,
    )
    payment.refresh_from_db()
    return payment


def _refused(payment: Payment, *, now: dt.datetime) -> Payment:
    Payment.objects.filter(pk=payment.pk, state=PaymentState.CREATED, gateway_id="").update(
        state=PaymentState.CANCELED, cancel_reason="gateway_refused", closed_at=now, next_poll_at=None, claimed_at=None
    )
    payment.refresh_from_db()
    return payment


def refresh_payment(*, payment: Payment, gateway: Gateway, now: dt.datetime) -> Payment:
    """Ask the gateway how an open payment stands and move it; takes what is held. Never raises for a gateway's failure.

    Past the gateway's limit a payment that it never made is closed; one that it made is left to the reconciliation.
    """
    if not payment.gateway_id:
        if now - payment.created_at > gateway.give_up_after:
            return _give_up(payment, now=now)
        return open_at_gateway(payment=payment, gateway=gateway, now=now)
    try:
        payment = fetch_and_apply(payment=payment, gateway=gateway, now=now)
    except GatewayError as error:
        if isinstance(error, GatewayMissing):
            Payment.objects.filter(pk=payment.pk).update(problem="not_at_gateway")
        return _poll_failed(payment, gateway, now=now)
    if payment.is_open and now - payment.created_at > gateway.give_up_after:
        return _poll_failed(payment, gateway, now=now)
    return payment


def fetch_and_apply(*, payment: Payment, gateway: Gateway, now: dt.datetime) -> Payment:
    """Fetch a payment from its gateway and move it by the answer; takes what is held on the card.

    Raises GatewayError, after the failure was kept.
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
    """Take what is held on the card, whole. A failure is asked about later."""
    return _ordered(
        payment,
        GatewayEventKind.CAPTURE,
        lambda: gateway.capture(gateway_id=payment.gateway_id, amount=payment.amount, key=f"{payment.key}:capture"),
        now,
    )


def _ordered(payment: Payment, kind: GatewayEventKind, call: Callable[[], PaymentAnswer], now: dt.datetime) -> Payment:
    try:
        answer = call()
    except GatewayError as error:
        log_failure(payment=payment, kind=kind, error=error, now=now)
        return _ask_later(payment, now=now)
    log_response(payment=payment, kind=kind, raw=answer.raw, now=now)
    return apply_answer(payment_id=payment.pk, answer=answer, now=now)


def _give_up(payment: Payment, *, now: dt.datetime) -> Payment:
    Payment.objects.filter(pk=payment.pk, state=PaymentState.CREATED, gateway_id="").update(
        state=PaymentState.CANCELED, cancel_reason="no_answer", closed_at=now, next_poll_at=None, claimed_at=None
    )
    payment.refresh_from_db()
    return payment


def _poll_failed(payment: Payment, gateway: Gateway, *, now: dt.datetime) -> Payment:
    if now - payment.created_at <= gateway.give_up_after:
        return _ask_later(payment, now=now)
    problem = payment.problem or "no_answer"
    Payment.objects.filter(pk=payment.pk).update(next_poll_at=None, problem=problem, poll_count=payment.poll_count + 1)
    payment.refresh_from_db()
    return payment


def refresh_on_return(*, payment: Payment, gateway: Gateway, now: dt.datetime) -> Payment:
    """Ask at once when the resident looks at an open payment, or at a paid one that waits for a receipt.

    Not more often than every few seconds; a creation without an answer is left to its own time, so that a page that
    is looked at does not hold a worker at a gateway that is silent.
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
    """The payer says that they did not pay and do not want to: the payment holds up no other and is named nowhere.

    The gateway is asked first, and on as before: a payment that went through after all is booked. One that has ended
    is returned as it is.
    """
    payment = refresh_on_return(payment=payment, gateway=gateway, now=now)
    if payment.is_open and not payment.problem:
        Payment.objects.filter(pk=payment.pk, state__in=OPEN_STATES, abandoned_at=None).update(abandoned_at=now)
        payment.refresh_from_db()
    return payment


def poll_open_payments(*, gateway_of: Callable[[str], Gateway], now: dt.datetime, limit: int = 100) -> int:
    """Ask the gateways about every open payment and every receipt whose time has come; returns how many were asked.

    Each is claimed by a conditional update, so that two workers never ask about one.
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
