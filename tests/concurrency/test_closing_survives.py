"""Closing a month: killed at work, started twice, disturbed by readings. The result is that of a quiet run."""

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection

from portal.billing.models import AccountClosing, Charge
from portal.core.periods import Period
from portal.ledger.models import Checkpoint, Entry
from portal.metering.models import Meter, Reading
from portal.operations.generation import generate_accounts
from portal.operations.ledger_check import problems
from tests import database
from tests.conftest import OwnDatabase

ROOT = Path(__file__).resolve().parents[2]
ACCOUNTS = 60
LAST = Period(2026, 10)
MONTH = "2026-11"


def worker(url: str, *arguments: str) -> "subprocess.Popen[bytes]":
    """A process of its own on the same database."""
    environment = {
        **os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "config.settings.test",
        "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'site'}",
    }  # fmt: skip
    command = [sys.executable, "-W", "error::RuntimeWarning", "-m", "tests.concurrency.closing_worker", *arguments]
    return subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.PIPE)


def finished(process: "subprocess.Popen[bytes]") -> int:
    """Its return code; what it said on stderr is shown when it failed."""
    _, errors = process.communicate(timeout=120)
    if process.returncode > 0:
        print(errors.decode()[-2000:])
    return process.returncode


def content() -> str:
    """A hash of everything that the closing booked."""
    digest = hashlib.sha256()
    tables = [
        Charge.objects.order_by("key").values_list("key", "kind", "service", "volume", "amount", "explanation"),
        Entry.objects.filter(period="2026-11-01").order_by("key").values_list("key", "account_id", "kind", "amount"),
        AccountClosing.objects.order_by("account_id", "period").values_list("account_id", "period", "total", "state"),
        Checkpoint.objects.order_by("account_id", "period").values_list("account_id", "period", "balance"),
    ]
    for table in tables:
        for row in table:
            digest.update(repr(row).encode())
    return digest.hexdigest()


@pytest.fixture
def month(own_database: OwnDatabase) -> Iterator[OwnDatabase]:
    """Sixty accounts with a closed month, readings waiting for the next."""
    generate_accounts(count=ACCOUNTS, months=1, last=LAST)
    yield own_database
    connection.close()


def quiet_result(month: OwnDatabase) -> str:
    """What an undisturbed run makes, in a copy."""
    connection.close()
    keeper = database.backend()
    copy = keeper.copy(month.name)
    with database.switched_to(copy):
        assert finished(worker(keeper.url(copy), "close", MONTH)) == 0
        result = content()
    keeper.drop(copy)
    return result


@pytest.mark.parametrize("chunk", [1, 4, 6])
def test_killed_and_started_again(month: OwnDatabase, chunk: int) -> None:
    wanted = quiet_result(month)
    assert finished(worker(month.url, "close", MONTH, "die", str(chunk))) == -9
    assert AccountClosing.objects.filter(period="2026-11-01").count() == (chunk - 1) * 10
    assert finished(worker(month.url, "close", MONTH)) == 0
    assert content() == wanted


def test_the_control_loses_charges_without_a_transaction(month: OwnDatabase) -> None:
    wanted = quiet_result(month)
    assert finished(worker(month.url, "close", MONTH, "die", "4", "unguarded")) == -9
    assert finished(worker(month.url, "close", MONTH)) == 0
    assert content() != wanted


def test_two_closings_at_once_have_one_effect(month: OwnDatabase) -> None:
    wanted = quiet_result(month)
    both = [worker(month.url, "close", MONTH) for _ in range(2)]
    assert [finished(process) for process in both] == [0, 0]
    assert content() == wanted


def test_readings_come_in_while_the_month_is_closed(month: OwnDatabase) -> None:
    meters = list(Meter.objects.order_by("pk").values_list("pk", flat=True)[:4])
    before = Reading.objects.count()
    connection.close()
    writers = [worker(month.url, "read", str(meter), "8") for meter in meters]
    closing = worker(month.url, "close", MONTH)
    assert [finished(process) for process in [*writers, closing]] == [0] * 5
    assert Reading.objects.count() == before + 4 * 8
    assert list(problems()) == []
