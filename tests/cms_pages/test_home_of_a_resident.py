"""The home page of a resident who is logged in: their own accounts, what they owe, readings sent or not."""

import datetime as dt
from decimal import Decimal

import pytest
from django.test import Client

from portal.ledger.enums import EntryKind
from portal.ledger.services import NewEntry, post_entry
from portal.metering.models import Meter
from tests.conftest import SetDate
from tests.people import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("site_pages")]


def home(client: Client) -> str:
    return " ".join(client.get("/").content.decode().replace("\u00a0", " ").replace("\u2060", "").split())


def test_a_resident_sees_their_own_and_what_is_left_to_do(cast: Cast, client: Client, business_date: SetDate) -> None:
    business_date("2026-11-15")
    post_entry(
        NewEntry(
            account_id=cast.anna.account.pk,
            kind=EntryKind.OPENING,
            amount=Decimal("1697.92"),
            key="debt",
            source="test",
            effective_on=dt.date(2026, 10, 1),
        )
    )
    assert "1 697,92" not in home(client)
    client.force_login(cast.anna.user)
    page = home(client)
    assert "к оплате 1 697,92 ₽" in page
    assert "показания не переданы" in page
    values = {f"meter_{m.pk}": str(m.start_value + 5) for m in Meter.objects.filter(account=cast.anna.account)}
    assert client.post("/personal/readings/", values).status_code == 302
    page = home(client)
    assert "показания не переданы" not in page
    assert "Ваши переданы" in page
    client.force_login(cast.stranger.user)
    assert "1 697,92" not in home(client)
