"""The official SDK against a faithful server of our own: headers, bodies, every kind of failure."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from portal.billing.models import VatRate
from portal.core import clock
from portal.ledger.models import Entry
from portal.ledger.selectors import balance
from portal.payments.enums import PaymentState, RefundState
from portal.payments.gateways import current_gateway, gateway_by_code
from portal.payments.gateways.base import GatewayMisconfigured, GatewayMissing, GatewayRefusal, GatewayUnknown, Order
from portal.payments.gateways.yookassa.gateway import NETWORKS, YooKassaGateway
from portal.payments.models import GatewayEvent, Refund
from portal.payments.problems import problem_text
from portal.payments.services.refunds import make_refund
from portal.payments.services.sending_refunds import fetch_refund_by_notice, poll_open_refunds, send_refund
from tests.people import Cast, make_login
from tests.portal.payments.bank import begin, later, refreshed
from tests.portal.payments.kassa import SECRET, SHOP, Kassa

pytestmark = pytest.mark.django_db
ORDER = Order(
    key="k-1", reference="r-1", amount=Decimal("700.14"), description="Оплата", return_url="http://localhost/back"
)


def test_a_payment_goes_out_with_key_receipt_and_return_address(cast: Cast, kassa: Kassa) -> None:
    VatRate.objects.create(valid_from=dt.date(2026, 1, 1), percent=22)
    payment = begin(cast.anna, gateway=current_gateway())
    assert payment.state == PaymentState.PENDING
    assert payment.confirmation_url.startswith("https://yoomoney.ru/")
    call = kassa.calls[0]
    assert (call["method"], call["path"]) == ("POST", "/v3/payments")
    assert call["headers"]["Idempotence-Key"] == payment.key
    body = call["body"]
    assert body["amount"] == {"value": "700.14", "currency": "RUB"}
    assert body["confirmation"]["return_url"] == payment.return_url
    assert body["metadata"]["reference"] == str(payment.reference)
    item = body["receipt"]["items"][0]
    assert body["receipt"]["customer"] == {"email": cast.anna.user.email}
    assert item["vat_code"] == 11
    assert item["amount"]["value"] == "700.14"


def test_a_paid_payment_is_credited_with_network_and_digits(cast: Cast, kassa: Kassa) -> None:
    payment = begin(cast.anna, gateway=current_gateway())
    kassa.pay(payment.gateway_id)
    payment = refreshed(payment)
    assert (payment.state, payment.network, payment.last4) == ("succeeded", "mir", "0004")
    assert payment.paid_on == dt.date(2026, 11, 15)
    assert balance(cast.anna.account) == Decimal("-700.14")


@pytest.mark.parametrize(
    ("bent", "problem", "words"),
    [
        ({"test": True}, "test_payment", "тестовый платёж"),
        ({"paid": False}, "not_paid", "неоплаченным"),
        ({"captured_at": "2130-01-01T00:00:00.000Z"}, "future", "в будущем"),
    ],
)
def test_money_that_is_none_is_not_credited(
    cast: Cast, kassa: Kassa, settings: Any, bent: dict[str, Any], problem: str, words: str
) -> None:
    settings.PAYMENTS_TAKE_TESTS = False
    payment = begin(cast.anna, gateway=current_gateway())
    kassa.pay(payment.gateway_id)
    kassa.payments[payment.gateway_id] |= {"test": False} | bent
    payment = refreshed(payment)
    assert (payment.state, payment.problem) == (PaymentState.PENDING, problem)
    assert words in str(problem_text(problem))
    assert balance(cast.anna.account) == 0
    kassa.payments[payment.gateway_id] |= {"test": False, "paid": True, "captured_at": "2026-11-15T09:15:00.000Z"}
    assert refreshed(payment).state == PaymentState.SUCCEEDED


@pytest.mark.parametrize("ends", ["succeeded", "canceled"])
def test_a_refund_under_way_in_the_gateways_office_is_followed_to_its_end(cast: Cast, kassa: Kassa, ends: str) -> None:
    payment = begin(cast.anna, gateway=current_gateway())
    kassa.pay(payment.gateway_id)
    payment = refreshed(payment)
    refund = {"id": "rf-1", "payment_id": payment.gateway_id, "status": "pending", "created_at": "2026-11-15T10:00:00Z"}
    kassa.refunds["rf-1"] = refund | {"amount": {"value": "100.00", "currency": "RUB"}}
    fetch_refund_by_notice(payment=payment, refund_id="rf-1", gateway=current_gateway(), now=clock.now())
    payment.refresh_from_db()
    assert (payment.problem, payment.refunds.get().state) == ("", RefundState.PENDING)
    kassa.refunds["rf-1"]["status"] = ends
    poll_open_refunds(gateway_of=gateway_by_code, now=later(hours=1))
    payment.refresh_from_db()
    assert (payment.problem, payment.refunds.get().state) == ("", ends)
    assert payment.refunded == (100 if ends == "succeeded" else 0)


def test_a_cancellation_brings_its_reason(cast: Cast, kassa: Kassa) -> None:
    payment = begin(cast.anna, gateway=current_gateway())
    details = {"party": "payment_network", "reason": "reason_of_next_year"}
    kassa.payments[payment.gateway_id] |= {"status": "canceled", "cancellation_details": details}
    payment = refreshed(payment)
    assert (payment.state, payment.cancel_reason) == ("canceled", "reason_of_next_year")


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (500, {"type": "error", "code": "internal_server_error"}),
        (502, b"<html>"),
        (429, {"code": "too_many_requests"}),
        (409, {"code": "conflict"}),
        (0, None),
        (200, b""),
        (200, b"[]"),
        (200, {"id": 5}),
        (202, {"retry_after": 1800}),
    ],
)
def test_an_unknown_outcome_is_repeated_with_the_same_key_and_data(
    cast: Cast, kassa: Kassa, status: int, body: Any
) -> None:
    kassa.misbehave, kassa.do_first = [(status, body)], True
    payment = begin(cast.anna, gateway=current_gateway())
    assert payment.state == PaymentState.CREATED
    payment = refreshed(payment)
    assert payment.state == PaymentState.PENDING
    assert len(kassa.payments) == 1
    assert kassa.calls[0]["body"] == kassa.calls[1]["body"]
    assert kassa.calls[0]["headers"]["Idempotence-Key"] == kassa.calls[1]["headers"]["Idempotence-Key"]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 415])
def test_a_refusal_ends_the_payment_and_a_new_try_has_a_new_key(cast: Cast, kassa: Kassa, status: int) -> None:
    body = None if status in {405, 415} else {"type": "error", "code": "invalid_request"}
    kassa.misbehave = [(status, body)]
    payment = begin(cast.anna, gateway=current_gateway())
    assert (payment.state, payment.cancel_reason) == ("canceled", "gateway_refused")
    assert GatewayEvent.objects.get(payment=payment).status == status
    again = begin(cast.anna, gateway=current_gateway())
    assert again.key != payment.key
    assert again.state == PaymentState.PENDING


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, GatewayRefusal),
        (401, GatewayMisconfigured),
        (403, GatewayMisconfigured),
        (404, GatewayMissing),
        (409, GatewayUnknown),
        (429, GatewayUnknown),
        (500, GatewayUnknown),
        (503, GatewayUnknown),
        (302, GatewayUnknown),
    ],
)
def test_each_status_has_its_error(kassa: Kassa, status: int, error: type[Exception]) -> None:
    kassa.misbehave = [(status, {"code": "x"})]
    with pytest.raises(error):
        current_gateway().fetch(gateway_id="n")


def test_a_wrong_secret_is_staffs_matter(kassa: Kassa) -> None:
    wrong = YooKassaGateway(shop_id=SHOP, secret_key="other", api_url=kassa.url)
    with pytest.raises(GatewayMisconfigured):
        wrong.create(order=ORDER)


def test_a_gateway_that_is_away_is_an_unknown_outcome() -> None:
    away = YooKassaGateway(shop_id=SHOP, secret_key=SECRET, api_url="http://127.0.0.1:9/v3")
    with pytest.raises(GatewayUnknown):
        away.create(order=ORDER)


def test_refunds_whole_and_in_part(cast: Cast, kassa: Kassa) -> None:
    payment = begin(cast.anna, gateway=current_gateway())
    kassa.pay(payment.gateway_id)
    payment = refreshed(payment)
    accountant = make_login("accountant", staff=True)
    for amount in ("200.14", "500.00"):
        refund = make_refund(
            payment=payment, amount=Decimal(amount), reason="переплата", by=accountant, now=clock.now()
        )
        refund = send_refund(refund=refund, gateway_of=gateway_by_code, now=clock.now())
        assert refund.state == RefundState.SUCCEEDED
    payment.refresh_from_db()
    assert payment.refunded == payment.amount
    assert balance(cast.anna.account) == Decimal("0.00")
    body = kassa.calls[-1]["body"]
    assert (body["payment_id"], body["amount"]["value"]) == (payment.gateway_id, "500.00")
    assert body["receipt"]["items"][0]["amount"]["value"] == "500.00"


def test_a_refund_with_an_unknown_outcome_is_made_once(cast: Cast, kassa: Kassa) -> None:
    payment = begin(cast.anna, gateway=current_gateway())
    kassa.pay(payment.gateway_id)
    payment = refreshed(payment)
    refund = make_refund(
        payment=payment, amount=Decimal("100.00"), reason="р", by=make_login("acc", staff=True), now=clock.now()
    )
    kassa.misbehave, kassa.do_first = [(500, {"code": "internal"})], True
    assert send_refund(refund=refund, gateway_of=gateway_by_code, now=clock.now()).state == RefundState.APPROVED
    assert send_refund(refund=refund, gateway_of=gateway_by_code, now=clock.now()).state == RefundState.SUCCEEDED
    assert len(kassa.refunds) == 1


def notice(client: Client, event: str, payment_object: dict[str, Any], **extra: Any) -> int:
    body = {"type": "notification", "event": event, "object": payment_object}
    return client.post("/payments/notices/yookassa/", body, content_type="application/json", **extra).status_code


def test_a_notice_is_fetched_before_it_is_believed(cast: Cast, kassa: Kassa, client: Client) -> None:
    payment = begin(cast.anna, gateway=current_gateway())
    lie = kassa.payments[payment.gateway_id] | {"status": "succeeded", "amount": {"value": 700.14, "currency": "RUB"}}
    assert notice(client, "payment.succeeded", lie) == 200
    assert not Entry.objects.exists()
    kassa.pay(payment.gateway_id)
    for _ in range(3):
        assert notice(client, "payment.succeeded", lie) == 200
    assert Entry.objects.count() == 1
    assert notice(client, "payment.succeeded", lie, REMOTE_ADDR="203.0.113.9") == 403


def test_a_notice_while_the_gateway_is_away_is_sent_again(cast: Cast, kassa: Kassa, client: Client) -> None:
    payment = begin(cast.anna, gateway=current_gateway())
    kassa.misbehave = [(500, {"code": "internal"})]
    assert notice(client, "payment.succeeded", {"id": payment.gateway_id}) == 503


def test_a_refund_made_at_the_gateway_is_taken_over_once(cast: Cast, kassa: Kassa, client: Client) -> None:
    payment = begin(cast.anna, gateway=current_gateway())
    kassa.pay(payment.gateway_id)
    refund = kassa._create_refund({"payment_id": payment.gateway_id, "amount": {"value": "50.00", "currency": "RUB"}})[
        1
    ]
    pending = refund | {"status": "succeeded"}
    for _ in range(2):
        assert notice(client, "refund.succeeded", pending) == 200
    assert Refund.objects.get().amount == Decimal("50.00")
    assert balance(cast.anna.account) == Decimal("-650.14")


def test_the_list_is_read_to_its_last_page(cast: Cast, kassa: Kassa) -> None:
    for number in range(5):
        begin(cast.anna, f"{number + 1}.00", gateway=current_gateway())
    span = {"since": dt.datetime(2026, 11, 15, tzinfo=dt.UTC), "until": dt.datetime(2026, 11, 16, tzinfo=dt.UTC)}
    payments = list(current_gateway().list_payments(**span))
    assert [answer.amount for answer in payments] == [Decimal(f"{n}.00") for n in (1, 2, 3, 4, 5)]


def test_nothing_that_is_kept_names_the_secret(cast: Cast, kassa: Kassa) -> None:
    payment = begin(cast.anna, gateway=current_gateway())
    kassa.pay(payment.gateway_id)
    refreshed(payment)
    kept = str(list(GatewayEvent.objects.values_list("body", flat=True)))
    assert SECRET not in kept
    assert "220000" not in kept


def test_the_networks_are_those_of_the_documentation() -> None:
    gateway = YooKassaGateway(shop_id="1", secret_key="2", api_url="http://127.0.0.1:9")
    assert gateway.notice_networks == NETWORKS


def test_without_keys_nothing_goes_out(settings: Any) -> None:
    settings.YOOKASSA_SHOP_ID = settings.YOOKASSA_SECRET_KEY = ""
    gateway = gateway_by_code("yookassa")
    assert not gateway.is_ready
    with pytest.raises(GatewayMisconfigured):
        gateway.create(order=ORDER)


def test_a_vat_that_the_gateway_does_not_know_is_never_sent_as_another(cast: Cast, kassa: Kassa) -> None:
    VatRate.objects.create(valid_from=dt.date(2026, 1, 1), percent=18)
    payment = begin(cast.anna, gateway=current_gateway())
    assert (payment.state, kassa.calls) == (PaymentState.CANCELED, [])
    assert GatewayEvent.objects.get().outcome == "GatewayMisconfigured: vat"


@pytest.mark.parametrize(
    ("lie", "status", "state", "problem"),
    [
        ({"amount": {"value": "1e999999", "currency": "RUB"}}, 503, "pending", ""),
        ({"amount": {"value": "NaN", "currency": "RUB"}}, 503, "pending", ""),
        ({"amount": []}, 503, "pending", ""),
        ({"amount": {"value": "700.1400000001", "currency": "RUB"}}, 200, "pending", "other_sum"),
        ({"metadata": {"reference": "somebody-else"}}, 200, "pending", "other_order"),
        ({"metadata": ["x"]}, 200, "pending", "other_order"),
        ({"captured_at": "0001-01-01T00:00:00Z"}, 200, "succeeded", ""),
        ({"captured_at": "9999-12-31T23:59:59Z"}, 200, "succeeded", ""),
    ],
)
def test_a_gateway_that_answers_nonsense_breaks_nothing(
    cast: Cast, kassa: Kassa, client: Client, lie: dict[str, Any], status: int, state: str, problem: str
) -> None:
    payment = begin(cast.anna, gateway=current_gateway())
    kassa.pay(payment.gateway_id)
    kassa.payments[payment.gateway_id] |= lie
    assert notice(client, "payment.succeeded", {"id": payment.gateway_id}) == status
    payment.refresh_from_db()
    assert (payment.state, payment.problem) == (state, problem)
    assert Entry.objects.count() == (state == "succeeded")
    if state == "succeeded":
        assert payment.paid_on == clock.today()


def test_only_an_address_of_the_web_becomes_a_link(cast: Cast, kassa: Kassa, client: Client) -> None:
    payment = begin(cast.anna, gateway=current_gateway())
    kassa.payments[payment.gateway_id]["confirmation"]["confirmation_url"] = "javascript:alert(1)"
    notice(client, "payment.succeeded", {"id": payment.gateway_id})
    payment.refresh_from_db()
    assert payment.confirmation_url.startswith("https://yoomoney.ru/")
