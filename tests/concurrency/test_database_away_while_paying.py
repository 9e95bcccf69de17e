"""The database server is killed while Anna's payment is being booked: an honest 503, no half of it, one credit later.

FAULTS 3. A server of the test's own is killed in the middle of the transaction that has marked the payment as paid and
has not yet written the entry; the portal runs in a process of its own and is never restarted. The control is
a payment that the server is left alone with.
"""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
import requests
from django.db import connection
from django.test import Client

from portal.payments.models import Payment
from tests.concurrency.postgres_server import Server, running_server
from tests.conftest import OwnDatabase
from tests.people import make_cast
from tests.portal.payments.bank import begin, pay_at_bank
from tests.ports import free_port

pytestmark = pytest.mark.postgres
ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60


def until(true: Callable[[], bool]) -> None:
    """Wait for something that must come."""
    give_up = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < give_up, "it never came"
        time.sleep(0.05)


def listens(port: int) -> bool:
    """Whether somebody answers on a port of loopback."""
    with socket.socket() as caller:
        return caller.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def running_portal(server: Server) -> Iterator[str]:
    """The portal in a process of its own, on the given database server."""
    environment = os.environ | {
        "DATABASE_URL": server.url,
        "DJANGO_SETTINGS_MODULE": "config.settings.test",
        "PYTHONPATH": f"{ROOT}:{ROOT}/site",
    }
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "config.wsgi", "--threads", "4", "--bind", f"127.0.0.1:{port}"]
    portal = subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL)
    try:
        until(lambda: listens(port))
        yield f"http://127.0.0.1:{port}"
    finally:
        portal.terminate()
        portal.wait(timeout=PATIENCE)


def booking_waits(watch: psycopg.Connection) -> bool:
    """Whether the portal stands before the ledger, with the payment's row already written."""
    asked = watch.execute("SELECT count(*) FROM pg_locks WHERE relation = 'ledger_entry'::regclass AND NOT granted")
    return bool(asked.fetchone()[0])  # type: ignore[index]


def books(server: Server, payment: Payment) -> tuple[str, int]:
    """A payment's state and its entries, as the database has them."""
    query = "SELECT state, (SELECT count(*) FROM ledger_entry WHERE key = %s) FROM payments_payment WHERE id = %s"
    with server.connect() as database:
        record = database.execute(query, [f"payment:{payment.pk}", payment.pk]).fetchone()
    assert record is not None
    return record[0], record[1]


@contextmanager
def stopped_before_the_ledger(
    server: Server, ask: Callable[[], requests.Response]
) -> Iterator[Future[requests.Response]]:
    """A request that stands between the payment's row and its entry while the block lasts."""
    with ThreadPoolExecutor() as pool, psycopg.connect(server.url) as holder, server.connect() as watch:
        holder.execute("LOCK TABLE ledger_entry IN EXCLUSIVE MODE")
        answer = pool.submit(ask)
        until(lambda: booking_waits(watch))
        yield answer
        holder.close()


def test_the_server_is_killed_between_the_payment_and_its_entry(own_database: OwnDatabase) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no server; the run on PostgreSQL does this")
    anna = make_cast().anna
    undisturbed, disturbed = begin(anna), begin(anna, "55.00")
    for payment in (undisturbed, disturbed):
        pay_at_bank(payment)
    client = Client()
    client.force_login(anna.user)
    with (
        running_server(own_database.url) as server,
        running_portal(server) as portal,
        requests.Session() as browser,
    ):
        browser.trust_env = False
        browser.cookies.update({name: morsel.value for name, morsel in client.cookies.items()})

        def look(payment: Payment) -> requests.Response:
            return browser.get(f"{portal}/personal/pay/{payment.reference}/", timeout=PATIENCE)

        with stopped_before_the_ledger(server, lambda: look(undisturbed)) as answer:
            assert books(server, undisturbed) == ("pending", 0)
        assert answer.result().status_code == 200
        assert books(server, undisturbed) == ("succeeded", 1)

        with stopped_before_the_ledger(server, lambda: look(disturbed)) as answer:
            server.kill()
            assert answer.result().status_code == 503
        assert look(disturbed).status_code == 503
        server.start()
        assert books(server, disturbed) == ("pending", 0)
        until(lambda: look(disturbed).status_code == 200 and books(server, disturbed)[0] == "succeeded")
        assert books(server, disturbed) == ("succeeded", 1)
