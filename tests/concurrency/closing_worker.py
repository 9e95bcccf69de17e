"""What processes of their own do: close a month, send readings, work off the queue, or die on purpose."""

import contextlib
import datetime as dt
import os
import signal
import threading
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django_q.conf import Conf

from portal.billing import jobs
from portal.billing.services import Executor, chunks, close_period, closing, reverse_closing
from portal.core.broker import DatabaseBroker
from portal.core.clock import MOSCOW
from portal.core.periods import Period
from portal.metering.enums import ReadingSource
from portal.metering.models import Meter
from portal.metering.selectors import previous_values
from portal.metering.services import submit_reading

RETRY_SECONDS = 4


def close(period: str, die_in: int = 0, *, unguarded: bool = False) -> None:
    """Close a month, ten accounts a chunk.

    `die_in` kills the process inside the writing of that chunk, counted from 1; `unguarded` writes without a
    transaction.
    """
    closing.CHUNK = 10
    if unguarded:
        chunks.transaction = _NoTransaction()  # type: ignore[attr-defined]
        chunks._lock_accounts_and_meters = lambda account_ids: None
    if die_in:
        _die_in(die_in)
    close_period(period=Period.parse(period), executor=Executor.INLINE)


def close_unguarded(period: str, die_in: int) -> None:
    """Close a month without transactions and die in a chunk."""
    close(period, die_in, unguarded=True)


class _NoTransaction:
    @staticmethod
    def atomic() -> Any:
        return contextlib.nullcontext()


def _die_in(number: int) -> None:
    """Kill the process after the closings of a chunk were written and before its charges are."""
    seen = 0
    write = chunks.insert_prepared

    def insert_prepared(model: Any, columns: Any, rows: Any) -> None:
        nonlocal seen
        if model.__name__ == "Charge":
            seen += 1
            if seen == number:
                os.kill(os.getpid(), signal.SIGKILL)
        write(model, columns, rows)

    chunks.insert_prepared = insert_prepared


def read(meter: int, count: int) -> None:
    """Send readings of December, one after the other."""
    for number in range(count):
        row = Meter.objects.get(pk=meter)
        day = dt.date(2026, 12, 1) + dt.timedelta(days=number)
        value = previous_values([row], before=dt.date(2027, 1, 1))[meter].value + Decimal("0.100")
        submit_reading(
            meter=row,
            value=value,
            moment=dt.datetime.combine(day, dt.time(9), tzinfo=MOSCOW),
            source=ReadingSource.PHONE,
            confirmed_high=True,
        )


def cluster(*options: str) -> None:
    """django-q's cluster. "stuck" hangs in the second chunk; "careless" forgets a job as soon as it takes it."""
    Conf.WORKERS, Conf.RETRY, Conf.TIMEOUT, Conf.POLL, Conf.QUEUE_LIMIT = 1, RETRY_SECONDS, RETRY_SECONDS - 1, 0.1, 2
    if "stuck" in options:
        jobs.close_chunk = _stuck_after_one(jobs.close_chunk)
    if "careless" in options:
        take = DatabaseBroker.dequeue

        def take_and_forget(self: Any) -> Any:
            taken = take(self)
            for number, _job in taken or ():
                self.delete(number)
            return taken

        DatabaseBroker.dequeue = take_and_forget
    call_command("qcluster", verbosity=0)


def _stuck_after_one(work: Any) -> Any:
    seen = 0

    def close_chunk(chunk_id: int) -> str:
        nonlocal seen
        seen += 1
        if seen > 1:
            threading.Event().wait()
        answer: str = work(chunk_id)
        return answer

    return close_chunk


def close_again(period: str, stop: Path) -> None:
    """Close, reverse and close a month, until the file `stop` is there."""
    closing.CHUNK = 20
    month = Period.parse(period)
    while not stop.exists():
        close_period(period=month, executor=Executor.INLINE)
        reverse_closing(period=month, reason="again", on=month.last_day, by=None)
    close_period(period=month, executor=Executor.INLINE)
