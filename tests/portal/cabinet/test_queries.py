"""Pages of the cabinet ask the database a bounded number of times, however long the history is."""

import datetime as dt
from decimal import Decimal

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from portal.core.clock import MOSCOW
from portal.ledger.enums import EntryKind
from portal.ledger.services import NewEntry, post_entry
from portal.metering.enums import ReadingSource
from portal.metering.models import Meter
from portal.metering.services import submit_reading
from tests.conftest import SetDate
from tests.people import Cast


def grow(cast: Cast, months: range) -> None:
    """Months of readings and of book entries."""
    account = cast.anna.account
    for meter in Meter.objects.filter(account=account):
        for n in months:
            submit_reading(
                meter=meter,
                value=meter.start_value + 5 * (n + 1),
                confirmed_high=True,
                source=ReadingSource.PAPER,
                moment=dt.datetime(2025, 1, 15, tzinfo=MOSCOW) + dt.timedelta(days=30 * n),
            )
    for n in months:
        post_entry(
            NewEntry(
                account_id=account.pk,
                kind=EntryKind.PAYMENT,
                amount=Decimal(-100 - n),
                key=f"grow:{n}",
                effective_on=dt.date(2025, 1, 20) + dt.timedelta(days=30 * n),
                source="test",
            )
        )


@pytest.mark.parametrize(
    ("page", "day", "limit"),
    [
        ("", "2026-11-15", 14),
        ("", "2026-11-25", 13),
        ("readings/", "2026-11-15", 10),
        ("readings/", "2026-11-25", 10),
        ("readings/history/", "2026-11-15", 10),
        ("meters/", "2026-11-15", 10),
        ("ledger/", "2026-11-15", 13),
        ("receipts/", "2026-11-15", 12),
        ("consumption/", "2026-11-15", 10),
        ("inbox/", "2026-11-15", 10),
    ],
)
def test_the_number_of_queries_does_not_grow(
    cast: Cast,
    client: Client,
    business_date: SetDate,
    django_assert_max_num_queries: DjangoAssertNumQueries,
    page: str,
    day: str,
    limit: int,
) -> None:
    business_date(day)
    client.force_login(cast.anna.user)
    client.get("/personal/inbox/")
    grow(cast, range(3))
    with django_assert_max_num_queries(limit) as few:
        client.get(f"/personal/{page}")
    grow(cast, range(3, 22))
    with django_assert_max_num_queries(limit) as many:
        assert client.get(f"/personal/{page}").status_code == 200
    assert abs(len(many) - len(few)) <= 2


@pytest.mark.parametrize(("page", "limit"), [("", 14), ("readings/", 10)])
@pytest.mark.parametrize("day", ["2026-11-15", "2026-11-25"])
def test_the_first_request_of_a_session_is_within_the_limit_too(
    cast: Cast,
    client: Client,
    business_date: SetDate,
    django_assert_max_num_queries: DjangoAssertNumQueries,
    page: str,
    limit: int,
    day: str,
) -> None:
    business_date(day)
    client.force_login(cast.anna.user)
    client.get("/personal/readings/")  # what is kept for all is kept, and a row of settings is made
    client.logout()
    client.force_login(cast.anna.user)
    with django_assert_max_num_queries(limit):
        assert client.get(f"/personal/{page}").status_code == 200


def test_what_was_sent_and_its_estimate_come_from_few_queries(
    cast: Cast, client: Client, business_date: SetDate, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    business_date("2026-11-15")
    client.force_login(cast.anna.user)
    client.get("/personal/readings/")
    values = {f"meter_{m.pk}": str(m.start_value + 5) for m in Meter.objects.filter(account=cast.anna.account)}
    assert client.post("/personal/readings/", values).status_code == 302
    with django_assert_max_num_queries(10):
        assert "Показания приняты" in client.get("/personal/readings/?done=1").content.decode()
