"""/metrics: for those alone who may see it; each number follows its fact; what cannot be read leaves the rest."""

import datetime as dt
import json
import socket
import ssl
import subprocess
import sys
import threading
from decimal import Decimal
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings
from django.core.cache import cache
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_q.models import OrmQ, Task
from django_q.tasks import async_task
from prometheus_client.parser import text_string_to_metric_families

from portal.billing.models import PeriodRun, RunChunk
from portal.core import clock, health, metrics
from portal.core.models import PartState
from portal.metering.exceptions import ReadingWindowClosed
from portal.metering.models import Meter
from portal.metering.services import submit_reading
from portal.notifications.enums import DeliveryChannel, MessageState
from portal.notifications.models import Message
from portal.payments.gateways import gateway_by_code
from portal.payments.gateways.base import GatewayMissing, GatewayUnknown
from portal.payments.gateways.measuring import MeasuredGateway, note_call
from portal.payments.models import GatewayState
from tests.conftest import SetDate
from tests.people import Cast
from tests.portal.payments.bank import LyingGateway

pytestmark = pytest.mark.django_db
STRANGER = {"REMOTE_ADDR": "203.0.113.5"}
TOKEN = "a-token-of-the-monitor"


def ago(**passed: int) -> dt.datetime:
    return timezone.now() - dt.timedelta(**passed)


def shown() -> dict[tuple[str, str], float]:
    """Every sample by name and label values."""
    response = Client().get("/metrics")
    assert response.status_code == 200
    return {
        (sample.name, ",".join(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(response.content.decode())
        for sample in family.samples
    }


def value(name: str, labels: str = "") -> float:
    return shown().get((name, labels), 0.0)


def test_strangers_find_no_such_page(client: Client, settings: object) -> None:
    settings.METRICS_TOKEN = TOKEN  # type: ignore[attr-defined]
    right = STRANGER | {"HTTP_AUTHORIZATION": f"Bearer {TOKEN}"}
    assert client.get("/metrics", **right).status_code == 200  # type: ignore[arg-type]
    assert client.get("/metrics")["Content-Type"].startswith("text/plain")
    for refused in (
        STRANGER,
        {"HTTP_X_FORWARDED_FOR": "127.0.0.1"},
        STRANGER | {"HTTP_AUTHORIZATION": "Bearer wrong"},
        STRANGER | {"HTTP_AUTHORIZATION": "Bearer "},
    ):
        answer = client.get("/metrics", **refused)  # type: ignore[arg-type]
        assert answer.status_code == 404
        assert b"portal_" not in answer.content
    assert client.post("/metrics", **right).status_code == 405  # type: ignore[arg-type]


def test_requests_are_counted_by_view_and_status_and_an_invented_method_is_not(client: Client) -> None:
    name = "django_http_responses_total_by_status_view_method_total"
    before = shown()
    client.get("/accounts/login/")
    client.generic("BREW", "/accounts/login/")
    after = shown()
    changed = {key for key, number in after.items() if key[0] == name and number != before.get(key)}
    assert (name, "GET,200,account_login") in changed
    assert not [key for key in after if "BREW" in key[1]]


def test_the_queue_and_its_failures() -> None:
    OrmQ.objects.create(key="portal", payload="x", lock=ago(minutes=7))
    OrmQ.objects.create(key="portal", payload="y", lock=timezone.now() + dt.timedelta(minutes=10))
    moments = {"started": ago(minutes=5), "stopped": ago(minutes=4)}
    Task.objects.create(id="1", name="x", func="f", success=False, **moments)
    health.note_beat(health.WORKER, ago(minutes=6))
    PartState.objects.create(name="worker", status="degraded", since=ago(minutes=1), checked_at=timezone.now())
    found = shown()
    assert found["portal_queue_jobs_waiting", ""] == 1
    assert found["portal_queue_jobs_claimed", ""] == 1
    assert found["portal_queue_oldest_seconds", ""] >= 420
    assert found["portal_queue_jobs_failed_day", ""] == 1
    assert found["portal_heartbeat_age_seconds", "worker"] >= 360
    assert found["portal_part_ok", "worker"] == 0


def plain_job() -> None:
    """A job of the test."""


def test_jobs_are_timed() -> None:
    labels = f"{__name__}.plain_job,done"
    before = value("portal_job_seconds_count", labels)
    async_task(f"{__name__}.plain_job", sync=True)
    assert value("portal_job_seconds_count", labels) == before + 1


def test_a_closing_that_is_going_on() -> None:
    assert value("portal_runs_running", "periodrun") == 0
    run = PeriodRun.objects.create(
        period=dt.date(2026, 10, 1), closing_day=dt.date(2026, 10, 21), started_at=ago(hours=1)
    )
    for first, status in ((1, "done"), (11, "queued"), (21, "queued")):
        finished = timezone.now() if status == "done" else None
        RunChunk.objects.create(
            run=run, first_account=first, last_account=first + 9, accounts=10, status=status, finished_at=finished
        )
    found = shown()
    assert found["portal_runs_running", "periodrun"] == 1
    assert found["portal_run_chunks", "periodrun,done"] == 1
    assert found["portal_run_chunks", "periodrun,waiting"] == 2
    assert found["portal_run_age_seconds", "periodrun"] >= 3600


def test_the_outbox() -> None:
    for number, state in enumerate((MessageState.WAITING, MessageState.FAILED)):
        Message.objects.create(
            event=f"x{number}",
            kind="question_answered",
            channel=DeliveryChannel.EMAIL,
            address="a@mail.example",
            state=state,
            due_at=ago(minutes=10),
        )
    found = shown()
    assert found["portal_outbox_waiting", ""] == 1
    assert found["portal_outbox_oldest_seconds", ""] >= 600
    assert found["portal_outbox_failed_day", ""] == 1


def test_refused_readings_by_reason(cast: Cast, business_date: SetDate) -> None:
    business_date("2026-11-05")
    meter = Meter.objects.filter(account=cast.anna.account).first()
    assert meter is not None
    before = value("portal_readings_refused_total", "ReadingWindowClosed")
    with pytest.raises(ReadingWindowClosed):
        submit_reading(meter=meter, value=Decimal(141), moment=clock.now())
    assert value("portal_readings_refused_total", "ReadingWindowClosed") == before + 1


def test_calls_of_the_gateway() -> None:
    demo = gateway_by_code("demo")
    count = "portal_gateway_seconds_count"
    before = shown()
    with pytest.raises(GatewayMissing):
        demo.fetch(gateway_id="00000000-0000-0000-0000-000000000000")
    assert list(demo.list_payments(since=ago(days=1), until=timezone.now())) == []
    silent = LyingGateway()
    silent.silent = True
    lying = MeasuredGateway(silent)
    with pytest.raises(GatewayUnknown):
        list(lying.list_payments(since=ago(days=1), until=timezone.now()))
    after = shown()
    for labels in ("demo,fetch,refused", "demo,list_payments,ok", "demo,list_payments,unknown"):
        assert after[count, labels] == before.get((count, labels), 0) + 1


def test_a_gateway_that_is_silent_is_degraded_until_it_answers() -> None:
    note_call("demo", "fetch", "ok", 0.2)
    assert GatewayState.objects.get().milliseconds == 200
    note_call("demo", "fetch", "unknown", 30, failure="ConnectTimeout")
    assert health.report().check("gateway").is_ok, "one call is no outage"
    GatewayState.objects.update(failing_since=ago(minutes=5))
    note_call("demo", "fetch", "unknown", 30, failure="ConnectTimeout")
    assert str(health.report().check("gateway")) == "degraded: ConnectTimeout"
    assert value("portal_gateway_failing_seconds", "demo") >= 300
    note_call("demo", "create", "refused", 0.1)
    assert health.report().check("gateway").is_ok
    assert value("portal_gateway_failing_seconds", "demo") == 0


def test_backups(settings: object, tmp_path: Path) -> None:
    file = tmp_path / "status.json"
    settings.BACKUP_STATUS_FILE, settings.BACKUP_EXPECTED = str(file), True  # type: ignore[attr-defined]
    assert str(health.report().check("backup")) == "degraded: never made"

    def says(**content: object) -> str:
        file.write_text(json.dumps(content))
        return str(health.report().check("backup"))

    late, recent = ago(hours=40).isoformat(), ago(hours=1).isoformat()
    assert says(finished_at=recent, succeeded=True, last_success_at=recent, size=5_000) == "ok"
    assert value("portal_backup_success") == 1
    assert 3600 <= value("portal_backup_age_seconds") < 3700
    assert value("portal_backup_size_bytes") == 5_000
    assert says(finished_at=late, succeeded=True, last_success_at=late) == "degraded: the last one is 40 h old"
    assert (
        says(finished_at=recent, succeeded=False, error="no space", last_success_at=late)
        == "degraded: failed: no space"
    )
    assert value("portal_backup_success") == 0
    assert value("portal_backup_age_seconds") >= 40 * 3600
    assert says(broken=1) == "degraded: ValueError"


def test_restore_drills(settings: object, tmp_path: Path) -> None:
    file, recent = tmp_path / "status.json", ago(hours=1).isoformat()
    settings.BACKUP_STATUS_FILE = str(file)  # type: ignore[attr-defined]

    def says(**drill: object) -> str:
        file.write_text(json.dumps({"finished_at": recent, "succeeded": True, "last_success_at": recent} | drill))
        return str(health.report().check("backup"))

    assert says() == "ok", "the control: no drill is set up"
    assert says(drilled_at=recent, drill_ok=True, drill_message="12 rows") == "ok"
    assert value("portal_restore_drill_success") == 1
    assert 3600 <= value("portal_restore_drill_age_seconds") < 3700
    assert says(drilled_at=recent, drill_ok=False, drill_message="rows") == "degraded: restore drill failed: rows"
    assert value("portal_restore_drill_success") == 0
    assert says(drilled_at=ago(hours=400).isoformat(), drill_ok=True) == "degraded: no restore drill for two weeks"


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate for ten more days, with its key in the same file."""
    key, now = ec.generate_private_key(ec.SECP256R1()), timezone.now()
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "portal.example")])
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(1).not_valid_before(now - dt.timedelta(days=80))
    signed = made.not_valid_after(now + dt.timedelta(days=10, hours=1)).sign(key, hashes.SHA256())
    pem = serialization.Encoding.PEM
    form, open_key = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    file = tmp_path / "fullchain.pem"
    file.write_bytes(signed.public_bytes(pem) + key.private_bytes(pem, form, open_key))
    cache.clear()
    return file


def test_a_certificate_that_ends_soon(settings: object, certificate: Path) -> None:
    assert health.report().check("certificate").is_ok, "the control: a site without TLS"
    cache.clear()
    settings.TLS_CERTIFICATE = str(certificate)  # type: ignore[attr-defined]
    assert "10 days left" in str(health.report().check("certificate"))
    assert 10 <= value("portal_certificate_days_left") < 10.1


def test_the_certificate_as_the_site_serves_it(settings: object, certificate: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        settings.WAGTAILADMIN_BASE_URL = f"https://127.0.0.1:{port}"  # type: ignore[attr-defined]
        thread = threading.Thread(target=lambda: context.wrap_socket(server.accept()[0], server_side=True).close())
        thread.start()
        assert "10 days left" in str(health.report().check("certificate"))
        thread.join()
    assert "10 days left" in str(health.report().check("certificate")), "looked at once an hour"
    cache.clear()
    check = health.report().check("certificate")
    assert (check.is_ok, check.detail) == (True, "not known: ConnectionRefusedError"), "no outage: it is not known"


def test_versions_and_the_disk() -> None:
    found = shown()
    (labels,) = [labels for name, labels in found if name == "portal_info"]
    assert "SQLite 3." in labels or "PostgreSQL " in labels
    assert found["portal_migrations_unapplied", ""] == 0
    assert found["portal_disk_free_bytes", "var"] > 0


def test_few_queries_however_much_there_is() -> None:
    shown()
    with CaptureQueriesContext(
        connection,
    ) as first:
        shown()
    OrmQ.objects.bulk_create(OrmQ(key="portal", payload="x", lock=ago(minutes=1)) for _ in range(50))
    with CaptureQueriesContext(connection) as second:
        shown()
    assert len(second) == len(first) <= 20, [query["sql"] for query in second.captured_queries]


def test_without_the_database_the_rest_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    def away() -> list[object]:
        raise OperationalError("connection refused")

    asked: list[str] = []
    monkeypatch.setattr(metrics, "_collectors", dict(metrics._collectors))
    metrics.register("parts", away)  # type: ignore[arg-type]
    metrics.register("queue", lambda: asked.append("queue") or [])  # type: ignore[func-returns-value]
    found = shown()
    assert found["portal_collector_up", "parts"] == 0
    assert found["portal_collector_up", "queue"] == 0
    assert found["portal_collector_up", "machine"] == 1
    assert asked == []


COUNTING = """
import os, sys
from django.conf import settings
settings.configure(METRICS_DIR=sys.argv[1])
from portal.core.metrics import exposition
from prometheus_client import Counter
counter = Counter("forked", "Of the test.")
counter.inc()
if os.fork() == 0:
    counter.inc()
    os._exit(0)
os.wait()
counter.inc()
print([line for line in exposition().decode().splitlines() if line.startswith("forked")])
"""


def test_processes_of_a_machine_count_together_and_their_files_do_not_multiply(tmp_path: Path) -> None:
    """A fork is what gunicorn and the queue do; a restart takes up the slots of the processes that ended."""
    folder = tmp_path / "metrics"
    command = [sys.executable, "-c", COUNTING, str(folder)]
    shown_by = [
        subprocess.run(command, cwd=settings.ROOT, capture_output=True, text=True, check=True).stdout.strip()
        for _restart in range(2)
    ]
    assert shown_by == ["['forked_total 3.0']", "['forked_total 6.0']"]
    assert {file.name for file in folder.glob("counter_*")} == {"counter_0.db", "counter_1.db"}
