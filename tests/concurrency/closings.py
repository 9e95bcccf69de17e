"""A month to be closed by processes of their own, and the hash of what an undisturbed closing makes of it."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

from django.db import connection

from portal.billing.models import AccountClosing, Charge
from portal.core.periods import Period
from portal.ledger.models import Checkpoint, Entry
from tests import database
from tests.conftest import OwnDatabase

ROOT = Path(__file__).resolve().parents[2]
ACCOUNTS = 60
LAST = Period(2026, 10)
MONTH = "2026-11"


def worker(url: str, *arguments: str, group: bool = False) -> "subprocess.Popen[bytes]":
    """A process of its own on the same database, with `group` the head of a group of its own."""
    environment = {
        **os.environ,
        "DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "config.settings.test",
        "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'site'}",
    }
    command = [sys.executable, "-W", "error::RuntimeWarning", "-m", "tests.concurrency.closing_worker", *arguments]
    return subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.PIPE, start_new_session=group)


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
