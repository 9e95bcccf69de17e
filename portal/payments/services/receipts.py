"""The electronic receipt of a payment (54-ФЗ): what is sent for it, and what became of it.

The gateway's cash register makes it and sends it to the buyer; we ask until it is registered and keep the numbers by
which the tax service knows it.
"""

import datetime as dt

from portal.billing.selectors import vat_percent
from portal.core import clock
from portal.payments.calculation import ask_delay
from portal.payments.enums import EventKind, PaymentState, ReceiptState
from portal.payments.gateways.base import FiscalReceipt, Gateway, GatewayError, ReceiptAnswer
from portal.payments.models import Payment, PaymentSettings
from portal.payments.services.events import keep_answer, keep_failure

PATIENCE = dt.timedelta(days=3)  # after that the reconciliation alone speaks of it


def fiscal_receipt(payment: Payment) -> FiscalReceipt | None:
    """Data of the electronic receipt of a payment for which one was ordered: the buyer's contact, one item, VAT.

    The VAT is the one that the bills of that day include.
    """
    if not payment.receipt_state:
        return None
    email = payment.contact if "@" in payment.contact else ""
    return FiscalReceipt(
        email=email, phone="" if email else payment.contact, item=PaymentSettings.load().fiscal_item,
        vat_percent=vat_percent(payment.created_at.astimezone(clock.MOSCOW).date()),
    )  # fmt: skip


def refresh_receipt(*, payment: Payment, gateway: Gateway, now: dt.datetime) -> Payment:
    """Ask how the receipt of a paid payment stands. Never raises for a gateway's failure."""
    if not payment.waits_for_receipt:
        return payment
    try:
        answer = gateway.fetch_receipt(gateway_id=payment.gateway_id)
    except GatewayError as error:
        keep_failure(payment=payment, kind=EventKind.RECEIPT, error=error, now=now)
        answer = None
    if answer is not None:
        keep_answer(payment=payment, kind=EventKind.RECEIPT, raw=answer.raw, now=now)
    _move(payment, answer, now)
    payment.refresh_from_db()
    return payment


def _move(payment: Payment, answer: ReceiptAnswer | None, now: dt.datetime) -> None:
    waiting = Payment.objects.filter(pk=payment.pk, state=PaymentState.SUCCEEDED, receipt_state=ReceiptState.PENDING)
    if answer is None or answer.state not in {ReceiptState.SUCCEEDED, ReceiptState.CANCELED}:
        patient = payment.paid_at is not None and now - payment.paid_at < PATIENCE
        ask_at = now + ask_delay(payment.asked) if patient else None
        waiting.update(ask_at=ask_at, asked=payment.asked + 1, claimed_at=None)
        return
    waiting.update(
        receipt_state=answer.state, receipt_url=answer.url[:500], receipt_storage=answer.storage[:20],
        receipt_document=answer.document[:20], receipt_sign=answer.sign[:20], receipt_at=answer.registered_at,
        ask_at=None, claimed_at=None,
    )  # fmt: skip
