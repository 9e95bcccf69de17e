"""From SQLite to PostgreSQL by one command: the same rows, the triggers on, a proven ledger, logins that work."""

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

from portal.integrity.models import Seal
from portal.integrity.verification import verify_seals
from portal.ledger.models import Entry
from portal.ledger.services import open_balance
from portal.receipts.models import Receipt
from tests import database
from tests.people import PASSWORD

pytestmark = pytest.mark.skipif(connection.vendor != "postgresql", reason="copies to PostgreSQL")
ROOT = Path(__file__).resolve().parents[3]


def run(url: str, *command: str | Path) -> subprocess.CompletedProcess[str]:
    """A command of its own process on the database at `url`."""
    environment = os.environ | {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "config.settings.test"}
    return subprocess.run(
        [sys.executable, *map(str, command)], env=environment, capture_output=True, text=True, check=False, cwd=ROOT
    )


def execute(file: Path, statement: str) -> None:
    with closing(sqlite3.connect(file)) as opened:
        opened.execute(statement)
        opened.commit()


def copy(source: str, target: str) -> subprocess.CompletedProcess[str]:
    return run(source, "manage.py", "copy_database", "--to", target)


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> str:
    """An SQLite database with a month closed, receipts, a payment, files' rows, a seal; its URL."""
    file = tmp_path_factory.mktemp("copy") / "portal.sqlite3"
    made = run(f"sqlite:///{file}", "-m", "tests.portal.operations.sqlite_month", file)
    assert made.returncode == 0, made.stderr
    return f"sqlite:///{file}"


@pytest.fixture
def target(django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """The name of a migrated PostgreSQL database that nobody used."""
    keeper = database.backend()
    with django_db_blocker.unblock():
        name = keeper.create()
        yield name
        keeper.drop(name)


def test_everything_arrives_and_the_portal_works_on_it(source: str, target: str, tmp_path: Path) -> None:
    url = database.backend().url(target)
    damaged = tmp_path / "damaged.sqlite3"
    shutil.copyfile(source.removeprefix("sqlite:///"), damaged)
    execute(damaged, "UPDATE accounts_street SET name = hex(zeroblob(500))")  # SQLite does not mind the length
    refused = copy(f"sqlite:///{damaged}", url)
    assert refused.returncode == 1
    assert "accounts_street: value too long" in refused.stderr
    assert "Nothing was copied" in refused.stderr
    with database.switched_to(target):
        assert not Entry.objects.exists()

    done = copy(source, url)
    assert done.returncode == 0, done.stderr
    assert "counts and sums agree" in done.stdout
    assert ", 0 problems" in done.stdout
    assert "the ledger and its seals are proven" in done.stdout
    with database.switched_to(target):
        look_around(done.stdout)

    again = copy(source, url)
    assert again.returncode == 1
    assert "the target is not empty" in again.stderr


def look_around(said: str) -> None:
    """The rows are there, the triggers on, new keys above the old, pages open."""
    total = sum(Entry.objects.values_list("amount", flat=True))
    assert f"ledger_entry: {Entry.objects.count()}, amount {total}" in said
    assert (Seal.objects.count(), Receipt.objects.count()) == (1, 4)
    assert list(verify_seals()) == []
    with pytest.raises(DatabaseError, match="only grow"), transaction.atomic():
        Entry.objects.update(amount=Decimal(1))
    with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
        Receipt.objects.update(to_pay=Decimal(1))
    highest = Entry.objects.latest("pk")
    assert open_balance(account=highest.account, amount=Decimal(1), on=highest.effective_on).pk > highest.pk
    client = Client()
    answer = client.post("/accounts/login/", {"login": "anna", "password": PASSWORD})
    assert answer.status_code == 302, answer.content.decode()
    assert client.get("/personal/receipts/").status_code == 200


def test_a_worker_at_work_is_not_left_behind(source: str, target: str, tmp_path: Path) -> None:
    busy = tmp_path / "busy.sqlite3"
    shutil.copyfile(source.removeprefix("sqlite:///"), busy)
    execute(busy, "INSERT INTO core_heartbeat (name, beat_at) VALUES ('worker', datetime('now'))")
    done = copy(f"sqlite:///{busy}", database.backend().url(target))
    assert done.returncode == 1
    assert "the worker was at work" in done.stderr
