"""A gateway is taken out of PAYMENT_GATEWAYS while its payments are open: the others go on, staff see which wait."""

import datetime as dt
from decimal import Decimal

import pytest
from django.test import Client

from portal.core import clock
from portal.payments.enums import PaymentState, RefundState
from portal.payments.gateways import gateway_by_code
from portal.payments.models import GatewayEvent, Payment
from portal.payments.services.paying import poll_open_payments, refresh_payment
from portal.payments.services.refunds import make_refund
from portal.payments.services.sending_refunds import poll_open_refunds
from tests.people import Cast, make_login
from tests.portal.payments.bank import begin, later, pay_at_bank

pytestmark = pytest.mark.django_db


def removed(payment: Payment, **fields: object) -> Payment:
    """The payment, as if it had begun at a gateway that the settings no longer name."""
    Payment.objects.filter(pk=payment.pk).update(gateway="oldpay", **fields)
    payment.refresh_from_db()
    return payment


def test_it_holds_up_no_other_payment_and_is_marked_for_staff(cast: Cast) -> None:
    first, second = removed(begin(cast.anna)), begin(cast.boris)
    pay_at_bank(second)
    Payment.objects.filter(pk=first.pk).update(next_poll_at=clock.now() - dt.timedelta(minutes=1))
    assert poll_open_payments(gateway_of=gateway_by_code, now=later(minutes=10)) == 2
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, first.problem, second.state) == ("pending", "gateway_removed", "succeeded")
    assert first.next_poll_at is not None
    assert GatewayEvent.objects.get(payment=first, kind="fetch").outcome == "GatewayRemoved: no_gateway"


def test_a_creation_without_an_answer_is_not_called_canceled(cast: Cast) -> None:
    payment = removed(begin(cast.anna), state=PaymentState.CREATED, gateway_id="")
    payment = refresh_payment(payment=payment, gateway=gateway_by_code("oldpay"), now=later(days=2))
    assert (payment.state, payment.problem) == ("created", "gateway_removed")


def test_the_payment_goes_on_once_the_gateway_is_back(cast: Cast) -> None:
    payment = begin(cast.anna)
    pay_at_bank(payment)
    payment = refresh_payment(payment=removed(payment), gateway=gateway_by_code("oldpay"), now=later(days=2))
    Payment.objects.filter(pk=payment.pk).update(gateway="demo")
    poll_open_payments(gateway_of=gateway_by_code, now=later(days=3))
    payment.refresh_from_db()
    assert (payment.state, payment.problem) == ("succeeded", "")


def test_a_refund_to_it_waits_and_the_next_one_is_sent(cast: Cast) -> None:
    refunds = []
    for who in (cast.anna, cast.boris):
        payment = begin(who)
        pay_at_bank(payment)
        payment = refresh_payment(payment=payment, gateway=gateway_by_code("demo"), now=clock.now())
        by = make_login(f"clerk-{who.user.pk}", staff=True)
        refunds.append(make_refund(payment=payment, amount=Decimal("1.00"), reason="ошибка", by=by, now=clock.now()))
    removed(refunds[0].payment)
    poll_open_refunds(gateway_of=gateway_by_code, now=later(minutes=10))
    for refund in refunds:
        refund.refresh_from_db()
    assert [refund.state for refund in refunds] == [RefundState.APPROVED, RefundState.SUCCEEDED]


def test_its_pages_open_for_the_payer_and_for_staff(cast: Cast, client: Client, admin_client: Client) -> None:
    payment = removed(begin(cast.anna))
    client.force_login(cast.anna.user)
    assert client.get(f"/personal/pay/{payment.reference}/").status_code == 200
    payment.refresh_from_db()
    assert payment.problem == "gateway_removed"
    page = admin_client.get(f"/admin/office/payments/{payment.pk}/").content.decode()
    assert "В настройках больше нет шлюза этого платежа: спросить его нельзя." in page
