"""`copy_database` from SQLite to PostgreSQL: equal rows, working triggers, a verified ledger, working logins."""

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
    process = run(f"sqlite:///{file}", "-m", "tests.portal.operations.sqlite_month", file)
    assert process.returncode == 0, process.stderr
    return f"sqlite:///{file}"


@pytest.fixture
def target(django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """The name of a migrated PostgreSQL database that nobody used."""
    backend = database.backend()
    with django_db_blocker.unblock():
        name = backend.create()
        yield name
        backend.drop(name)


def test_everything_is_copied_and_the_portal_works_on_it(source: str, target: str, tmp_path: Path) -> None:
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

    copied = copy(source, url)
    assert copied.returncode == 0, copied.stderr
    assert "counts and sums agree" in copied.stdout
    assert ", 0 problems" in copied.stdout
    assert "the ledger and its seals are proven" in copied.stdout
    with database.switched_to(target):
        check_copied_portal(copied.stdout)

    second_copy = copy(source, url)
    assert second_copy.returncode == 1
    assert "the target is not empty" in second_copy.stderr


def check_copied_portal(output: str) -> None:
    """The rows are there, the triggers on, new keys above the old, pages open."""
    total = sum(Entry.objects.values_list("amount", flat=True))
    assert f"ledger_entry: {Entry.objects.count()}, amount {total}" in output
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


def test_copying_is_refused_while_a_worker_runs(source: str, target: str, tmp_path: Path) -> None:
    file = tmp_path / "busy.sqlite3"
    shutil.copyfile(source.removeprefix("sqlite:///"), file)
    execute(file, "INSERT INTO core_heartbeat (name, beat_at) VALUES ('worker', datetime('now'))")
    copied = copy(f"sqlite:///{file}", database.backend().url(target))
    assert copied.returncode == 1
    assert "the worker was at work" in copied.stderr
