"""Fiscal receipts are asked for until YooKassa has them; one that is refused or late is a difference."""

import datetime as dt
from decimal import Decimal

import pytest

from portal.billing.models import VatRate
from portal.core import clock
from portal.payments.enums import DifferenceKind, PaymentState, ReceiptState, RefundState
from portal.payments.gateways import current_gateway, gateway_by_code
from portal.payments.gateways.demo.gateway import DemoGateway
from portal.payments.models import Difference, GatewayEvent, Payment, Refund
from portal.payments.services.paying import poll_open_payments
from portal.payments.services.reconciliation import reconcile
from portal.payments.services.refunds import make_refund
from portal.payments.services.sending_refunds import poll_open_refunds, send_refund
from tests.people import Cast, make_login
from tests.portal.payments.bank import begin, later, refreshed
from tests.portal.payments.kassa import Kassa

pytestmark = pytest.mark.django_db


def test_the_receipt_is_asked_for_until_the_register_has_made_it(cast: Cast, kassa: Kassa) -> None:
    payment = begin(cast.anna, gateway=current_gateway())
    kassa.pay(payment.gateway_id)
    payment = refreshed(payment)
    assert (payment.state, payment.receipt_state) == (PaymentState.SUCCEEDED, ReceiptState.PENDING)
    kassa.misbehave = [(500, None)]
    for _ in range(2):  # a failure, then a register that has nothing yet
        assert poll_open_payments(gateway_of=gateway_by_code, now=later(minutes=10)) == 1
        payment.refresh_from_db()
        assert payment.receipt_state == ReceiptState.PENDING
        Payment.objects.filter(pk=payment.pk).update(next_poll_at=clock.now())
    kassa.register_receipt(payment.gateway_id)
    poll_open_payments(gateway_of=gateway_by_code, now=later(minutes=10))
    payment.refresh_from_db()
    assert (payment.receipt_state, payment.receipt_document, payment.next_poll_at) == (
        ReceiptState.SUCCEEDED,
        "3986",
        None,
    )
    assert poll_open_payments(gateway_of=gateway_by_code, now=later(days=1)) == 0
    kinds = list(GatewayEvent.objects.filter(kind="receipt").order_by("pk").values_list("status", flat=True))
    assert kinds == [500, 200]


def test_a_receipt_that_the_register_refused_is_a_difference(cast: Cast, kassa: Kassa) -> None:
    payment = begin(cast.anna, gateway=current_gateway())
    kassa.pay(payment.gateway_id)
    refreshed(payment)
    kassa.register_receipt(payment.gateway_id, "canceled")
    poll_open_payments(gateway_of=gateway_by_code, now=later(minutes=10))
    payment.refresh_from_db()
    reconcile(first_day=payment.paid_on, last_day=payment.paid_on, gateway=DemoGateway(), now=later(minutes=20))
    assert Difference.objects.get().kind == DifferenceKind.NO_RECEIPT


def test_a_refund_sends_its_own_receipt_and_asks_until_it_is_registered(cast: Cast, kassa: Kassa) -> None:
    VatRate.objects.create(valid_from=dt.date(2026, 1, 1), percent=22)
    payment = begin(cast.anna, gateway=current_gateway())
    kassa.pay(payment.gateway_id)
    payment = refreshed(payment)
    kassa.register_receipt(payment.gateway_id)
    refund = make_refund(
        payment=payment, amount=Decimal("200.14"), reason="ошибка", by=make_login("clerk", staff=True), now=clock.now()
    )
    refund = send_refund(refund=refund, gateway_of=gateway_by_code, now=clock.now())
    sent = kassa.calls[-1]["body"]["receipt"]
    assert sent["customer"] == {"email": payment.contact}
    assert (sent["items"][0]["amount"]["value"], sent["items"][0]["vat_code"]) == ("200.14", 11)
    assert (refund.state, refund.receipt_state) == (RefundState.SUCCEEDED, ReceiptState.PENDING)
    assert poll_open_refunds(gateway_of=gateway_by_code, now=later(minutes=10)) == 1
    refund.refresh_from_db()
    assert refund.waits_for_receipt  # the receipt of the payment itself is not taken for it
    kassa.register_receipt(refund.gateway_id, kind="refund")
    assert poll_open_refunds(gateway_of=gateway_by_code, now=later(hours=1)) == 1
    refund.refresh_from_db()
    assert (refund.receipt_state, refund.receipt_document, refund.next_poll_at) == (
        ReceiptState.SUCCEEDED,
        "3986",
        None,
    )
    assert poll_open_refunds(gateway_of=gateway_by_code, now=later(days=1)) == 0


@pytest.mark.parametrize("status", ["canceled", "late"])
def test_a_refund_whose_receipt_is_not_registered_is_a_difference(cast: Cast, kassa: Kassa, status: str) -> None:
    payment = begin(cast.anna, gateway=current_gateway())
    kassa.pay(payment.gateway_id)
    payment = refreshed(payment)
    Payment.objects.filter(pk=payment.pk).update(receipt_state=ReceiptState.SUCCEEDED)
    for part in ("100.00", "200.00"):
        made = make_refund(
            payment=payment, amount=Decimal(part), reason="ошибка", by=make_login(part, staff=True), now=clock.now()
        )
        made = send_refund(refund=made, gateway_of=gateway_by_code, now=clock.now())
        if status == "canceled":
            kassa.register_receipt(made.gateway_id, status, kind="refund")
    poll_open_refunds(gateway_of=gateway_by_code, now=later(minutes=10))
    days = {"first_day": made.returned_on, "last_day": made.returned_on}
    reconcile(**days, gateway=DemoGateway(), now=later(days=2))
    differences = Difference.objects.filter(resolved_at=None)
    assert sorted((difference.kind, difference.ours) for difference in differences) == [
        (DifferenceKind.NO_RECEIPT, "-100.00"),
        (DifferenceKind.NO_RECEIPT, "-200.00"),
    ]
    Refund.objects.update(receipt_state=ReceiptState.SUCCEEDED)
    reconcile(**days, gateway=DemoGateway(), now=later(days=2))
    assert not differences.all().exists()
