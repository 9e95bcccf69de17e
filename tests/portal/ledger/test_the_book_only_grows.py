"""The database itself refuses to change or delete what was booked; a repeat adds nothing."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from portal.ledger import selectors, services
from portal.ledger.enums import EntryKind
from portal.ledger.exceptions import EntryConflict
from portal.ledger.models import Entry
from tests.people import Cast

pytestmark = pytest.mark.django_db


def charge(cast: Cast, amount: str, key: str) -> services.NewEntry:
    return services.NewEntry(
        account_id=cast.anna.account.pk,
        kind=EntryKind.CHARGE,
        amount=Decimal(amount),
        effective_on=dt.date(2026, 10, 21),
        key=key,
        source="charge:1",
        period=dt.date(2026, 10, 1),
    )


def test_an_update_is_refused_by_the_database(cast: Cast) -> None:
    entry = services.post_entry(charge(cast, "308.32", "a"))
    with pytest.raises(DatabaseError, match="only grow"), transaction.atomic():
        Entry.objects.filter(pk=entry.pk).update(amount=Decimal("1.00"))
    assert Entry.objects.get().amount == Decimal("308.32")


def test_a_delete_is_refused_by_the_database(cast: Cast) -> None:
    services.post_entry(charge(cast, "308.32", "a"))
    with pytest.raises(DatabaseError, match="only grow"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM ledger_entry")
    assert Entry.objects.count() == 1


def test_a_repeat_returns_what_stands(cast: Cast) -> None:
    first = services.post_entry(charge(cast, "308.32", "a"))
    again = services.post_entry(charge(cast, "308.32", "a"))
    assert again.pk == first.pk
    assert selectors.balance(cast.anna.account) == Decimal("308.32")


def test_the_same_key_with_another_sum_is_refused(cast: Cast) -> None:
    services.post_entry(charge(cast, "308.32", "a"))
    with pytest.raises(EntryConflict):
        services.post_entry(charge(cast, "308.33", "a"))


def test_many_entries_with_a_standing_key_are_refused_whole(cast: Cast) -> None:
    services.post_entry(charge(cast, "308.32", "a"))
    with pytest.raises(IntegrityError), transaction.atomic():
        services.post_entries([charge(cast, "1.00", "b"), charge(cast, "2.00", "a")])
    assert Entry.objects.count() == 1


def test_zero_and_parts_of_a_kopeck_are_refused(cast: Cast) -> None:
    for wrong in ("0.00", "1.005"):
        with pytest.raises(ValueError, match="kopecks"):
            services.post_entry(charge(cast, wrong, "w"))


def test_the_balance_starts_at_the_checkpoint(cast: Cast) -> None:
    services.post_entry(charge(cast, "308.32", "a"))
    services.store_checkpoints(account_ids=[cast.anna.account.pk], period=dt.date(2026, 10, 1))
    services.post_entry(charge(cast, "-100.00", "b"))
    assert selectors.balance(cast.anna.account) == Decimal("208.32")
    assert services.store_checkpoints(account_ids=[cast.anna.account.pk], period=dt.date(2026, 10, 1)) == 0


def test_each_entry_shows_the_balance_after_it(cast: Cast) -> None:
    for key, amount in (("a", "100.00"), ("b", "50.50"), ("c", "-120.00")):
        services.post_entry(charge(cast, amount, key))
    after = [entry.balance_after for entry in selectors.entries_with_balance(cast.anna.account)]
    assert after == [Decimal("100.00"), Decimal("150.50"), Decimal("30.50")]


def test_ten_thousand_kopecks_are_exactly_a_hundred_roubles(cast: Cast) -> None:
    services.post_entries([charge(cast, "0.01", f"k{n}") for n in range(1, 10_001)])
    assert selectors.balance(cast.anna.account) == Decimal("100.00")
    after = [entry.balance_after for entry in selectors.entries_with_balance(cast.anna.account)]
    assert after == [Decimal(n) / 100 for n in range(1, 10_001)]
