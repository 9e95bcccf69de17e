"""The portal on several machines lives through an upgrade, a dead web host, a dead worker host and a dead primary.

`make cluster-test` runs this as root, `.ci/run` too; `make test` skips it.
"""

import time
from typing import Any

from django.core.signing import b64_decode

from tests.cluster.cluster import ACCOUNTS, Cluster
from tests.cluster.servers import wait_until
from tests.cluster.visitors import Payers, Readers, Visitor, pay, send_readings
from tests.load.residents import DAY

NEXT_DAY = "2026-11-21"
"""The day of the closing; the upgrade brings it."""
MONTH = "/admin/office/closing/2026-11/"
PERIOD = "2026-11-01"
PATIENCE = 240
"""Seconds for what takes a few on a machine that has nothing else to do."""
ENOUGH = 20
"""Pages that must be opened for a statement that none failed."""
STATUS = f"SELECT status FROM billing_periodrun WHERE period = '{PERIOD}'"
TAKEN = "SELECT payload FROM django_q_ormq WHERE lock > now()"
DELIVERIES = "SELECT max(attempt_count) FROM django_q_task WHERE func LIKE '%close_chunk'"
CREDITED = """
SELECT payment.reference FROM payments_payment payment
JOIN ledger_entry entry ON entry.key = 'payment:' || payment.id AND entry.amount = -payment.amount
WHERE payment.state = 'succeeded'
"""
CLOSED = """
SELECT count(*), count(DISTINCT account_id) FROM billing_accountclosing WHERE period = %s AND reversed_at IS NULL
"""
PAGES = ("/", "/personal/", "/personal/readings/", "/personal/ledger/")


def test_hosts_are_lost_and_nothing_else(cluster: Cluster) -> None:
    """One play: each act goes on where the one before it ended."""
    readings, payment = a_resident_sends_readings_and_pays(cluster)
    web_hosts_are_upgraded_under_requests(cluster)
    a_month_is_closed_while_a_worker_host_and_a_web_host_die(cluster)
    the_control_an_entry_that_knows_only_the_dead_host_fails(cluster)
    payments = the_primary_is_lost_under_payments(cluster)
    with cluster.replica.connect() as database:
        query = "SELECT meter_id, value::text FROM metering_reading WHERE taken_on = %s AND status = 'accepted'"
        stored = dict(database.execute(query, [DAY]).fetchall())
        credited = {str(row[0]) for row in database.execute(CREDITED).fetchall()}
        closed = database.execute(CLOSED, [PERIOD]).fetchone()
    assert readings.items() <= stored.items(), "an accepted reading is lost"
    assert {payment, *payments} <= credited, "a payment that was shown as paid is lost"
    assert closed == (ACCOUNTS, ACCOUNTS), "each account is closed once"
    assert "0 problems" in cluster.webs[0].manage("check_ledger")


def a_resident_sends_readings_and_pays(cluster: Cluster) -> tuple[dict[int, str], str]:
    """Each request goes to the next web host: what one has stored, the other shows.

    Returns the readings accepted and the reference of the payment.
    """
    resident = cluster.residents[0]
    visitor = Visitor(cluster.entry)
    visitor.log_in(resident["login"])
    readings = send_readings(visitor, resident)
    payment = pay(visitor)
    assert "−100,00" in visitor.page("/personal/ledger/")
    style = visitor.page("/").partition('href="/static/')[2].partition('"')[0]
    assert visitor.ask(f"/static/{style}").status == 200, "the entry has no static files of its own"
    return readings, payment


def web_hosts_are_upgraded_under_requests(cluster: Cluster) -> None:
    """deploy/switch-web on one host after the other: no request fails."""
    with Readers(cluster.entry, PAGES, logins(cluster)) as readers:
        for web in cluster.webs:
            web.switch(PORTAL_TODAY=NEXT_DAY)
        wait_until(lambda: readers.answered > ENOUGH, "nobody reads", seconds=PATIENCE)
    assert readers.failed == []
    for worker in cluster.workers:
        worker.kill()
        worker.env["PORTAL_TODAY"] = NEXT_DAY
        worker.start()


def a_month_is_closed_while_a_worker_host_and_a_web_host_die(cluster: Cluster) -> None:
    """Its jobs end on the other worker host, the pages on the other web host."""
    accountant = Visitor(cluster.entry)
    accountant.log_in("accountant")
    accountant.send(MONTH, f"{MONTH}preview/")
    wait_until(lambda: f"{MONTH}start/" in accountant.page(MONTH), "the preview is not computed", seconds=PATIENCE)
    dying, surviving = cluster.workers
    surviving.pause()  # so that the other one has the jobs in hand
    accountant.send(MONTH, f"{MONTH}start/", reason="Проверено")
    wait_until(lambda: is_closing_taken(cluster), "no worker takes the closing", seconds=PATIENCE)
    dying.kill()
    assert value(cluster, STATUS) == "running", "there is something to interrupt"
    surviving.resume()
    with Readers(cluster.entry, PAGES, logins(cluster)) as readers:
        wait_until(lambda: readers.answered > 0, "nobody reads")
        cluster.webs[1].kill()
        killed, before = time.monotonic(), readers.answered
        wait_until(lambda: readers.answered > before + ENOUGH, "nobody reads any more", seconds=PATIENCE)
        wait_until(lambda: value(cluster, STATUS) == "done", "the closing does not end", seconds=PATIENCE)
    assert readers.failed_since(killed) == [], "a request fails that was not in flight on the killed host"
    assert value(cluster, DELIVERIES) > 1, "no job was interrupted"


def the_control_an_entry_that_knows_only_the_dead_host_fails(cluster: Cluster) -> None:
    """The same readers see it when requests do fail."""
    cluster.entry.lead_to(cluster.webs[1:], limited=False)
    started = time.monotonic()
    with Readers(cluster.entry, PAGES, logins(cluster)) as readers:
        wait_until(lambda: bool(readers.failed_since(started)), "requests to a dead host do not fail")
    cluster.entry.lead_to(cluster.webs, limited=False)


def the_primary_is_lost_under_payments(cluster: Cluster) -> list[str]:
    """Power cut of the primary; clients get 503 until the documented command was run, then the portal goes on.

    Returns the references of the payments that were shown as paid.
    """
    statuses = set()
    with Payers(cluster.entry, logins(cluster)) as payers:
        wait_until(lambda: len(payers.paid) >= 4, "nobody pays", seconds=PATIENCE)
        refused = cluster.pool.fail_over(cluster.replica)
        assert "two primaries lose payments" in refused.stderr, "the command must refuse while the primary answers"
        cluster.primary.kill()
        visitor = Visitor(cluster.entry)

        def is_polite() -> bool:
            answer = visitor.ask("/accounts/login/")
            statuses.add(answer.status)
            return answer.status == 503 and "Retry-After" in answer.headers

        wait_until(is_polite, "no polite 503 while the database is away", seconds=PATIENCE)
        done = cluster.pool.fail_over(cluster.replica)
        assert done.returncode == 0, done.stderr
        before = len(payers.paid)
        wait_until(lambda: len(payers.paid) >= before + 4, "nobody pays after the failover", seconds=PATIENCE)
    assert statuses <= {200, 503}
    return payers.paid


def is_closing_taken(cluster: Cluster) -> bool:
    """Whether a worker has a part of the closing in hand."""
    with cluster.primary.connect() as database:
        jobs = database.execute(TAKEN).fetchall()
    return any(b"close_chunk" in b64_decode(job.partition(":")[0].encode()) for (job,) in jobs)


def value(cluster: Cluster, query: str) -> Any:
    """The one value that a query of the primary returns; None for no row."""
    with cluster.primary.connect() as database:
        row = database.execute(query).fetchone()
    return row[0] if row else None


def logins(cluster: Cluster) -> list[str]:
    """Logins of residents who have done nothing yet."""
    return [resident["login"] for resident in cluster.residents[1:]]
