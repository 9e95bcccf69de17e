"""FAULTS 20: eight residents send readings while a month is closed, undone and closed: nobody sees a locked database.

FAULT20_SECONDS says for how long (5 in the suite, 60 by hand).
"""

import os
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import connection, connections
from django.test import Client

from portal.accounts.enums import Service
from portal.accounts.models import User
from portal.metering.models import Meter, Reading
from portal.operations.ledger_check import problems
from tests.concurrency.closing_worker import close_again
from tests.concurrency.closings import MONTH
from tests.conftest import OwnDatabase, SetDate
from tests.people import make_account, make_meter, make_resident
from tests.processes import TestProcess

SECONDS = float(os.environ.get("FAULT20_SECONDS", "5"))
WRITERS = 8


@pytest.fixture
def meters(month: OwnDatabase, business_date: SetDate) -> list[Meter]:
    """Eight residents, each with a meter, in the window of December."""
    business_date("2026-12-15")
    meters = []
    for number in range(WRITERS):
        account = make_account(f"777{number}", flat=f"7{number}")
        make_resident(f"writer{number}", account, last_name="Писарев", first_name="Пётр")
        meters.append(make_meter(account, Service.COLD_WATER, serial=f"W-{number}", start="1.000"))
    connection.close()
    return meters


@contextmanager
def closing_again(month: OwnDatabase, folder: Path) -> Iterator[None]:
    """November is closed, undone and closed again, without an error, as long as the block lasts."""
    process = TestProcess(close_again, MONTH, folder / "stop", database=month.name)
    try:
        yield
    finally:
        (folder / "stop").touch()
        assert process.finished() == 0


def browser_of(meter: Meter) -> Client:
    browser = Client()
    browser.force_login(User.objects.get(person__holdings__account=meter.account))
    return browser


def keep_sending(browser: Client, meter: Meter, until: float, gate: threading.Barrier) -> tuple[int, list[int]]:
    """Send readings as a browser does until a moment; how many were taken, and other statuses than 200.

    A locked database is an OperationalError, which the portal answers by 503.
    """
    sent, value = 0, Decimal("1.000")
    wrong: list[int] = []
    gate.wait(timeout=60)
    while time.monotonic() < until:
        value += Decimal("0.001")
        answer = browser.post("/personal/readings/", {f"meter_{meter.pk}": str(value)}, follow=True)
        if answer.status_code != 200:
            wrong.append(answer.status_code)
        sent += "Показания приняты" in answer.content.decode()
    connection.close()
    return sent, wrong


def all_send(meters: list[Meter], browsers: list[Client], seconds: float) -> tuple[list[int], list[int]]:
    gate = threading.Barrier(len(meters))
    until = time.monotonic() + seconds
    with ThreadPoolExecutor(max_workers=len(meters)) as pool:
        results = list(pool.map(lambda browser, meter: keep_sending(browser, meter, until, gate), browsers, meters))
    return [sent for sent, _ in results], [status for _, wrong in results for status in wrong]


def test_everybody_gets_an_answer(month: OwnDatabase, meters: list[Meter], tmp_path: Path) -> None:
    browsers = [browser_of(meter) for meter in meters]
    with closing_again(month, tmp_path):
        sent, wrong = all_send(meters, browsers, SECONDS)
    assert wrong == []
    assert min(sent) >= 1
    assert Reading.objects.filter(meter__in=meters).count() == sum(sent)
    assert list(problems()) == []


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL locks rows, not the database")
def test_the_control_without_patience_the_lock_shows(
    month: OwnDatabase, meters: list[Meter], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    browsers = [browser_of(meter) for meter in meters]
    connection.close()
    with closing_again(month, tmp_path):
        monkeypatch.setitem(connections.settings["default"]["OPTIONS"], "timeout", 0)
        _, wrong = all_send(meters, browsers, 1.5)
    assert set(wrong) == {503}
