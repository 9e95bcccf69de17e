"""Notices come forged, stale, doubled and reordered: the book has one credit or none; each is kept as it came.

FAULTS 7. The control is a portal that believed the notice: what was sent stands in the kept body.
"""

import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from portal.core import clock
from portal.ledger.models import Entry
from portal.ledger.selectors import balance
from portal.payments.enums import PaymentState
from portal.payments.exceptions import NoticeRefused
from portal.payments.gateways.demo import bank
from portal.payments.gateways.demo.gateway import DemoGateway
from portal.payments.models import GatewayEvent, Payment, Refund
from portal.payments.services.applying import apply_answer
from portal.payments.services.notices import ASK_AGAIN
from portal.payments.services.paying import refresh_payment
from tests.people import Cast
from tests.portal.payments.bank import LyingGateway, at_bank, begin, pay_at_bank, send_notice, with_sum

pytestmark = pytest.mark.django_db


def state_of(payment: Payment) -> str:
    payment.refresh_from_db()
    return payment.state


def test_ten_notices_are_one_credit_and_ten_rows(cast: Cast) -> None:
    payment = begin(cast.anna)
    pay_at_bank(payment)
    for _ in range(10):
        send_notice(payment)
    assert state_of(payment) == PaymentState.SUCCEEDED
    assert Entry.objects.count() == 1
    assert GatewayEvent.objects.filter(kind="webhook", payment=payment).count() == 10


def test_a_notice_that_lies_about_success_credits_nothing(cast: Cast) -> None:
    payment = begin(cast.anna)
    event = send_notice(payment, state="succeeded")
    assert event.body["object"]["status"] == "succeeded"
    assert state_of(payment) == PaymentState.PENDING
    assert not Entry.objects.exists()


def test_a_notice_from_elsewhere_is_refused_and_remembered(cast: Cast) -> None:
    payment = begin(cast.anna)
    pay_at_bank(payment)
    with pytest.raises(NoticeRefused, match="source"):
        send_notice(payment, source="203.0.113.7")
    assert state_of(payment) == PaymentState.PENDING
    assert GatewayEvent.objects.get(outcome="refused: source").source == "203.0.113.7"


@pytest.mark.parametrize(
    ("lie", "problem"),
    [
        (with_sum("7000.14"), "other_sum"),
        (lambda answer: replace(answer, currency="USD"), "other_currency"),
        (lambda answer: replace(answer, reference="somebody-else"), "other_order"),
        (lambda answer: replace(answer, gateway_id="another"), "other_order"),
        (lambda answer: replace(answer, state="paid!"), "other_state"),
    ],
)
def test_an_answer_about_another_sum_currency_or_order_moves_nothing(cast: Cast, lie: object, problem: str) -> None:
    payment = begin(cast.anna)
    pay_at_bank(payment)
    send_notice(payment, gateway=LyingGateway(lie))
    assert state_of(payment) == PaymentState.PENDING
    assert payment.problem == problem
    assert not Entry.objects.exists()


def test_the_control_an_honest_answer_credits(cast: Cast) -> None:
    payment = begin(cast.anna)
    pay_at_bank(payment)
    send_notice(payment, gateway=LyingGateway())
    assert balance(cast.anna.account) == Decimal("-700.14")


def test_stale_and_reordered_notices_end_right(cast: Cast) -> None:
    payment = begin(cast.anna)
    pay_at_bank(payment)
    for state in ("succeeded", "waiting_for_capture", "canceled", "pending"):
        send_notice(payment, state=state)
    assert state_of(payment) == PaymentState.SUCCEEDED
    assert Entry.objects.count() == 1


def test_a_failure_after_success_takes_nothing_back(cast: Cast) -> None:
    payment = begin(cast.anna)
    pay_at_bank(payment)
    send_notice(payment)
    answer = replace(DemoGateway().fetch(gateway_id=payment.gateway_id), state="canceled")
    payment = apply_answer(payment_id=payment.pk, answer=answer, now=clock.now())
    assert (payment.state, payment.problem) == ("succeeded", "canceled_after_paid")
    assert balance(cast.anna.account) == Decimal("-700.14")


def test_a_success_after_our_cancellation_is_credited(cast: Cast) -> None:
    payment = begin(cast.anna)
    Payment.objects.filter(pk=payment.pk).update(state="canceled", cancel_reason="no_answer")
    pay_at_bank(payment)
    send_notice(payment)
    assert state_of(payment) == PaymentState.SUCCEEDED
    assert Entry.objects.count() == 1


def test_a_refund_before_its_payment_moves_nothing(cast: Cast) -> None:
    payment = begin(cast.anna)
    pay_at_bank(payment)
    gateway = LyingGateway(lambda answer: replace(answer, state="pending"))
    send_notice(payment, gateway=gateway)
    assert state_of(payment) == PaymentState.PENDING
    assert not Refund.objects.exists()


def test_a_notice_during_the_gateways_silence_is_asked_for_again(cast: Cast) -> None:
    gateway = LyingGateway()
    payment = begin(cast.anna, gateway=gateway)
    pay_at_bank(payment)
    gateway.silent = True
    assert send_notice(payment, gateway=gateway).outcome == ASK_AGAIN
    gateway.silent = False
    refresh_payment(payment=payment, gateway=gateway, now=clock.now())
    assert state_of(payment) == PaymentState.SUCCEEDED


@pytest.mark.parametrize("length", ["x", "-1", "9" * 99, "²"])
def test_a_length_that_is_none_is_refused(db: None, client: Client, length: str) -> None:
    answer = client.post("/payments/notices/demo/", "{}", content_type="application/json", CONTENT_LENGTH=length)
    assert answer.status_code == 413


def test_a_number_never_leads_elsewhere_at_the_gateway(cast: Cast) -> None:
    payment = begin(cast.anna)
    with pytest.raises(NoticeRefused, match="body"):
        send_notice(payment, id=f"../refunds/{payment.gateway_id}")


@pytest.mark.parametrize("body", ["", "[]", "{", '{"type": "x"}', '{"type": "notification", "object": 1}', "[" * 9000])
def test_nonsense_is_answered_400(db: None, client: Client, body: str) -> None:
    assert client.post("/payments/notices/demo/", body, content_type="application/json").status_code == 400


def test_the_address_takes_notices_without_csrf_from_its_networks_only(cast: Cast) -> None:
    strict = Client(enforce_csrf_checks=True)
    body = '{"type": "notification", "event": "payment.succeeded", "object": {"id": "unknown"}}'
    url = "/payments/notices/demo/"
    assert strict.post(url, body, content_type="application/json").status_code == 200
    assert strict.post(url, body, content_type="application/json", REMOTE_ADDR="203.0.113.7").status_code == 403
    forged = {"REMOTE_ADDR": "203.0.113.7", "HTTP_X_FORWARDED_FOR": "127.0.0.1"}
    assert strict.post(url, body, content_type="application/json", **forged).status_code == 403
    assert strict.get(url).status_code == 405
    assert strict.post("/payments/notices/yookassa/", body, content_type="application/json").status_code == 404


@pytest.mark.parametrize(
    ("proxies", "sender", "status"),
    [
        ([], "127.0.0.1", 403),
        (["10.0.0.0/8"], "127.0.0.1", 200),
        (["10.0.0.0/8"], "127.0.0.1, 203.0.113.7", 403),
        (["10.0.0.0/8", "203.0.113.0/24"], "127.0.0.1, 203.0.113.7", 200),
    ],
)
def test_a_forwarded_address_counts_only_behind_a_trusted_proxy(
    db: None, client: Client, settings: Any, proxies: list[str], sender: str, status: int
) -> None:
    """The proxies are those of logins and limits: one list (TRUSTED_PROXIES)."""
    settings.TRUSTED_PROXIES = proxies
    body = '{"type": "notification", "event": "payment.succeeded", "object": {"id": "unknown"}}'
    answer = client.post(
        "/payments/notices/demo/",
        body,
        content_type="application/json",
        REMOTE_ADDR="10.0.0.5",
        HTTP_X_FORWARDED_FOR=sender,
    )
    assert answer.status_code == status


def test_what_is_kept_has_no_secrets_and_no_card_number(cast: Cast) -> None:
    payment = begin(cast.anna)
    event = send_notice(
        payment, payment_token="secret", card={"number": "4111111111111111", "text": "4111 1111 1111 1111"}
    )
    kept = str(GatewayEvent.objects.get(pk=event.pk).body)
    assert "secret" not in kept
    assert "4111" not in kept.replace("•••• 1111", "")


@pytest.mark.parametrize(
    "changes",
    [
        {"metadata": ["x"]},
        {"metadata": "x"},
        {"a\x00b": "\x00"},
        {"half": "\ud800"},
        {"sum": float("nan")},
        {"id": "a\x00b"},
        {"id": "\ud800"},
        {"id": "9" * 9000},
        {"id": "../../etc"},
        {"id": ["x"]},
        {"id": 5},
        {"deep": json.loads("[" * 700 + "]" * 700)},
        {"big": int("9" * 4000)},
    ],
)
def test_a_hostile_notice_is_kept_or_refused_and_never_breaks_us(cast: Cast, client: Client, changes: Any) -> None:
    payment = begin(cast.anna)
    body = bank.notice(at_bank(payment), "succeeded")
    body["object"] |= changes
    answer = client.post("/payments/notices/demo/", json.dumps(body), content_type="application/json")
    assert answer.status_code in {200, 400}
    payment.refresh_from_db()
    assert payment.state == PaymentState.PENDING
