"""What /metrics reads when asked: queue, jobs, runs, outbox, gateway, backups, standbys, certificate, disk, versions.

Few queries, each over a small table or an index, whatever the number of accounts. Ages are in seconds of real time.
"""

import datetime as dt
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.db.models import Count, Min, Q
from django.utils import timezone
from prometheus_client.core import GaugeMetricFamily, Metric

from portal.core import metrics
from portal.core.backups import last_backup
from portal.core.certificates import current_certificate
from portal.core.enums import HealthStatus
from portal.core.job_queue import queue_state
from portal.core.models import Heartbeat, PartState
from portal.core.replication import replication_state
from portal.core.runs.enums import ChunkStatus, RunStatus
from portal.core.runs.models import Run
from portal.core.versions import unapplied_migrations, versions
from portal.notifications.enums import MessageState
from portal.notifications.models import Message
from portal.payments.models import GatewayState

LATELY = dt.timedelta(days=1)
Sample = tuple[tuple[str, ...], float]
"""Values of the labels, and the number."""


def _gauge(name: str, text: str, *samples: Sample, labels: tuple[str, ...] = ()) -> Metric:
    family = GaugeMetricFamily(f"portal_{name}", text, labels=labels)
    for values, number in samples:
        family.add_metric(values, number)
    return family


def _one(name: str, text: str, number: float) -> Metric:
    return _gauge(name, text, ((), number))


def _age(moment: dt.datetime | None, now: dt.datetime) -> float:
    """Seconds since a moment; 0 for none and for the future."""
    return max((now - moment).total_seconds(), 0.0) if moment is not None else 0.0


def parts() -> Iterator[Metric]:
    """Signs of life, and the parts as the watch saw them last (two queries)."""
    now = timezone.now()
    beats = [((beat.name,), _age(beat.beat_at, now)) for beat in Heartbeat.objects.all()]
    yield _gauge("heartbeat_age_seconds", "Time since the last sign of a process.", *beats, labels=("process",))
    states = [((state.name,), float(state.status == HealthStatus.OK)) for state in PartState.objects.all()]
    yield _gauge("part_ok", "Whether a part of the portal works (1), by the watch.", *states, labels=("part",))


def queue() -> Iterator[Metric]:
    """Jobs that wait, that are being done, and that failed within a day (three queries)."""
    now = timezone.now()
    state = queue_state(now=now, since=now - LATELY)
    yield _one("queue_jobs_waiting", "Jobs that wait for a worker.", state.waiting)
    yield _one("queue_oldest_seconds", "How long the oldest waiting job waits.", _age(state.oldest_at, now))
    yield _one("queue_jobs_claimed", "Jobs that a worker has claimed.", state.claimed)
    yield _one("queue_jobs_failed_day", "Jobs that failed within a day.", state.failed)


def runs() -> Iterator[Metric]:
    """Chunked runs that are going on: closings, receipts, imports (a query for each kind)."""
    now = timezone.now()
    chunks: list[Sample] = []
    running: list[Sample] = []
    ages: list[Sample] = []
    numbers = {
        "runs": Count("pk", distinct=True),
        "all": Count("chunks"),
        "done": Count("chunks", filter=Q(chunks__status=ChunkStatus.DONE)),
        "first": Min("started_at"),
    }
    for model in (model for model in apps.get_models() if issubclass(model, Run)):
        kind = model._meta.model_name or ""
        run = model._default_manager.filter(status=RunStatus.RUNNING).aggregate(**numbers)
        running.append(((kind,), run["runs"]))
        chunks += [((kind, "done"), run["done"]), ((kind, "waiting"), run["all"] - run["done"])]
        ages.append(((kind,), _age(run["first"], now)))
    yield _gauge("runs_running", "Runs that are going on, by kind.", *running, labels=("kind",))
    yield _gauge("run_chunks", "Parts of the runs that are going on.", *chunks, labels=("kind", "state"))
    yield _gauge("run_age_seconds", "Since when the oldest run is going on.", *ages, labels=("kind",))


def outbox() -> Iterator[Metric]:
    """Letters that are due, by the partial index of waiting ones, and given up within a day (two queries)."""
    now = timezone.now()
    due = Message.objects.filter(state=MessageState.WAITING, due_at__lte=now)
    waiting = due.aggregate(count=Count("pk"), first=Min("due_at"))
    yield _one("outbox_waiting", "Messages that should have gone already.", waiting["count"])
    yield _one("outbox_oldest_seconds", "How long the oldest of them waits.", _age(waiting["first"], now))
    failed = Message.objects.filter(created_at__gte=now - LATELY, state=MessageState.FAILED).count()
    yield _one("outbox_failed_day", "Messages of the last day that were given up.", failed)


def gateway() -> Iterator[Metric]:
    """The gateway's last calls (one query); how long calls took is counted by `portal_gateway_seconds`."""
    now = timezone.now()
    states = list(GatewayState.objects.all())
    answered = [((state.code,), _age(state.answered_at, now)) for state in states if state.answered_at]
    failing = [((state.code,), _age(state.failing_since, now)) for state in states]
    labels = ("gateway",)
    yield _gauge("gateway_answer_age_seconds", "Time since the gateway answered last.", *answered, labels=labels)
    yield _gauge(
        "gateway_failing_seconds",
        "For how long calls end without an answer; 0: they are answered.",
        *failing,
        labels=labels,
    )


def machine() -> Iterator[Metric]:
    """Backups, certificate and disk; no query."""
    now = timezone.now()
    backup = last_backup()
    yield _one("backup_expected", "Whether backups are made on this machine.", float(settings.BACKUP_EXPECTED))
    if backup is not None:
        yield _one("backup_success", "Whether the last backup succeeded.", float(backup.succeeded))
        yield _one("backup_size_bytes", "Size of the last backup that succeeded.", backup.size)
    if backup is not None and backup.last_success_at is not None:
        yield _one(
            "backup_age_seconds", "Time since the last backup that succeeded.", _age(backup.last_success_at, now)
        )
    if backup is not None and backup.drilled_at is not None:
        yield _one(
            "restore_drill_success",
            "Whether the newest backup was restored at the last drill.",
            float(backup.drill_succeeded),
        )
        yield _one("restore_drill_age_seconds", "Time since the last restore drill.", _age(backup.drilled_at, now))
    certificate = current_certificate()
    if certificate.ends_at is not None:
        days = (certificate.ends_at - now).total_seconds() / 86400
        yield _one("certificate_days_left", "Days until the TLS certificate ends.", days)
    places = {"var": settings.VAR, "media": settings.MEDIA_ROOT}
    free = [((name,), float(shutil.disk_usage(path).free)) for name, path in places.items() if Path(path).is_dir()]
    yield _gauge("disk_free_bytes", "Free space where the portal writes.", *free, labels=("place",))


def replication() -> Iterator[Metric]:
    """Standbys of the database and its archive of WAL (two queries; zeros on SQLite)."""
    state = replication_state()
    yield _one("database_standbys_expected", "Standbys that should follow.", settings.DATABASE_STANDBYS)
    yield _one("database_standbys", "Standbys that follow the database.", state.standbys)
    yield _one("database_standby_lag_seconds", "How far the slowest of them is behind.", state.lag)
    text = "Time since WAL was archived last, while archiving fails; 0: it works, or there is none."
    yield _one("wal_archive_failing_seconds", text, state.archive_failing)


def code() -> Iterator[Metric]:
    """What runs, and migrations that wait (at most one query, every minute)."""
    current = versions()
    labels = ("portal", "python", "django", "wagtail", "database")
    yield _gauge("info", "Versions; always 1.", (tuple(getattr(current, name) for name in labels), 1), labels=labels)
    yield _one("migrations_unapplied", "Migrations that the database lacks.", len(unapplied_migrations()))


def register() -> None:
    """Have /metrics show all of them (once, from the app's `ready`)."""
    readers: Iterable[tuple[str, metrics.Reader, bool]] = (
        ("parts", parts, True),
        ("queue", queue, True),
        ("runs", runs, True),
        ("outbox", outbox, True),
        ("gateway", gateway, True),
        ("replication", replication, True),
        ("code", code, True),
        ("machine", machine, False),
    )
    for name, read, asks_database in readers:
        metrics.register(name, read, asks_database=asks_database)
