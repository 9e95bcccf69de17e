"""A row that a running transaction commits later, below rows that are sealed by then, is in the seal, no false alarm.

PostgreSQL hands out keys when a row is written; the row shows at the commit. SQLite has one writer at a time.
"""

import datetime as dt
import threading
import time
from collections.abc import Callable
from decimal import Decimal

import psycopg
import pytest
from django.db import connection, transaction
from django.db.models import Max

from portal.core.clock import MOSCOW
from portal.integrity.models import Seal
from portal.integrity.services import seal_day
from portal.integrity.sources import SealedSource
from portal.integrity.verification import verify_seals
from portal.ledger.enums import EntryKind
from portal.ledger.models import Entry
from portal.ledger.services import NewEntry, post_entries
from tests.concurrency.test_pay_twenty_times import at_once
from tests.conftest import OwnDatabase
from tests.people import make_cast

NIGHT = dt.datetime(2026, 11, 30, 0, 10, tzinfo=MOSCOW)
PATIENCE = 60
on_postgresql = pytest.mark.skipif(connection.vendor != "postgresql", reason="one writer at a time")
COPY_OF_ROW = (
    "INSERT INTO ledger_entry (account_id, kind, amount, effective_on, key, source, note, created_at, made_by) "
    "SELECT account_id, kind, amount, effective_on, %s, source, note, created_at, made_by FROM ledger_entry LIMIT 1"
)


@transaction.atomic
def book(account: int, key: str) -> None:
    post_entries(
        [
            NewEntry(
                account_id=account,
                kind=EntryKind.CORRECTION,
                amount=Decimal("1.00"),
                effective_on=NIGHT.date(),
                key=key,
                source=key,
            )
        ]
    )


def seal_beside(url: str, seal: Callable[[], object]) -> None:
    """A transaction takes a key, another one the next key and commits; the seal begins, then the first one commits."""
    account = make_cast().anna.account.pk
    book(account, "first")
    with psycopg.connect(url) as slow, psycopg.connect(url, autocommit=True, prepare_threshold=None) as watching:
        slow.execute(COPY_OF_ROW, ["slow"])
        with psycopg.connect(url) as quick:
            quick.execute(COPY_OF_ROW, ["quick"])
        sealing = threading.Thread(target=lambda: (seal(), connection.close()))
        sealing.start()
        waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted AND mode = 'ShareLock'"
        started = time.monotonic()
        while sealing.is_alive() and watching.execute(waiting).fetchone() == (0,):
            assert time.monotonic() - started < PATIENCE
        slow.commit()
        sealing.join(PATIENCE)


@on_postgresql
def test_a_row_that_commits_later_is_in_the_seal(own_database: OwnDatabase) -> None:
    seal_beside(own_database.url, lambda: seal_day(now=NIGHT))
    keys = list(Entry.objects.order_by("pk").values_list("key", flat=True))
    assert keys == ["first", "slow", "quick"]
    assert Seal.objects.get().entries == 3
    assert list(verify_seals()) == []


@on_postgresql
def test_the_control_without_the_lock_raises_a_false_alarm(
    own_database: OwnDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    def highest(source: SealedSource) -> int:
        return source.model._default_manager.aggregate(last=Max("pk"))["last"] or 0

    monkeypatch.setattr(SealedSource, "settled_key", highest)
    seal_beside(own_database.url, lambda: seal_day(now=NIGHT))
    assert Seal.objects.get().entries == 2
    assert [problem.code for problem in verify_seals()] == ["entry_added"]


def test_two_sealers_and_four_writers_make_one_whole_seal(
    own_database: OwnDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portal.integrity.services.BLOCK", 3)
    account = make_cast().anna.account.pk

    def act(number: int) -> object:
        if number < 2:
            return seal_day(now=NIGHT)
        for each in range(10):
            book(account, f"{number}-{each}")
        return None

    results = at_once(act, 6)
    assert not [result for result in results if isinstance(result, Exception)]
    assert Seal.objects.count() == 1
    assert list(verify_seals()) == []
    seal_day(now=NIGHT + dt.timedelta(days=1))
    assert sum(Seal.objects.values_list("entries", flat=True)) == 40
    assert list(verify_seals()) == []
