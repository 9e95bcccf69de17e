"""The electronic receipts of a payment and of its refunds (54-ФЗ): what is sent for them, what became of them.

The gateway's cash register makes it and sends it to the buyer; we ask until it is registered and keep the numbers by
which the tax service knows it.
"""

import datetime as dt
from typing import Protocol

from portal.billing.selectors import vat_percent
from portal.core import clock
from portal.payments.calculation import poll_delay
from portal.payments.enums import GatewayEventKind, ReceiptState, RefundState
from portal.payments.gateways.base import FiscalReceipt, Gateway, GatewayError, ReceiptAnswer
from portal.payments.models import Payment, PaymentSettings, Refund
from portal.payments.services.events import log_failure, log_response

POLL_LIMIT = dt.timedelta(days=3)  # after that the reconciliation alone speaks of it


def fiscal_receipt(payment: Payment) -> FiscalReceipt | None:
    """Data of the electronic receipt of a payment for which one was ordered: the buyer's contact, one item, VAT.

    The VAT is the one that the bills of that day include.
    """
    if not payment.receipt_state:
        return None
    email = payment.contact if "@" in payment.contact else ""
    return FiscalReceipt(
        email=email,
        phone="" if email else payment.contact,
        item=PaymentSettings.load().fiscal_item,
        vat_percent=vat_percent(clock.date_of(payment.created_at)),
    )


def refresh_receipt(*, payment: Payment, gateway: Gateway, now: dt.datetime) -> Payment:
    """Ask how the receipt of a paid payment stands. Never raises for a gateway's failure."""
    if payment.waits_for_receipt:
        _ask(payment, payment, gateway.fetch_receipt, since=payment.paid_at, now=now)
    return payment


def refresh_refund_receipt(*, refund: Refund, gateway: Gateway, now: dt.datetime) -> Refund:
    """Ask how the receipt of a refund stands. Never raises for a gateway's failure."""
    if refund.waits_for_receipt:
        _ask(refund, refund.payment, gateway.fetch_refund_receipt, since=refund.closed_at, now=now)
    return refund


def refresh_receipts(*, payment: Payment, gateway: Gateway, now: dt.datetime) -> Payment:
    """Ask about each receipt of a payment that is not registered yet: its own and those of its refunds."""
    for refund in waiting_refunds(payment):
        refresh_refund_receipt(refund=refund, gateway=gateway, now=now)
    return refresh_receipt(payment=payment, gateway=gateway, now=now)


def waiting_refunds(payment: Payment) -> list[Refund]:
    """Refunds of a payment whose receipts are not registered yet (one query, none where nothing was returned)."""
    if not payment.refunded:
        return []
    return list(payment.refunds.filter(state=RefundState.SUCCEEDED, receipt_state=ReceiptState.PENDING))


class _Fetch(Protocol):
    def __call__(self, *, gateway_id: str) -> ReceiptAnswer | None: ...


def _ask(
    money: Payment | Refund, payment: Payment, fetch: _Fetch, *, since: dt.datetime | None, now: dt.datetime
) -> None:
    answer = None
    try:
        answer = fetch(gateway_id=money.gateway_id)
    except GatewayError as error:
        log_failure(payment=payment, kind=GatewayEventKind.RECEIPT, error=error, now=now)
    if answer is not None:
        log_response(
            payment=payment, kind=GatewayEventKind.RECEIPT, raw=answer.raw, now=now, gateway_id=money.gateway_id
        )
    _move(money, answer, since=since, now=now)
    money.refresh_from_db()


def _move(
    money: Payment | Refund, answer: ReceiptAnswer | None, *, since: dt.datetime | None, now: dt.datetime
) -> None:
    model = type(money)._default_manager
    waiting = model.filter(pk=money.pk, state="succeeded", receipt_state=ReceiptState.PENDING)
    if answer is None or answer.state not in {ReceiptState.SUCCEEDED, ReceiptState.CANCELED}:
        patient = since is not None and now - since < POLL_LIMIT
        next_poll_at = now + poll_delay(money.poll_count) if patient else None
        waiting.update(next_poll_at=next_poll_at, poll_count=money.poll_count + 1, claimed_at=None)
        return
    waiting.update(
        receipt_state=answer.state,
        receipt_url=answer.url[:500],
        receipt_storage=answer.storage[:20],
        receipt_document=answer.document[:20],
        receipt_sign=answer.sign[:20],
        receipt_at=answer.registered_at,
        next_poll_at=None,
        claimed_at=None,
    )
