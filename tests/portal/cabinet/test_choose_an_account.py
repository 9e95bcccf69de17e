"""Switching between one's accounts goes back to a page of the portal, whatever `next` says."""

import datetime as dt
from decimal import Decimal

import pytest
from django.test import Client

from portal.ledger.enums import EntryKind
from portal.ledger.services import NewEntry, post_entry
from tests.people import Cast

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("back", ["", "a b", "NaN", "https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_a_next_that_is_no_page_of_ours_leads_home(client: Client, cast: Cast, back: str) -> None:
    client.force_login(cast.boris.user)
    number = cast.boris_second.number
    response = client.post("/personal/account/", {"account": number, "next": back})
    assert (response.status_code, response["Location"]) == (302, "/personal/")
    assert (
        client.post("/personal/account/", {"account": number, "next": "/personal/pay/"})["Location"] == "/personal/pay/"
    )


def test_the_first_page_counts_the_debts_of_all_accounts(cast: Cast, client: Client) -> None:
    post_entry(
        NewEntry(
            account_id=cast.boris_second.pk,
            kind=EntryKind.OPENING,
            amount=Decimal("1697.92"),
            key="debt",
            source="test",
            effective_on=dt.date(2026, 10, 1),
        )
    )
    client.force_login(cast.boris.user)
    page = client.get("/personal/").content.decode().replace("\u00a0", " ")
    summary = page.split('id="all-accounts"')[1].split("</section>")[0]
    assert summary.count("1 697,92 ₽") == 2
    assert "кв. 19" in summary.replace("\u2060", "")
    other = client.get("/personal/readings/").content.decode().replace("\u00a0", " ")
    assert "1 697,92 ₽" in other.split('class="accounts__panel"')[1].split("</form>")[0]
    client.force_login(cast.anna.user)
    assert 'id="all-accounts"' not in client.get("/personal/").content.decode()
