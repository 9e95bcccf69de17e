"""The engine of runs: cut, queue or do here, take up again, finish once.

A kind of run subclasses `RunKind`: it names its tables and its job, and says how a chunk is done. What the engine
holds for every kind:

- a chunk may be delivered twice, late, or to two workers at once; `work` is written so that a repeat adds nothing;
- a run is finished once, under the lock of its row, by whoever did the last chunk;
- a chunk whose job got lost is queued again by `sweep`, and a run whose worker died before finishing it is finished;
- started again, a run goes on where it stopped: only what still waits is cut into new chunks.
"""

import datetime as dt
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Any, ClassVar, Generic, TypeVar

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django_q.tasks import async_task

from portal.core.runs.enums import ChunkStatus, RunStatus
from portal.core.runs.models import Chunk, Run

R = TypeVar("R", bound=Run)
C = TypeVar("C", bound=Chunk)
D = TypeVar("D")
UNFINISHED = (RunStatus.RUNNING, RunStatus.INCOMPLETE)


class Executor(Enum):
    """Who does the chunks: workers of the queue, or the caller here and now."""

    QUEUE = "queue"
    INLINE = "inline"


@dataclass(frozen=True, slots=True)
class RunProgress(Generic[R]):
    """How far a run is: in what it is about (accounts, receipts) and in chunks."""

    run: R
    total: int
    done: int
    failed: int
    chunks: int
    chunks_done: int

    @property
    def percent(self) -> int:
        """Whole percent of the chunks."""
        return 100 * self.chunks_done // self.chunks if self.chunks else 100

    @property
    def is_running(self) -> bool:
        """Whether chunks are being done."""
        return self.run.status == RunStatus.RUNNING


class RunKind(ABC, Generic[R, C, D]):
    """One kind of run over tables of its own; `D` is what doing a chunk returns."""

    run_model: type[R]
    chunk_model: type[C]
    failure_model: type[Any] | None = None
    """A subclass of AccountFailure, for a kind that goes on when an account cannot be done."""
    job: ClassVar[str]
    """Dotted path of the function that the queue calls with a chunk's id; it calls `do`."""
    result_fields: ClassVar[tuple[str, ...]] = ()
    """Fields of a chunk that `work` sets; they are stored as the chunk is marked done."""

    @abstractmethod
    def work(self, run: R, chunk: C) -> D:
        """Do a chunk. Called again for the same chunk, also at the same time, it adds nothing."""

    def totals(self, run: R) -> tuple[int, int]:
        """Return how many things a run is about, and how many of them are done; by default in chunks."""
        chunks = self._chunks(run)
        return chunks.count(), chunks.filter(status=ChunkStatus.DONE).count()

    def discard(self, chunk: C) -> None:
        """Drop what `work` made of a chunk that another delivery finished first."""

    def conclude(self, run: R) -> None:
        """Do what takes long once all chunks are done, before the lock of `finish`; may set `conclusion_fields`."""

    conclusion_fields: ClassVar[tuple[str, ...]] = ()

    def discard_conclusion(self, run: R) -> None:
        """Drop what `conclude` made of a run that somebody else finished first."""

    def is_incomplete(self, run: R) -> bool:
        """Whether a run that did all its chunks left something (one query)."""
        model = self.failure_model
        return model is not None and model._default_manager.filter(run=run).exists()

    def on_finish(self, run: R) -> None:
        """Notify whom it concerns, under the lock of the run, in the transaction that finishes it."""

    def after_finish(self, run: R) -> None:
        """Tidy up once the run is finished and committed."""

    def begin(self, run: R, cut: Callable[[R], Iterable[C]]) -> R:
        """Cut what waits into chunks, unless chunks of an earlier start wait already; with none the run is finished.

        `cut` returns the chunks, not stored yet, of what is not done; it is called under the lock of the run's row.
        """
        with transaction.atomic():
            run = self.locked(run)
            if run.status not in RunStatus.values or self._queued(run).exists():
                return run
            chunks = list(cut(run))
            if chunks:
                self._chunks(run).delete()
                self._add(run, chunks)
            elif run.status in UNFINISHED:
                if self.failure_model is not None:
                    self.failure_model._default_manager.filter(run=run).delete()
                self._finish_locked(run)
        return run

    def extend(self, run: R, chunks: Iterable[C]) -> R:
        """Add chunks to a run, also to a finished one, which is then running again; without chunks it stays as it is.

        For work that becomes known while the run is going on.
        """
        with transaction.atomic():
            run = self.locked(run)
            self._add(run, chunks)
        return run

    def _add(self, run: R, chunks: Iterable[C]) -> None:
        """Store chunks; a run that gets some is running, whatever it was."""
        added = self.chunk_model._default_manager.bulk_create(chunks)
        if added and run.status != RunStatus.RUNNING:
            run.status, run.finished_at = RunStatus.RUNNING, None
            run.save(update_fields=["status", "finished_at"])

    def carry_out(
        self,
        run: R,
        *,
        executor: Executor = Executor.QUEUE,
        on_progress: Callable[[RunProgress[R]], None] | None = None,
    ) -> R:
        """Queue the chunks that wait, or do them here; `on_progress` is called after each chunk that is done here."""
        for pk in list(self._queued(run).order_by("pk").values_list("pk", flat=True)):
            if executor is Executor.QUEUE:
                self._enqueue(pk)
                continue
            self.do(chunk_id=pk)
            if on_progress is not None:
                on_progress(self.progress(run))
        if executor is Executor.INLINE:
            run.refresh_from_db()
        return run

    def do(self, *, chunk_id: int) -> D | None:
        """Do a chunk and, after the last one, finish its run; None when it is done, gone, or its run is not running."""
        chunk = self.chunk_model._default_manager.select_related("run").filter(pk=chunk_id).first()
        if chunk is None or chunk.status == ChunkStatus.DONE or chunk.run.status != RunStatus.RUNNING:
            return None
        run: R = chunk.run
        result = self.work(run, chunk)
        stored = {name: getattr(chunk, name) for name in self.result_fields}
        waiting = self._queued(run).filter(pk=chunk_id)
        if not waiting.update(status=ChunkStatus.DONE, finished_at=timezone.now(), **stored):
            self.discard(chunk)
        if not self._queued(run).exists():
            self.finish(run)
        return result

    def finish(self, run: R) -> bool:
        """Finish a run whose chunks are all done; of several who try at once one does. Returns whether it was we."""
        self.conclude(run)
        concluded = {name: getattr(run, name) for name in self.conclusion_fields}
        with transaction.atomic():
            locked = self.locked(run)
            if locked.status == RunStatus.RUNNING and not self._queued(locked).exists():
                for name, value in concluded.items():
                    setattr(locked, name, value)
                self._finish_locked(locked)
                finished = True
            else:
                finished = False
        if finished:
            self.after_finish(run)
        else:
            self.discard_conclusion(run)
        return finished

    def _finish_locked(self, run: R) -> None:
        run.status = RunStatus.INCOMPLETE if self.is_incomplete(run) else RunStatus.DONE
        run.finished_at = timezone.now()
        run.save(update_fields=["status", "finished_at", *self.conclusion_fields])
        self.on_finish(run)

    def sweep(self) -> int:
        """Queue lost chunks again and finish runs whose worker died before it; returns how many chunks.

        A chunk is taken for lost when it waits, and a run for left behind when nothing happened to it, for longer than
        settings.RUN_STALE_AFTER. Of two sweepers at once one queues a chunk. For a timed job.
        """
        long_ago = timezone.now() - settings.RUN_STALE_AFTER
        running = self.run_model._default_manager.filter(status=RunStatus.RUNNING)
        put_back = sum(
            self._put_back(pk, long_ago)
            for pk in list(
                self.chunk_model._default_manager.filter(
                    run__in=running, status=ChunkStatus.QUEUED, queued_at__lt=long_ago
                ).values_list("pk", flat=True)
            )
        )
        for run in running:
            busy = Q(status=ChunkStatus.QUEUED) | Q(finished_at__gte=long_ago)
            if not self._chunks(run).filter(busy).exists():
                self.finish(run)
        return put_back

    def _put_back(self, chunk_id: int, long_ago: dt.datetime) -> bool:
        chunks = self.chunk_model._default_manager.filter(pk=chunk_id, status=ChunkStatus.QUEUED)
        if not chunks.filter(queued_at__lt=long_ago).update(queued_at=timezone.now()):
            return False
        self._enqueue(chunk_id)
        return True

    def progress(self, run: R) -> RunProgress[R]:
        """Return how far a run is (three queries and those of `totals`)."""
        run = self.run_model._default_manager.get(pk=run.pk)
        chunks = self._chunks(run).aggregate(all=Count("pk"), done=Count("pk", filter=Q(status=ChunkStatus.DONE)))
        failed = self.failure_model._default_manager.filter(run=run).count() if self.failure_model else 0
        total, done = self.totals(run)
        return RunProgress(
            run=run, total=total, done=done, failed=failed, chunks=chunks["all"], chunks_done=chunks["done"]
        )

    def locked(self, run: R) -> R:
        """The run as it is now, its row locked until the transaction ends."""
        return self.run_model._default_manager.select_for_update().get(pk=run.pk)

    def _chunks(self, run: R) -> "QuerySet[Any]":
        return self.chunk_model._default_manager.filter(run=run)

    def _queued(self, run: R) -> "QuerySet[Any]":
        return self._chunks(run).filter(status=ChunkStatus.QUEUED)

    def _enqueue(self, chunk_id: int) -> None:
        async_task(self.job, chunk_id, group=self.run_model._meta.model_name)
