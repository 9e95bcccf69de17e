"""A resident pays by card: one payment, one entry in the book, whatever is repeated."""

import itertools
from decimal import Decimal

import pytest
from django.test import Client

from portal.core import clock
from portal.ledger.models import Entry
from portal.ledger.selectors import balance
from portal.notifications.models import Message
from portal.payments.enums import PaymentState
from portal.payments.exceptions import AmountRefused, ContactNeeded, GatewayNotReady, KeyReused, SimilarPaymentOpen
from portal.payments.gateways.demo.cards import CARDS
from portal.payments.gateways.demo.gateway import DemoGateway
from portal.payments.models import GatewayEvent, Payment, PaymentSettings
from portal.payments.services.paying import (
    PaymentRequest,
    begin_payment,
    poll_open_payments,
    refresh_on_return,
    refresh_payment,
)
from tests.people import Cast
from tests.portal.payments.bank import MIR, LyingGateway, at_bank, begin, later, pay_at_bank

pytestmark = pytest.mark.django_db
GATEWAY = DemoGateway()


def refreshed(payment: Payment) -> Payment:
    return refresh_payment(payment=payment, gateway=GATEWAY, now=clock.now())


def test_a_paid_payment_is_credited_once(cast: Cast) -> None:
    payment = begin(cast.anna)
    assert payment.state == PaymentState.PENDING
    pay_at_bank(payment)
    for _ in range(3):
        payment = refreshed(payment)
    assert (payment.state, payment.network, payment.last4) == ("succeeded", "mir", "0004")
    assert payment.paid_on == clock.today()
    assert balance(cast.anna.account) == Decimal("-700.14")
    assert Entry.objects.count() == 1
    assert Message.objects.filter(user=cast.anna.user, event=f"payment:{payment.pk}:paid", channel="inbox").count() == 1


def test_a_declined_card_moves_no_money_and_names_the_reason(cast: Cast) -> None:
    payment = begin(cast.anna)
    pay_at_bank(payment, "4000000000000010")
    payment = refreshed(payment)
    assert (payment.state, payment.cancel_reason) == ("canceled", "insufficient_funds")
    assert not Entry.objects.exists()


def test_the_same_form_sent_again_is_the_same_payment(cast: Cast) -> None:
    gateway = LyingGateway()
    first = begin(cast.anna, key="form-1", gateway=gateway)
    assert begin(cast.anna, key="form-1", gateway=gateway).pk == first.pk
    assert len(gateway.created) == 1


def test_a_form_with_another_sum_under_its_key_is_refused(cast: Cast) -> None:
    begin(cast.anna, "100.00", key="form-1")
    with pytest.raises(KeyReused):
        begin(cast.anna, "200.00", key="form-1")
    with pytest.raises(KeyReused):
        begin(cast.boris, "100.00", key="form-1")


def test_a_second_payment_of_one_sum_is_asked_about(cast: Cast) -> None:
    begin(cast.anna)
    with pytest.raises(SimilarPaymentOpen):
        begin(cast.anna)
    begin(cast.anna, "1.00")
    assert begin(cast.anna, similar=True).state == PaymentState.PENDING


def test_limits_are_settings(cast: Cast) -> None:
    with pytest.raises(AmountRefused, match="too_small"):
        begin(cast.anna, "0.99")
    terms = PaymentSettings.load()
    terms.max_amount = Decimal("500.00")
    terms.save()
    with pytest.raises(AmountRefused, match="too_big"):
        begin(cast.anna, "500.01")
    assert not Payment.objects.exists()


def test_the_electronic_receipt_needs_a_contact(cast: Cast) -> None:
    bare = PaymentRequest(account=cast.anna.account, payer=cast.anna.user, amount=Decimal("5.00"), key="k")
    with pytest.raises(ContactNeeded):
        begin_payment(request=bare, gateway=GATEWAY, return_url=lambda _payment: "/", now=clock.now())


def test_without_a_ready_gateway_nothing_begins(cast: Cast, settings: pytest.FixtureRequest) -> None:
    settings.PAYMENT_GATEWAY = "yookassa"
    with pytest.raises(GatewayNotReady):
        begin(cast.anna)


def test_a_creation_without_an_answer_is_repeated_with_the_same_key(cast: Cast) -> None:
    gateway = LyingGateway()
    gateway.silent = True
    payment = begin(cast.anna, gateway=gateway)
    assert payment.state == PaymentState.CREATED
    gateway.silent = False
    payment = refresh_payment(payment=payment, gateway=gateway, now=later(minutes=1))
    assert payment.state == PaymentState.PENDING
    assert gateway.created[0] == gateway.created[1]


def test_the_bank_asks_ever_more_slowly_and_gives_up_at_its_limit(cast: Cast) -> None:
    gateway = LyingGateway()
    payment = begin(cast.anna, gateway=gateway)
    gateway.silent = True
    gaps = []
    moment = clock.now()
    while True:
        payment.refresh_from_db()
        if payment.next_poll_at is None:
            break
        gaps.append(payment.next_poll_at - moment)
        moment = payment.next_poll_at
        assert poll_open_payments(gateway_of=lambda _code: gateway, now=moment) == 1
    assert all(earlier <= following for earlier, following in itertools.pairwise(gaps[1:]))
    assert len(gaps) < 60
    assert (payment.state, payment.problem) == ("pending", "no_answer")


def test_a_payment_that_nobody_paid_expires(cast: Cast) -> None:
    payment = begin(cast.anna)
    row = at_bank(payment)
    row.expires_at = clock.now()
    row.save()
    payment = refreshed(payment)
    assert (payment.state, payment.cancel_reason) == ("canceled", "expired_on_confirmation")


def test_looking_at_the_page_again_and_again_asks_the_bank_once(cast: Cast) -> None:
    gateway = LyingGateway()
    payment = begin(cast.anna, gateway=gateway)
    moment = later(minutes=1)
    for _ in range(5):
        payment = refresh_on_return(payment=payment, gateway=gateway, now=moment)
    assert gateway.fetched == 1


def test_looking_does_not_hang_on_a_gateway_that_never_answered(cast: Cast) -> None:
    gateway = LyingGateway()
    gateway.silent = True
    payment = begin(cast.anna, gateway=gateway)
    for _ in range(5):
        payment = refresh_on_return(payment=payment, gateway=gateway, now=clock.now())
    assert len(gateway.created) == 1
    gateway.silent = False
    assert refresh_on_return(payment=payment, gateway=gateway, now=later(minutes=1)).state == PaymentState.PENDING


def test_what_is_held_on_the_card_is_taken(cast: Cast) -> None:
    payment = begin(cast.anna)
    row = at_bank(payment)
    row.capture = False
    row.save()
    pay_at_bank(payment)
    payment = refreshed(payment)
    assert payment.state == PaymentState.SUCCEEDED
    assert GatewayEvent.objects.filter(kind="capture", payment=payment).count() == 1


def test_through_the_bank_page_with_the_code_of_the_sms(cast: Cast, client: Client) -> None:
    payment = begin(cast.anna)
    url = payment.confirmation_url
    page = client.get(url)
    assert "700,14" in page.content.decode()
    wrong = client.post(url, {"number": "2200 0000 0000 0005", "expiry": "13/29", "csc": "1"})
    assert wrong.status_code == 422
    assert wrong.content.decode().count('class="bank-error"') == 3
    code = client.post(url, {"number": MIR, "expiry": "08/35", "csc": "123"})
    assert code.status_code == 302
    assert client.post(code.url, {"code": "0000"}).status_code == 422
    done = client.post(code.url, {"code": "1234"})
    assert done.url == payment.return_url
    payment.refresh_from_db()
    assert payment.state == PaymentState.SUCCEEDED


def test_three_wrong_codes_decline(cast: Cast, client: Client) -> None:
    payment = begin(cast.anna)
    code = client.post(payment.confirmation_url, {"number": MIR, "expiry": "08/35", "csc": "123"}).url
    for _ in range(3):
        client.post(code, {"code": "9999"})
    payment.refresh_from_db()
    assert payment.cancel_reason == "3d_secure_failed"


def test_a_real_card_number_is_not_taken_by_the_demo(cast: Cast, client: Client) -> None:
    payment = begin(cast.anna)
    answer = client.post(payment.confirmation_url, {"number": "2200 7001 0000 0006", "expiry": "08/35", "csc": "123"})
    assert answer.status_code == 422
    assert at_bank(payment).last4 == ""


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.number)
def test_every_test_card_does_what_the_page_says(cast: Cast, client: Client, card: object) -> None:
    payment = begin(cast.anna)
    answer = client.post(payment.confirmation_url, {"number": card.number, "expiry": "08/35", "csc": "123"})
    if card.secure:
        answer = client.post(answer.url, {"code": "1234"})
    assert answer.url == payment.return_url
    expected = {"declined": "canceled", "slow": "pending", "silent": "pending", "lost": "pending"}
    payment.refresh_from_db()
    assert payment.state == expected.get(card.outcome, "succeeded")
    assert payment.cancel_reason == card.reason
    if card.outcome == "lost":
        assert refreshed(payment).state == PaymentState.SUCCEEDED


def test_the_bank_page_is_away_with_another_gateway(
    cast: Cast, client: Client, settings: pytest.FixtureRequest
) -> None:
    payment = begin(cast.anna)
    settings.PAYMENT_GATEWAY = "yookassa"
    assert client.get(payment.confirmation_url).status_code == 404
