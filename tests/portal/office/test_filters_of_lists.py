"""Filters of the lists show the rows that they name, at their edges too; what no filter can read is refused."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.admin import ListFilter
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from portal.accounts.models import Account, User
from portal.billing.models import Charge
from portal.billing.services import reverse_closing
from portal.ledger.enums import EntryKind
from portal.ledger.models import Entry
from portal.ledger.services import NewEntry, post_entry
from portal.metering.enums import Flag, ReadingSource
from portal.metering.models import Meter, Reading
from portal.office.common.filters import value_checks
from tests.answers import csv_rows
from tests.company import put_numbers
from tests.conftest import SetDate
from tests.people import Cast, make_cast, make_login
from tests.portal.billing.month import FEBRUARY, JANUARY, close
from tests.shared_rows import shared_rows

TODAY = dt.date(2026, 3, 20)
ACCOUNTS = reverse("accounts_account_modeladmin_index")
METERS = reverse("metering_meter_modeladmin_index")
READINGS = reverse("metering_reading_modeladmin_index")
CHARGES = reverse("billing_charge_modeladmin_index")
ENTRIES = reverse("ledger_entry_modeladmin_index")


def make_rows() -> Cast:
    """January closed; February closed and undone. Boris paid ahead, Anna paid what she owed."""
    cast = make_cast()
    user = make_login("root", staff=True)
    User.objects.filter(pk=user.pk).update(is_superuser=True)
    put_numbers()
    close(JANUARY)
    close(FEBRUARY)
    reverse_closing(period=FEBRUARY, reason="Проба", on=dt.date(2026, 2, 22), by=None)
    owed = {account.pk: sum(entry.amount for entry in account.entries.all()) for account in Account.objects.all()}
    for account, extra in ((cast.anna.account, Decimal(0)), (cast.boris.account, Decimal(100))):
        post_entry(
            NewEntry(
                account_id=account.pk,
                kind=EntryKind.PAYMENT,
                amount=-owed[account.pk] - extra,
                effective_on=TODAY,
                key=f"payment:{account.pk}",
                source="test",
            )
        )
    return cast


@pytest.fixture(scope="module")
def rows(django_db_setup: None, django_db_blocker: Any) -> Iterator[Cast]:
    """The rows of the lists, written once."""
    with shared_rows(django_db_blocker, make_rows) as cast:
        yield cast


@pytest.fixture
def root(rows: Cast, db: None, client: Client, business_date: SetDate) -> Client:
    business_date(TODAY)
    client.force_login(User.objects.get(username="root"))
    return client


def column(client: Client, url: str, name: str, **query: str) -> list[str]:
    """A column of the exported list, found by its heading."""
    headings, *lines = csv_rows(client.get(url, {**query, "export": "csv"}))
    return [line[headings.index(name)] for line in lines]


def numbers_of(client: Client, **query: str) -> list[str]:
    """The first column of the list of accounts: their numbers."""
    _headings, *lines = csv_rows(client.get(ACCOUNTS, {**query, "export": "csv"}))
    return [line[0] for line in lines]


# Accounts.


@pytest.mark.parametrize(
    ("debt", "numbers"),
    [
        ("owes", {"0010003", "0019999"}),
        ("ahead", {"0010002"}),
        ("even", {"0010001"}),
        ("", {"0010001", "0010002", "0010003", "0019999"}),
    ],
)
def test_accounts_by_their_balance(root: Client, debt: str, numbers: set[str]) -> None:
    assert set(numbers_of(root, debt=debt)) == numbers


@pytest.mark.parametrize(("state", "closed"), [("open", False), ("closed", True)])
def test_accounts_open_and_closed(root: Client, rows: Cast, state: str, closed: bool) -> None:
    Account.objects.filter(pk=rows.boris_second.pk).update(closed_on=TODAY)
    assert (rows.boris_second.number in numbers_of(root, state=state)) is closed


# Meters.


@pytest.mark.parametrize(
    ("days", "shown"),
    [
        (-1, {"expired"}),
        (0, {"month", "soon"}),
        (30, {"month", "soon"}),
        (31, {"soon"}),
        (90, {"soon"}),
        (91, {"valid"}),
    ],
)
def test_meters_by_their_verification(root: Client, days: int, shown: set[str]) -> None:
    Meter.objects.filter(serial_number="A-1001").update(verified_until=TODAY + dt.timedelta(days=days))
    found = {
        value
        for value in ("expired", "month", "soon", "valid")
        if "A-1001" in column(root, METERS, "Заводской номер", verification=value)
    }
    assert found == shown


def test_a_closed_meter_needs_no_verification_this_month(root: Client) -> None:
    Meter.objects.filter(serial_number="A-1001").update(
        verified_until=TODAY, closed_on=TODAY, closing_value=Decimal(200)
    )
    assert "A-1001" not in column(root, METERS, "Заводской номер", verification="month")
    assert "A-1001" in column(root, METERS, "Заводской номер", verification="soon")


@pytest.mark.parametrize("flag", Flag)
def test_readings_by_what_should_be_looked_at(root: Client, flag: Flag) -> None:
    meter = Meter.objects.get(serial_number="A-1001")
    for number, flags in enumerate(([flag.value], [], [other.value for other in Flag])):
        Reading.objects.create(
            meter=meter,
            value=Decimal(200 + number),
            taken_on=TODAY - dt.timedelta(days=3 - number),
            source=ReadingSource.PHONE,
            accepted_at=timezone.now(),
            flags=flags,
        )
    assert len(csv_rows(root.get(READINGS, {"flag": flag.value, "export": "csv"}))) == 3
    assert len(csv_rows(root.get(READINGS, {"export": "csv"}))) == 4
    assert root.get(READINGS, {"flag": "unheard"}).status_code == 400


# What was undone.


@pytest.mark.parametrize("url", [CHARGES, ENTRIES])
def test_what_was_undone_is_shown_on_demand(root: Client, url: str) -> None:
    model = Charge if url == CHARGES else Entry
    counted = {
        value: len(csv_rows(root.get(url, {"reversed": value, "export": "csv"}))) - 1 for value in ("", "shown", "only")
    }
    assert counted["shown"] == model.objects.count()  # type: ignore[attr-defined]
    assert counted[""] + counted["only"] == counted["shown"]
    assert counted["only"] > 0


def test_the_rows_of_one_account(root: Client, rows: Cast) -> None:
    account = rows.boris.account
    numbers = set(column(root, ENTRIES, "Лицевой счёт", account=str(account.pk)))
    assert numbers == {account.number}
    for none in ("99999", "x"):
        assert root.get(ENTRIES, {"account": none}).status_code == 400


def test_two_filters_and_words_narrow_together(root: Client, rows: Cast) -> None:
    assert numbers_of(root, debt="owes", q="0010003") == ["0010003"]
    assert numbers_of(root, debt="ahead", q="0010003") == []


# Values that no filter can read.


@pytest.mark.parametrize(
    ("url", "query"),
    [
        (ACCOUNTS, {"debt": "all"}),
        (ACCOUNTS, {"state": "lost"}),
        (ACCOUNTS, {"delivery__exact": "pigeon"}),
        (ACCOUNTS, {"premises__house__street__id__exact": "99999"}),
        (METERS, {"service__exact": "gas"}),
        (METERS, {"verification": ""}),
        (METERS, {"type__isnull": "maybe"}),
        (CHARGES, {"period__gte": "2026-13-01"}),
        (CHARGES, {"period__gte": "1899-12-31"}),
        (CHARGES, {"reversed": "all"}),
    ],
)
def test_a_value_that_cannot_be_read_is_refused_or_chooses_nothing(
    root: Client, url: str, query: dict[str, str]
) -> None:
    expected = 200 if query == {"verification": ""} else 400
    assert root.get(url, query).status_code == expected


def test_a_filter_of_an_unknown_kind_is_a_mistake_of_ours() -> None:
    class NewFilter(ListFilter):
        def __init__(self) -> None:
            """Nothing to prepare."""

        def expected_parameters(self) -> list[str]:
            return ["new"]

    with pytest.raises(TypeError, match="NewFilter: say in"):
        value_checks(NewFilter())
