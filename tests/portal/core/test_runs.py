"""The engine of runs, tried with a toy: a run over the receipts' tables whose chunks only write down their accounts."""

import datetime as dt
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest
from django.conf import settings
from django.utils import timezone
from django_q.models import OrmQ

from portal.accounts.models import Account
from portal.core.runs.engine import Executor, RunKind, RunProgress
from portal.core.runs.enums import ChunkStatus, RunStatus
from portal.core.runs.failures import failures_by_reason, failures_of, store_failures
from portal.receipts.models import ReceiptChunk, ReceiptFailure, ReceiptRun
from tests.concurrency.test_pay_twenty_times import at_once
from tests.conftest import OwnDatabase
from tests.people import Cast

PERIOD = dt.date(2026, 10, 1)
LONG = settings.RUN_STALE_AFTER * 2


class Killed(Exception):
    """Stands for the death of the worker."""


@dataclass
class Refused:
    """Why the toy could not do an account."""

    code: str
    detail: str = ""


@dataclass
class ToyKind(RunKind[ReceiptRun, ReceiptChunk, int]):
    """Writes down the accounts of its chunks; `refuses` some, dies at `dies_at`."""

    run_model = ReceiptRun
    chunk_model = ReceiptChunk
    failure_model = ReceiptFailure
    job = "tests.toy"
    done: list[int] = field(default_factory=list)
    refuses: set[int] = field(default_factory=set)
    dies_at: int = 0
    finished: list[str] = field(default_factory=list)
    discarded: int = 0
    gate: threading.Barrier | None = None

    def work(self, run: ReceiptRun, chunk: ReceiptChunk) -> int:
        pk = chunk.first_account
        if pk == self.dies_at:
            raise Killed
        refused = {pk: Refused("no_payer")} if pk in self.refuses else {}
        store_failures(ReceiptFailure, run, [pk], refused)
        if not refused:
            self.done.append(pk)
        return pk

    def conclude(self, run: ReceiptRun) -> None:
        if self.gate is not None:
            self.gate.wait(timeout=60)

    def discard_conclusion(self, run: ReceiptRun) -> None:
        self.discarded += 1

    def on_finish(self, run: ReceiptRun) -> None:
        self.finished.append(run.status)

    def start(self, accounts: Sequence[int]) -> ReceiptRun:
        """Begin, or go on with what is not done, one account a chunk."""
        run, _ = ReceiptRun.objects.get_or_create(period=PERIOD, defaults={"issued_on": PERIOD})
        return self.begin(run, lambda run: ReceiptChunk.cut(run, [pk for pk in accounts if pk not in self.done], 1))


@pytest.fixture
def accounts(cast: Cast) -> list[int]:
    return sorted(Account.objects.values_list("pk", flat=True))[:3]


def status(run: ReceiptRun) -> str:
    run.refresh_from_db()
    return run.status


def age(run: ReceiptRun) -> None:
    """Let the run's chunks have been queued and finished long ago."""
    long_ago = timezone.now() - LONG
    run.chunks.filter(status=ChunkStatus.QUEUED).update(queued_at=long_ago)
    run.chunks.filter(status=ChunkStatus.DONE).update(finished_at=long_ago)


def test_chunks_are_queued_or_done_here(accounts: list[int]) -> None:
    toy, seen = ToyKind(), list[RunProgress[ReceiptRun]]()
    run = toy.carry_out(toy.start(accounts))
    assert {job.task["func"] for job in OrmQ.objects.all()} == {"tests.toy"}
    assert [job.args()[0] for job in OrmQ.objects.all()] == list(run.chunks.values_list("pk", flat=True))
    run = toy.carry_out(run, executor=Executor.INLINE, on_progress=seen.append)
    assert [(progress.chunks_done, progress.chunks, progress.percent) for progress in seen] == [
        (1, 3, 33),
        (2, 3, 66),
        (3, 3, 100),
    ]
    assert (run.status, toy.done, toy.finished) == (RunStatus.DONE, accounts, [RunStatus.DONE])


def test_a_second_delivery_adds_nothing(accounts: list[int]) -> None:
    toy = ToyKind()
    run = toy.start(accounts[:1])
    chunk = run.chunks.get()
    assert toy.do(chunk_id=chunk.pk) == accounts[0]
    assert toy.do(chunk_id=chunk.pk) is None
    assert toy.do(chunk_id=0) is None
    assert (toy.done, toy.finished) == (accounts[:1], [RunStatus.DONE])


def test_a_worker_killed_in_the_middle_is_followed_by_the_sweeper(accounts: list[int]) -> None:
    toy = ToyKind(dies_at=accounts[1])
    run = toy.start(accounts)
    with pytest.raises(Killed):
        toy.carry_out(run, executor=Executor.INLINE)
    assert (toy.done, status(run)) == (accounts[:1], RunStatus.RUNNING)
    assert toy.sweep() == 0  # perhaps they are at work still
    age(run)
    assert toy.sweep() == 2
    assert toy.sweep() == 0  # queued again just now
    toy.dies_at = 0
    for job in list(OrmQ.objects.all()):
        toy.do(chunk_id=job.args()[0])
    assert (toy.done, toy.finished, status(run)) == (accounts, [RunStatus.DONE], RunStatus.DONE)


def test_a_worker_killed_before_it_finished_the_run(accounts: list[int]) -> None:
    toy = ToyKind()
    run = toy.start(accounts)
    run.chunks.update(status=ChunkStatus.DONE, finished_at=timezone.now())
    toy.sweep()
    assert status(run) == RunStatus.RUNNING  # the worker may be joining files just now
    age(run)
    toy.sweep()
    toy.sweep()
    assert (toy.finished, status(run)) == ([RunStatus.DONE], RunStatus.DONE)


def test_started_again_it_takes_only_what_failed(accounts: list[int]) -> None:
    toy = ToyKind(refuses={accounts[1]})
    run = toy.carry_out(toy.start(accounts), executor=Executor.INLINE)
    assert (run.status, failures_by_reason(run)) == (RunStatus.INCOMPLETE, {"no_payer": 1})
    assert [failure.account_id for failure in failures_of(run)] == [accounts[1]]
    toy.refuses = set()
    run = toy.start(accounts)
    assert list(run.chunks.values_list("first_account", flat=True)) == [accounts[1]]
    assert (run.status, run.finished_at) == (RunStatus.RUNNING, None)
    run = toy.carry_out(run, executor=Executor.INLINE)
    assert (run.status, toy.done, failures_of(run).count()) == (
        RunStatus.DONE,
        [accounts[0], accounts[2], accounts[1]],
        0,
    )


def test_started_again_while_chunks_wait_it_cuts_nothing_anew(accounts: list[int]) -> None:
    toy = ToyKind()
    chunks = list(toy.start(accounts).chunks.values_list("pk", flat=True))
    assert list(toy.start(accounts).chunks.values_list("pk", flat=True)) == chunks


def test_what_becomes_known_later_is_added(accounts: list[int]) -> None:
    toy = ToyKind()
    run = toy.carry_out(toy.start(accounts[:1]), executor=Executor.INLINE)
    run = toy.extend(run, ReceiptChunk.cut(run, accounts[1:], 1))
    assert (run.status, run.finished_at) == (RunStatus.RUNNING, None)
    run = toy.carry_out(run, executor=Executor.INLINE)
    assert (run.status, toy.done) == (RunStatus.DONE, accounts)
    assert toy.extend(run, []).status == RunStatus.DONE


def test_a_failure_that_mended_itself_does_not_keep_a_run_incomplete(accounts: list[int]) -> None:
    toy = ToyKind(refuses={accounts[0]})
    toy.carry_out(toy.start(accounts), executor=Executor.INLINE)
    toy.done.append(accounts[0])  # done by other means
    run = toy.start(accounts)
    assert (run.status, failures_by_reason(run)) == (RunStatus.DONE, {})


def test_a_finished_run_stays_as_it_is(accounts: list[int]) -> None:
    toy = ToyKind()
    run = toy.carry_out(toy.start(accounts), executor=Executor.INLINE)
    again = toy.start(accounts)
    assert (again.finished_at, toy.finished) == (run.finished_at, [RunStatus.DONE])


def test_of_two_who_finish_at_once_one_does(own_database: OwnDatabase) -> None:
    toy = ToyKind(gate=threading.Barrier(2))
    run = ReceiptRun.objects.create(period=PERIOD, issued_on=PERIOD)
    results = at_once(lambda _number: toy.finish(ReceiptRun.objects.get(pk=run.pk)), 2)
    assert sorted(results) == [False, True]
    assert (toy.finished, toy.discarded, status(run)) == ([RunStatus.DONE], 1, RunStatus.DONE)


class CarelessKind(ToyKind):
    """Finishes by the run as it was when it was read, without its lock."""

    def locked(self, run: ReceiptRun) -> ReceiptRun:
        return run


def test_the_control_without_the_lock_both_finish(own_database: OwnDatabase) -> None:
    toy = CarelessKind(gate=threading.Barrier(2))
    run = ReceiptRun.objects.create(period=PERIOD, issued_on=PERIOD)
    at_once(lambda _number: toy.finish(ReceiptRun.objects.get(pk=run.pk)), 2)
    assert toy.finished == [RunStatus.DONE] * 2
