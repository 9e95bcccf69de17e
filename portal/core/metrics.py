"""Numbers for Prometheus: what a process counts itself, and what is read from the database when /metrics is asked.

With METRICS_DIR the processes of one machine, web and workers, keep their counts in files there, and any web process
shows the sum. Each process owns a numbered slot, free again when it ends, so that files do not multiply by restarts.
Without METRICS_DIR a process shows its own counts only: enough for development.
"""

import fcntl
import itertools
import logging
import os
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import InterfaceError, OperationalError
from prometheus_client import REGISTRY, CollectorRegistry, Histogram, generate_latest, values
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector

from portal.core.logs import current_job

logger = logging.getLogger(__name__)


class ProcessSlot:
    """The number of this process among those that count in a folder; the kernel frees it when the process ends."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._pid = 0
        self._file: int | None = None
        self._number = -1

    def __call__(self) -> int:
        if self._pid != os.getpid():
            self._take()
        return self._number

    def _take(self) -> None:
        if self._file is not None:
            os.close(self._file)  # of the parent, which keeps its own
        for number in itertools.count():
            file = os.open(self._folder / f"slot-{number}", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(file)
                continue
            self._pid, self._file, self._number = os.getpid(), file, number
            return


def shared_folder() -> Path | None:
    """The folder in which the processes of this machine count together, made if need be; None: each for itself."""
    if not settings.METRICS_DIR:
        return None
    folder = Path(settings.METRICS_DIR)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return None
    return folder if os.access(folder, os.W_OK) else None


def _count_together(folder: Path) -> None:
    """Must run before the first metric is made: the library chooses then where it counts."""
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)
    values.ValueClass = values.MultiProcessValue(ProcessSlot(folder))


FOLDER = shared_folder()
if FOLDER is not None:
    _count_together(FOLDER)

JOB_SECONDS = Histogram(
    "portal_job_seconds",
    "Duration of jobs of the queue, by function and outcome (done, failed).",
    ["job", "outcome"],
    buckets=(0.1, 0.5, 1, 5, 15, 60, 300),
)
COLLECTOR_UP = "portal_collector_up"

Reader = Callable[[], Iterable[Metric]]


@dataclass(frozen=True, slots=True)
class _Collector:
    read: Reader
    asks_database: bool


_collectors: dict[str, _Collector] = {}


def register(name: str, read: Reader, *, asks_database: bool = True) -> None:
    """Add metrics that are read when /metrics is asked. Called by an app's `ready`."""
    _collectors[name] = _Collector(read, asks_database)


class PortalCollector:
    """All registered metrics; what raises is left out and said so by `portal_collector_up`."""

    def collect(self) -> Iterable[Metric]:
        """Read every collector. Once the database did not answer, nothing else asks it."""
        up = GaugeMetricFamily(COLLECTOR_UP, "Whether these numbers could be read.", labels=["collector"])
        database_is_away = False
        for name, collector in _collectors.items():
            metrics: list[Metric] = []
            if not (collector.asks_database and database_is_away):
                try:
                    metrics = list(collector.read())
                except Exception as error:
                    logger.exception("metrics of %s", name)
                    database_is_away |= isinstance(error, OperationalError | InterfaceError)
            up.add_metric([name], float(bool(metrics)))
            yield from metrics
        yield up


def exposition() -> bytes:
    """All metrics in Prometheus's text format."""
    registry = CollectorRegistry()
    registry.register(PortalCollector())
    counted = REGISTRY
    if FOLDER is not None:
        counted = CollectorRegistry()
        MultiProcessCollector(counted, path=str(FOLDER))
    return generate_latest(counted) + generate_latest(registry)


def note_job(*, task: dict[str, Any] | None = None, **_sent: object) -> None:
    """Receiver of django-q2's `post_execute_in_worker`, before the one of the log, which forgets the job."""
    job = current_job.get()
    if task is not None and job.name:
        outcome = "done" if task.get("success", False) else "failed"
        JOB_SECONDS.labels(job.name, outcome).observe(time.monotonic() - job.started)
