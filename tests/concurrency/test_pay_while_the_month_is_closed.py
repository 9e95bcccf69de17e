"""A payment that took its number before the closing and was committed after it: no kopeck falls out of the balance.

The control closes without holding the books: the late sum is then below the checkpoint and in no balance.
PostgreSQL alone: SQLite has one writer at a time.
"""

import datetime as dt
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import psycopg
import pytest
from django.db import connection, transaction

from portal.accounts.models import Account
from portal.billing.services import Executor, close_period
from portal.core.periods import Period
from portal.ledger.enums import EntryKind
from portal.ledger.selectors import balance
from portal.ledger.services import NewEntry, post_entry
from portal.operations.generation import generate_accounts
from portal.operations.ledger_check import problems
from tests.conftest import OwnDatabase

pytestmark = pytest.mark.postgres
MONTH = Period(2026, 11)
HOLDERS = ("portal.ledger.services.lock_accounts", "portal.billing.services.chunks._lock_accounts_and_meters")


def pay_slowly(account: Account, numbered: threading.Event, go_on: threading.Event) -> None:
    """Book a payment and commit only when told to."""
    with transaction.atomic():
        post_entry(
            NewEntry(
                account_id=account.pk,
                kind=EntryKind.PAYMENT,
                amount=Decimal("-100.00"),
                effective_on=dt.date(2026, 11, 20),
                key="payment:slow",
                source="test",
            )
        )
        numbered.set()
        assert go_on.wait(timeout=60)
    connection.close()


def somebody_waits(database: OwnDatabase) -> None:
    """Return when a connection to the database waits for a lock."""
    waiting = "SELECT 1 FROM pg_stat_activity WHERE datname = %s AND wait_event_type = 'Lock'"
    with psycopg.connect(database.url, autocommit=True) as admin:
        for _ in range(2000):
            if admin.execute(waiting, [database.name]).fetchone():
                return
            admin.execute("SELECT pg_sleep(0.01)")
    pytest.fail("nobody waited")


def close() -> None:
    close_period(period=MONTH, executor=Executor.INLINE)
    connection.close()


def close_around_a_payment(database: OwnDatabase, before_commit: Callable[["ThreadPoolExecutor"], None]) -> Account:
    generate_accounts(count=3, months=1, last=Period(2026, 10))
    account = Account.objects.get(pk=Account.objects.order_by("pk").values_list("pk", flat=True)[0])
    numbered, go_on = threading.Event(), threading.Event()
    with ThreadPoolExecutor(max_workers=2) as pool:
        paying = pool.submit(pay_slowly, account, numbered, go_on)
        assert numbered.wait(timeout=60)
        before_commit(pool)
        go_on.set()
        paying.result(timeout=60)
    return account


def whole(account: Account) -> Decimal:
    return sum((entry.amount for entry in account.entries.all()), Decimal(0))


def test_the_closing_waits_for_the_payment(own_database: OwnDatabase) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer at a time")

    def close_meanwhile(pool: ThreadPoolExecutor) -> None:
        pool.submit(close)
        somebody_waits(own_database)

    account = close_around_a_payment(own_database, close_meanwhile)
    assert balance(account) == whole(account)
    assert not [problem for problem in problems() if problem.code != "entry_without_payment"]


def test_the_control_loses_it(own_database: OwnDatabase, monkeypatch: pytest.MonkeyPatch) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer at a time")
    for holder in HOLDERS:
        monkeypatch.setattr(holder, lambda account_ids: None)
    account = close_around_a_payment(own_database, lambda pool: pool.submit(close).result(timeout=60))
    assert balance(account) == whole(account) + 100
