"""The portal on several machines lives through an upgrade, a dead web host, a dead worker host and a dead primary.

`make cluster-test` runs this as root; `make test` and `.ci/run` skip it.
"""

import time

from tests.cluster.cluster import Cluster
from tests.cluster.servers import wait_until
from tests.cluster.visitors import Payers, Readers, Visitor, pay, send_readings
from tests.load.residents import DAY

NEXT_DAY = "2026-11-21"
"""The day of the closing; the upgrade brings it."""
MONTH = "/admin/office/closing/2026-11/"
PAGES = ("/", "/personal/", "/personal/readings/", "/accounts/login/")


def test_hosts_are_lost_and_nothing_else(cluster: Cluster) -> None:
    accepted = a_resident_sends_readings_and_pays(cluster)
    web_hosts_are_upgraded_under_requests(cluster)
    a_month_is_closed_while_a_worker_host_and_a_web_host_die(cluster)
    the_primary_is_lost_under_payments(cluster)
    with cluster.replica.connect() as database:
        query = "SELECT meter_id, value::text FROM metering_reading WHERE taken_on = %s"
        stored = dict(database.execute(query, [DAY]).fetchall())
    assert accepted.items() <= stored.items(), "an accepted reading is lost"
    assert "0 problems" in cluster.webs[0].manage("check_ledger")


def a_resident_sends_readings_and_pays(cluster: Cluster) -> dict[int, str]:
    """Each request goes to the next web host: what one has stored, the other shows. Returns the readings accepted."""
    resident = cluster.residents[0]
    visitor = Visitor(cluster.entry)
    visitor.log_in(resident["login"])
    accepted = send_readings(visitor, resident)
    pay(visitor)
    assert "−100,00" in visitor.page("/personal/ledger/")
    style = visitor.page("/").partition('href="/static/')[2].partition('"')[0]
    assert visitor.ask(f"/static/{style}").status == 200, "the entry has no static files of its own"
    return accepted


def web_hosts_are_upgraded_under_requests(cluster: Cluster) -> None:
    """deploy/switch-web on one host after the other: no request fails."""
    with Readers(cluster.entry, PAGES, some_logins(cluster)) as readers:
        for web in cluster.webs:
            web.switch(PORTAL_TODAY=NEXT_DAY)
    assert readers.failed == []
    assert readers.answered > len(PAGES)
    for worker in cluster.workers:
        worker.kill()
        worker.env["PORTAL_TODAY"] = NEXT_DAY
        worker.start()


def a_month_is_closed_while_a_worker_host_and_a_web_host_die(cluster: Cluster) -> None:
    """Its jobs end on the other worker host, the pages on the other web host."""
    accountant = Visitor(cluster.entry)
    accountant.log_in("accountant")
    accountant.send(MONTH, f"{MONTH}preview/")
    wait_until(lambda: f"{MONTH}start/" in accountant.page(MONTH), "the preview is not computed", seconds=90)
    accountant.send(MONTH, f"{MONTH}start/", reason="Проверено")
    assert closing_status(cluster) == "running", "there is something to interrupt"
    cluster.workers[0].kill()
    with Readers(cluster.entry, PAGES, some_logins(cluster)) as readers:
        cluster.webs[1].kill()
        killed = time.strftime("%X")
        wait_until(lambda: closing_status(cluster) == "done", "the closing does not end", seconds=150)
    assert [failure for failure in readers.failed if failure[:8] > killed] == [], "not in flight on the killed host"
    assert readers.answered > len(PAGES)


def the_primary_is_lost_under_payments(cluster: Cluster) -> None:
    """Power cut of the primary; clients get 503 until the documented command was run, then the portal goes on."""
    statuses = set()
    with Payers(cluster.entry, some_logins(cluster)) as payers:
        wait_until(lambda: len(payers.paid) >= 4, "nobody pays")
        cluster.primary.kill()
        visitor = Visitor(cluster.entry)

        def is_polite() -> bool:
            answer = visitor.ask("/accounts/login/")
            statuses.add(answer.status)
            return answer.status == 503 and "Retry-After" in answer.headers

        wait_until(is_polite, "no polite 503 while the database is away")
        done = cluster.pool.fail_over(cluster.replica)
        assert done.returncode == 0, done.stderr
        before = len(payers.paid)
        wait_until(lambda: len(payers.paid) >= before + 4, "nobody pays after the failover", seconds=90)
    assert statuses <= {200, 503}
    with cluster.replica.connect() as database:
        row = database.execute("SELECT count(*) FROM payments_payment WHERE state = 'succeeded'").fetchone()
    assert row is not None
    assert row[0] >= len(payers.paid), "an acknowledged payment is lost"


def closing_status(cluster: Cluster) -> str:
    """How far the closing of the month is."""
    with cluster.primary.connect() as database:
        row = database.execute("SELECT status FROM billing_periodrun WHERE period = '2026-11-01'").fetchone()
    return str(row[0]) if row else ""


def some_logins(cluster: Cluster) -> tuple[str, ...]:
    """Logins of four residents."""
    return tuple(resident["login"] for resident in cluster.residents[1:5])
