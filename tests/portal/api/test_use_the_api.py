"""Anna's own program reads her data and sends readings; nobody else's key opens them."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.test import Client

from portal.accounts.models import ApiKey
from portal.accounts.services import api_keys
from portal.core import clock
from portal.ledger.enums import EntryKind
from portal.ledger.services import NewEntry, post_entry
from portal.metering.models import Reading
from portal.notifications.models import Message
from portal.payments.models import Payment
from portal.receipts.models import Receipt
from tests.conftest import SetDate
from tests.october import close_october
from tests.people import Cast
from tests.portal.api.conftest import Program

pytestmark = pytest.mark.django_db
OF_AN_ACCOUNT = ("", "meters/", "readings/", "ledger/", "charges/", "receipts/", "payments/", "outages/")


def charge(cast: Cast, number: int) -> None:
    entry = NewEntry(
        account_id=cast.anna.account.pk,
        kind=EntryKind.CHARGE,
        amount=Decimal("700.14"),
        effective_on=dt.date(2026, 10, 21),
        key=f"c{number}",
        source=f"charge:{number}",
    )
    post_entry(entry)


def test_her_accounts_with_balances(anna: Program, cast: Cast) -> None:
    charge(cast, 1)
    account = anna.get("/accounts/").json()[0]
    assert (account["number"], account["balance"]) == ("0010001", "700.14")
    assert anna.get(f"/accounts/{account['id']}/").json()["window"]["is_open"] is True
    entries = anna.get("/accounts/ACCOUNT/ledger/").json()
    assert [(e["kind"], e["amount"], e["balance_after"]) for e in entries] == [("charge", "700.14", "700.14")]


def test_a_reading_is_sent_once_and_read_back(anna: Program) -> None:
    meter = anna.get("/accounts/ACCOUNT/meters/").json()[0]
    assert meter["last_value"] == "135.120"
    for _attempt in range(2):
        accepted = anna.post("/accounts/ACCOUNT/readings/", {"meter": meter["id"], "value": "141.455"})
        assert accepted.status_code == 200
    result = accepted.json()
    assert (result["result"], result["value"], result["volume"]) == ("accepted", "141.455", "6.335")
    assert (result["counts_for"], result["may_change_until"]) == ("2026-11-01", "2026-11-20")
    assert result["next_window"]["opens_on"] == "2026-12-10"
    assert Reading.objects.count() == 1
    assert [r["value"] for r in anna.get("/accounts/ACCOUNT/readings/").json()] == ["141.455"]
    assert anna.get("/accounts/ACCOUNT/readings/?since=2026-11-16").json() == []
    assert Message.objects.filter(channel="inbox").exclude(event__startswith="api-key").exists()


def test_a_refusal_has_a_code_words_and_the_next_window(anna: Program, business_date: SetDate) -> None:
    meter = anna.meter()
    lower = anna.post("/accounts/ACCOUNT/readings/", {"meter": meter, "value": "100"})
    assert (lower.status_code, lower.json()["code"]) == (409, "lower_than_previous")
    high = anna.post("/accounts/ACCOUNT/readings/", {"meter": meter, "value": "20000"})
    assert (high.status_code, high.json()["code"]) == (409, "high_without_history")
    business_date("2026-11-21")
    closed = anna.post("/accounts/ACCOUNT/readings/", {"meter": meter, "value": "141.455"}).json()
    assert (closed["code"], closed["next_window"]["opens_on"]) == ("reading_window_closed", "2026-12-10")
    assert "10" in closed["detail"]
    assert Reading.objects.count() == 0


def test_a_confirmed_high_reading_is_flagged(anna: Program) -> None:
    body = {"meter": anna.meter(), "value": "20000", "confirmed_high": True}
    result = anna.post("/accounts/ACCOUNT/readings/", body).json()
    assert (result["result"], result["flags"]) == ("flagged", ["high"])


def test_charges_come_with_reasons_and_receipts_as_pdf(anna: Program, cast: Cast, business_date: SetDate) -> None:
    close_october(cast, business_date)
    bill = anna.get("/accounts/ACCOUNT/charges/").json()[0]
    assert bill["total"] == str(sum(Decimal(line["amount"]) for line in bill["charges"]))
    assert all(line["reasons"] for line in bill["charges"])
    receipt = anna.get("/accounts/ACCOUNT/receipts/").json()[0]
    assert receipt["number"] == Receipt.objects.get(account=cast.anna.account).number
    pdf = anna.get(receipt["pdf"])
    assert (pdf["Content-Type"], pdf.content[:5]) == ("application/pdf", b"%PDF-")
    assert anna.get(receipt["pdf"], if_none_match=pdf["ETag"]).status_code == 304
    assert anna.get(receipt["pdf"], accept="application/json").status_code == 406


def test_a_payment_is_begun_once_and_paid_by_a_person_on_the_banks_page(anna: Program) -> None:
    headers = {"idempotency-key": "november-700"}
    first = anna.post("/accounts/ACCOUNT/payments/", {"amount": "700.14"}, **headers)
    again = anna.post("/accounts/ACCOUNT/payments/", {"amount": "700.14"}, **headers)
    assert (first.status_code, first.json()) == (201, again.json())
    assert "/payments/demo/" in first.json()["page"]
    assert Payment.objects.get().amount == Decimal("700.14")
    assert anna.get(f"/payments/{first.json()['reference']}/").json()["state"] == "pending"
    similar = anna.post("/accounts/ACCOUNT/payments/", {"amount": "700.14"}, **{"idempotency-key": "another-one"})
    assert (similar.status_code, similar.json()["code"]) == (409, "similar_payment_open")
    for amount, code in (("0.01", "amount_refused"), (10.123, "amount_refused")):
        refused = anna.post("/accounts/ACCOUNT/payments/", {"amount": amount}, **{"idempotency-key": f"sum-{amount}"})
        assert (refused.status_code, refused.json()["code"]) == (409, code)
    assert anna.post("/accounts/ACCOUNT/payments/", {"amount": "700.14"}).status_code == 422
    assert [p["amount"] for p in anna.get("/accounts/ACCOUNT/payments/").json()] == ["700.14"]


def test_the_stranger_finds_nothing_of_hers(anna: Program, cast: Cast, program: Callable[..., Program]) -> None:
    stranger = program(cast.stranger)
    meter = anna.meter()
    begun = anna.post("/accounts/ACCOUNT/payments/", {"amount": "700.14"}, **{"idempotency-key": "november-700"})
    reference = begun.json()["reference"]
    for path in OF_AN_ACCOUNT:
        assert stranger.client.get(f"/api/v1/accounts/{anna.account}/{path}").status_code == 404, path
        assert anna.get(f"/accounts/ACCOUNT/{path}").status_code == 200, path
    assert stranger.get(f"/payments/{reference}/").status_code == 404
    body = {"meter": meter, "value": "141.455"}
    assert stranger.post(f"/accounts/{anna.account}/readings/", body).status_code == 404
    assert program(cast.boris).post("/accounts/ACCOUNT/readings/", body).status_code == 404
    sent = stranger.post(f"/accounts/{anna.account}/payments/", {"amount": "5"}, **{"idempotency-key": "stranger"})
    assert sent.status_code == 404
    assert Reading.objects.count() == 0


def test_without_a_key_with_a_revoked_one_or_a_session_nothing_opens(anna: Program, cast: Cast, client: Client) -> None:
    assert client.get("/api/v1/accounts/").status_code == 401
    client.force_login(cast.anna.user)
    assert client.get("/api/v1/accounts/").status_code == 401
    api_keys.revoke_key(user=cast.anna.user, key_id=ApiKey.objects.get().pk, moment=clock.real_now())
    assert anna.get("/accounts/").status_code == 401


def test_a_login_that_must_choose_a_password_has_no_keys(anna: Program, cast: Cast) -> None:
    type(cast.anna.user).objects.filter(pk=cast.anna.user.pk).update(must_change_password=True)
    assert anna.get("/accounts/").status_code == 401


@pytest.mark.parametrize(
    ("scope", "opens"), [("read", {"accounts"}), ("readings", {"send"}), ("payments", {"payments"})]
)
def test_a_key_opens_what_its_scope_says(
    cast: Cast, program: Callable[..., Program], anna: Program, scope: str, opens: set[str]
) -> None:
    narrow = program(cast.anna, (scope,))
    meter = anna.meter()
    statuses = {
        "accounts": narrow.get("/accounts/ACCOUNT/meters/"),
        "payments": narrow.get("/accounts/ACCOUNT/payments/"),
        "send": narrow.post("/accounts/ACCOUNT/readings/", {"meter": meter, "value": "141.455"}),
    }
    assert {name for name, answer in statuses.items() if answer.status_code == 200} == opens
    closed = next(answer for name, answer in statuses.items() if name not in opens)
    assert (closed.status_code, closed.json()["code"]) == (403, "scope_missing")
    assert "insufficient_scope" in closed["WWW-Authenticate"]


def test_the_schema_and_its_page_are_open_and_load_nothing_from_elsewhere(client: Client) -> None:
    schema = client.get("/api/v1/schema/").json()
    assert "/api/v1/accounts/{account}/readings/" in schema["paths"]
    page = client.get("/api/v1/docs/")
    assert page.status_code == 200
    text = page.content.decode()
    assert "//cdn" not in text
    assert 'id="lower_than_previous"' in text
    assert "Передать показание" in text
