"""Whether the portal can serve and work: checks by name, the probe's report, and the worker's heartbeat.

FAILED takes this instance out of the balance: a request could not be answered or stored. DEGRADED does not: pages go
on, something behind them does not (docs/decisions/075-services-away.md). Apps above register checks of their own.
"""

import datetime as dt
import logging
import os
import shutil
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import DatabaseError, connection
from django.db.models import Q
from django.utils import timezone
from django_q.models import Schedule

from portal.core.enums import HealthStatus
from portal.core.files.exceptions import StorageUnavailable
from portal.core.job_queue import waiting_jobs
from portal.core.models import Heartbeat, MonitoringSettings, PartState
from portal.core.schedule import PREFIX, WORKER
from portal.core.schema_state import missing_migrations

logger = logging.getLogger(__name__)

PROBE, WATCH = "probe", "watch"
BEAT_EVERY = 15.0
CLOCK_TOLERANCE = dt.timedelta(minutes=1)
"""How far clocks of several machines may differ."""
REPORT_SECONDS = 5
WRITE_EVERY = 60.0
"""Seconds between two files that a process's probes write, while they succeed."""
REPORT = "health:report"
LONGEST_DETAIL = 250
MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class HealthCheck:
    """State of one part; `detail` is technical and in English, `since` is known to some checks only."""

    name: str
    status: HealthStatus = HealthStatus.OK
    detail: str = ""
    since: dt.datetime | None = None

    @property
    def is_ok(self) -> bool:
        """Whether nothing is wrong with it."""
        return self.status == HealthStatus.OK

    def __str__(self) -> str:
        return f"{self.status}: {self.detail}" if self.detail else str(self.status)


@dataclass(frozen=True, slots=True)
class HealthReport:
    """All checks of one moment."""

    checks: tuple[HealthCheck, ...]

    @property
    def status(self) -> HealthStatus:
        """The worst of the checks."""
        statuses = {check.status for check in self.checks}
        worst = (HealthStatus.FAILED, HealthStatus.DEGRADED)
        return next((status for status in worst if status in statuses), HealthStatus.OK)

    def check(self, name: str) -> HealthCheck:
        """A check by its name. Raises KeyError."""
        return {check.name: check for check in self.checks}[name]

    @property
    def is_ok(self) -> bool:
        """Whether nothing is wrong."""
        return self.status == HealthStatus.OK

    @property
    def is_degraded(self) -> bool:
        """Whether pages open and something behind them does not work."""
        return self.status == HealthStatus.DEGRADED


Checker = Callable[[MonitoringSettings, dt.datetime], HealthCheck]
CRITICAL = ("database", "schema", "storage")
WITHOUT_DATABASE = ("storage", "cache", "disk", "backup", "certificate", "file_keys")
_checkers: dict[str, Checker] = {}


def register(name: str, checker: Checker) -> None:
    """Add a check that asks the database; an exception of it counts as DEGRADED. Called by an app's `ready`."""
    _checkers[name] = checker


def report() -> HealthReport:
    """Run every check now. While the database is away nobody waits for it more than once."""
    now = timezone.now()
    database = _run("database", _database, MonitoringSettings(), now)
    terms = (MonitoringSettings.objects.first() if database.is_ok else None) or MonitoringSettings()
    checks = [database]
    for name, checker in _checkers.items():
        if database.is_ok or name in WITHOUT_DATABASE:
            checks.append(_run(name, checker, terms, now))
        else:
            checks.append(HealthCheck(name, HealthStatus.DEGRADED, "unknown without the database"))
    return HealthReport(tuple(checks))


def recent_report() -> HealthReport:
    """A report at most REPORT_SECONDS old, one for all processes: anonymous requests run no checks."""
    latest: HealthReport = cache.get_or_set(REPORT, report, REPORT_SECONDS)  # type: ignore[assignment]  # what `report` returns
    return latest


def _run(name: str, checker: Checker, terms: MonitoringSettings, now: dt.datetime) -> HealthCheck:
    try:
        return checker(terms, now)
    except Exception as error:  # noqa: BLE001  # whatever a part raises is its state
        status = HealthStatus.FAILED if name in CRITICAL else HealthStatus.DEGRADED
        return HealthCheck(name, status, type(error).__name__)


def _database(terms: MonitoringSettings, now: dt.datetime) -> HealthCheck:
    """It reads, and it writes: a full disk or a standby does not."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    note_beat(PROBE, now)
    return HealthCheck("database")


_written: dict[tuple[str, str], float] = {}
"""When a process wrote to a storage last with success: alias and place → monotonic seconds."""


def _storage(terms: MonitoringSettings, now: dt.datetime) -> HealthCheck:
    """It takes a file and lets it go. A bucket is one for all machines: no other would answer in place of this one.

    A process writes once in WRITE_EVERY while that succeeds; between, it asks whether the storage answers and may be
    written to, so that probes cost a bucket no writes.
    """
    try:
        for alias in ("private", "default"):
            _require_storage(alias)
    except StorageUnavailable as error:
        if not settings.S3_BUCKET:
            raise
        return HealthCheck("storage", HealthStatus.DEGRADED, str(error)[:LONGEST_DETAIL])
    return HealthCheck("storage")


def _require_storage(alias: str) -> None:
    """Raise OSError when a storage takes no file, or does not look as if it did."""
    storage = storages[alias]
    place = str(getattr(storage, "location", ""))
    key = (alias, f"{settings.S3_ENDPOINT}/{settings.S3_BUCKET}/{place}" if settings.S3_BUCKET else place)
    if time.monotonic() - _written.get(key, -WRITE_EVERY) < WRITE_EVERY:
        storage.exists("health/probe")
        if settings.S3_BUCKET or (Path(place).is_dir() and os.access(place, os.W_OK)):
            return
    _written.pop(key, None)
    name = storage.save(f"health/{uuid.uuid4().hex}", ContentFile(b"ok"))
    storage.delete(name)
    _written[key] = time.monotonic()


def _cache(terms: MonitoringSettings, now: dt.datetime) -> HealthCheck:
    mark = uuid.uuid4().hex
    cache.set("health:probe", mark, 60)
    if cache.get("health:probe") == mark:
        return HealthCheck("cache")
    return HealthCheck("cache", HealthStatus.DEGRADED, "does not keep values")


def _schema(terms: MonitoringSettings, now: dt.datetime) -> HealthCheck:
    """New code on a database that was not migrated would answer errors."""
    missing = missing_migrations()
    if not missing:
        return HealthCheck("schema")
    detail = f"{len(missing)} migrations are missing, first {missing[0]}"
    return HealthCheck("schema", HealthStatus.FAILED, detail)


def _worker(terms: MonitoringSettings, now: dt.datetime) -> HealthCheck:
    beat = last_beat(WORKER)
    if beat is None:
        return HealthCheck(WORKER, HealthStatus.DEGRADED, "never seen")
    if beat > now + CLOCK_TOLERANCE:  # the clock was set back since: the minutes of silence count from now
        Heartbeat.objects.filter(name=WORKER, beat_at=beat).update(beat_at=now)
    silent = now - beat
    if silent > dt.timedelta(minutes=terms.worker_minutes):
        return HealthCheck(WORKER, HealthStatus.DEGRADED, f"silent for {_minutes(silent)} min", beat)
    return HealthCheck(WORKER)


def _timetable(terms: MonitoringSettings, now: dt.datetime) -> HealthCheck:
    """The scheduler puts timed jobs into the queue: one that is long due means that it stands."""
    before = now - dt.timedelta(minutes=terms.worker_minutes)
    late = Schedule.objects.filter(name__startswith=PREFIX, next_run__lt=before).exclude(repeats=0)
    first = late.order_by("next_run").values_list("next_run", flat=True).first()
    if first is None:
        return HealthCheck("timetable")
    return HealthCheck("timetable", HealthStatus.DEGRADED, f"{late.count()} timed jobs are late", first)


def _queue(terms: MonitoringSettings, now: dt.datetime) -> HealthCheck:
    """A job waits from the moment when it may be taken."""
    waiting = waiting_jobs(now=now)
    oldest = waiting.order_by("lock").values_list("lock", flat=True).first()
    if oldest is None or now - oldest <= dt.timedelta(minutes=terms.queue_minutes):
        return HealthCheck("queue")
    message = f"{waiting.count()} waiting, the oldest for {_minutes(now - oldest)} min"
    return HealthCheck("queue", HealthStatus.DEGRADED, message, oldest)


def _disk(terms: MonitoringSettings, now: dt.datetime) -> HealthCheck:
    """Free space where the portal writes: its folder, media, the cache."""
    places = [settings.VAR, settings.MEDIA_ROOT, getattr(settings, "CACHE_DIR", "")]
    free = [shutil.disk_usage(place).free // MEGABYTE for place in map(str, places) if place and Path(place).is_dir()]
    least = min(free, default=None)
    if least is None or least >= terms.disk_megabytes:
        return HealthCheck("disk")
    return HealthCheck("disk", HealthStatus.DEGRADED, f"{least} MB free")


def _minutes(passed: dt.timedelta) -> int:
    return int(passed.total_seconds()) // 60


for _name, _checker in (
    ("schema", _schema),
    ("storage", _storage),
    ("cache", _cache),
    (WORKER, _worker),
    ("timetable", _timetable),
    ("queue", _queue),
    ("disk", _disk),
):
    register(_name, _checker)


def note_beat(name: str, moment: dt.datetime) -> None:
    """Write the last sign of something (one statement)."""
    Heartbeat.objects.bulk_create(
        [Heartbeat(name=name, beat_at=moment)],
        update_conflicts=True,
        unique_fields=["name"],
        update_fields=["beat_at"],
    )


def claim_beat(name: str, now: dt.datetime, *, every: dt.timedelta) -> bool:
    """Whether this process is the one to act now: true once in `every` over all processes, by a conditional update.

    A beat that lies in the future was written before the clock was set back: it stops nobody.
    """
    Heartbeat.objects.get_or_create(name=name, defaults={"beat_at": now - every})
    due = Q(beat_at__lte=now - every) | Q(beat_at__gt=now + every)
    return bool(Heartbeat.objects.filter(due, name=name).update(beat_at=now))


def record_states(checks: Sequence[HealthCheck], now: dt.datetime) -> None:
    """Store how the parts stand, and since when."""
    states = {state.name: state for state in PartState.objects.all()}
    new = [
        PartState(
            name=check.name,
            status=check.status,
            since=check.since or now,
            checked_at=now,
            detail=check.detail[:LONGEST_DETAIL],
        )
        for check in checks
        if check.name not in states
    ]
    PartState.objects.bulk_create(new, ignore_conflicts=True)
    for check in checks:
        before = states.get(check.name)
        if before is None:
            continue
        values = {"checked_at": now, "detail": check.detail[:LONGEST_DETAIL], "status": check.status}
        if HealthStatus.OK in {before.status, check.status} and before.status != check.status:
            values["since"] = check.since or now
        PartState.objects.filter(name=check.name, status=before.status).update(**values)


def last_beat(name: str) -> dt.datetime | None:
    """Return when something gave a sign last (one query)."""
    return Heartbeat.objects.filter(name=name).values_list("beat_at", flat=True).first()


_last_beat: float | None = None


def beat(**_sent: object) -> None:
    """Note that the worker works; at most every BEAT_EVERY seconds. An error is logged: no job may fail by it.

    Receiver of django-q2's `post_spawn`, `pre_execute` and `post_execute_in_worker`, sent in the worker processes.
    """
    global _last_beat  # noqa: PLW0603  # a process's own memory
    task = _sent.get("task")
    if isinstance(task, dict) and task.get("sync"):
        return  # run in place by a web process
    if _last_beat is not None and time.monotonic() - _last_beat < BEAT_EVERY:
        return
    try:
        note_beat(WORKER, timezone.now())
        _last_beat = time.monotonic()
    except DatabaseError:
        logger.exception("the worker's heartbeat was not written")


Listener = Callable[[HealthReport], None]
_listeners: list[Listener] = []


def on_report(listener: Listener) -> None:
    """Have something done after a probe was answered (once, from an app's `ready`)."""
    _listeners.append(listener)


def notify_listeners(new_report: HealthReport) -> None:
    """Hand a report on; what a listener raises is logged, the probe was answered already."""
    for listener in _listeners:
        try:
            listener(new_report)
        except Exception:
            logger.exception("after a health report")
