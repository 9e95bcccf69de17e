"""Anna's own program reads her data and sends readings; nobody else's key opens them."""

import datetime as dt
import json
from decimal import Decimal

import pytest
from django.test import Client

from portal.accounts.models import ApiKey
from portal.accounts.services import api_keys
from portal.core import clock
from portal.ledger.enums import EntryKind
from portal.ledger.services import NewEntry, post_entry
from portal.metering.models import Reading
from tests.conftest import SetDate
from tests.people import Cast, Resident

pytestmark = pytest.mark.django_db


class Program:
    """A client that carries a key."""

    def __init__(self, resident: Resident) -> None:
        _key, self.secret = api_keys.make_key(user=resident.user, name="test", moment=clock.real_now())
        self.client = Client(headers={"authorization": f"Bearer {self.secret}"})

    def get(self, path: str) -> tuple[int, object]:
        response = self.client.get(f"/api/v1{path}")
        return response.status_code, response.json()

    def post(self, path: str, body: dict[str, object]) -> tuple[int, dict[str, object]]:
        response = self.client.post(f"/api/v1{path}", json.dumps(body), content_type="application/json")
        return response.status_code, response.json()


@pytest.fixture
def anna(cast: Cast, business_date: SetDate) -> Program:
    business_date("2026-11-15")
    return Program(cast.anna)


def test_her_accounts_with_balances(anna: Program, cast: Cast) -> None:
    post_entry(
        NewEntry(
            account_id=cast.anna.account.pk,
            kind=EntryKind.CHARGE,
            amount=Decimal("700.14"),
            effective_on=dt.date(2026, 10, 21),
            key="c1",
            source="charge:1",
        )
    )
    status, accounts = anna.get("/accounts/")
    assert status == 200
    assert accounts == [{"number": "0010001", "address": cast.anna.account.premises.address, "balance": "700.14"}]
    status, entries = anna.get("/accounts/0010001/ledger/")
    assert [(e["kind"], e["amount"], e["balance_after"]) for e in entries] == [("charge", "700.14", "700.14")]


def test_a_reading_is_sent_once_and_read_back(anna: Program) -> None:
    _status, meters = anna.get("/accounts/0010001/meters/")
    meter = meters[0]
    assert meter["last_value"] == "135.120"
    for _attempt in range(2):
        status, accepted = anna.post("/accounts/0010001/readings/", {"meter": meter["id"], "value": "141.455"})
        assert (status, accepted["value"]) == (200, "141.455")
    assert Reading.objects.count() == 1
    assert [r["value"] for r in anna.get("/accounts/0010001/readings/")[1]] == ["141.455"]


def test_a_refusal_has_a_code_and_words(anna: Program, business_date: SetDate) -> None:
    meter = anna.get("/accounts/0010001/meters/")[1][0]["id"]
    status, lower = anna.post("/accounts/0010001/readings/", {"meter": meter, "value": "100"})
    assert (status, lower["code"]) == (422, "lower_than_previous")
    business_date("2026-11-21")
    status, closed = anna.post("/accounts/0010001/readings/", {"meter": meter, "value": "141.455"})
    assert (status, closed["code"]) == (422, "reading_window_closed")
    assert "10" in str(closed["message"])
    assert Reading.objects.count() == 0


def test_the_stranger_finds_nothing_of_hers(anna: Program, cast: Cast) -> None:
    stranger = Program(cast.stranger)
    meter = anna.get("/accounts/0010001/meters/")[1][0]["id"]
    for path in ("meters", "readings", "ledger"):
        assert stranger.get(f"/accounts/0010001/{path}/")[0] == 404
    assert stranger.post("/accounts/0010001/readings/", {"meter": meter, "value": "141.455"})[0] == 404
    assert stranger.post("/accounts/0019999/readings/", {"meter": meter, "value": "141.455"})[0] == 404
    assert Reading.objects.count() == 0


def test_without_a_key_with_a_revoked_one_or_a_session_nothing_opens(anna: Program, cast: Cast, client: Client) -> None:
    assert client.get("/api/v1/accounts/").status_code == 401
    client.force_login(cast.anna.user)
    assert client.get("/api/v1/accounts/").status_code == 401
    api_keys.revoke_key(user=cast.anna.user, key_id=ApiKey.objects.get().pk, moment=clock.real_now())
    assert anna.get("/accounts/")[0] == 401


def test_a_login_that_must_choose_a_password_has_no_keys(anna: Program, cast: Cast) -> None:
    type(cast.anna.user).objects.filter(pk=cast.anna.user.pk).update(must_change_password=True)
    assert anna.get("/accounts/")[0] == 401


def test_the_schema_and_its_page_are_open_and_load_nothing_from_elsewhere(client: Client) -> None:
    schema = client.get("/api/v1/schema/").json()
    assert "/api/v1/accounts/{number}/readings/" in schema["paths"]
    page = client.get("/api/v1/docs/")
    assert page.status_code == 200
    assert b"//cdn" not in page.content
