"""Closing against storing the same rows, for growing numbers of accounts; and against the plain calculator.

`BENCH_ACCOUNTS` (10000) and `BENCH_MANY` (100000; 0 leaves the large run out) set the sizes, `BENCH_MONTHS` (24) the
history. On PostgreSQL (DATABASE_URL) the rows go in by COPY.
"""

import multiprocessing
import os
import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, models, transaction
from django.db.models import Max
from django.test.utils import CaptureQueriesContext

from portal.billing.loading.rate_book import load_rate_book
from portal.billing.models import AccountClosing, Charge, PeriodRun
from portal.billing.services import Executor, close_period, closing, preview_closing
from portal.core.bulk import insert_prepared
from portal.core.calendars import month_calendar
from portal.core.periods import Period
from portal.ledger.models import Checkpoint, Entry
from portal.operations.generation import generate_accounts
from tests import database
from tests.benchmarks.figure import Figure
from tests.benchmarks.plain_check import differences_of

LAST = Period(2026, 10)
PLAIN_MONTHS = 3
"""History of the accounts that the plain calculator computes from their first month on."""
STORED = (AccountClosing, Charge, Entry, Checkpoint)


@contextmanager
def own_database() -> Iterator[None]:
    """A migrated database of the benchmark's own."""
    keeper = database.backend()
    keeper.prepare()
    name = keeper.create()
    with database.switched_to(name):
        yield
    keeper.drop(name)


def newest() -> dict[type[models.Model], int]:
    """The last key of each table that a closing writes."""
    return {model: model._default_manager.aggregate(last=Max("pk"))["last"] or 0 for model in STORED}


def rows_since(before: dict[type[models.Model], int]) -> dict[type[models.Model], tuple[list[str], list[Any]]]:
    """What was stored since, as the driver gives and takes it."""
    rows_by_model = {}
    with connection.cursor() as cursor:
        for model in STORED:
            fields = [field for field in model._meta.concrete_fields if not field.primary_key]
            names = ", ".join(connection.ops.quote_name(field.column) for field in fields)
            table = connection.ops.quote_name(model._meta.db_table)
            cursor.execute(f"SELECT {names} FROM {table} WHERE id > %s ORDER BY id", [before[model]])
            rows_by_model[model] = ([field.name for field in fields], cursor.fetchall())
    return rows_by_model


class RolledBack(Exception):
    """Undo what was stored."""


def seconds_to_store(rows: dict[type[models.Model], tuple[list[str], list[Any]]], batch: int) -> float:
    """Storing the same rows again, in transactions as large as a chunk's, after making place for them."""
    spent = 0.0
    for model, (columns, values) in rows.items():
        for start in range(0, len(values), batch):
            part = values[start : start + batch]
            began = time.perf_counter()
            with transaction.atomic():
                insert_prepared(model, columns, part)
            spent += time.perf_counter() - began
    return spent


def measured(accounts: int, months: int) -> dict[str, float]:
    """Close one month of so many accounts, then store its rows in a copy taken before."""
    with own_database():
        generate_accounts(count=accounts, months=months, last=LAST)
        connection.close()
        keeper = database.backend()
        copy = keeper.copy(str(connection.settings_dict["NAME"]))
        before = newest()
        idle = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        began = time.perf_counter()
        close_period(period=LAST.next, executor=Executor.INLINE)
        spent = time.perf_counter() - began
        grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - idle) / 1024
        rows = rows_since(before)
        count = sum(len(values) for _, values in rows.values())
        differ = differences_of(LAST, months, accounts=accounts) if months <= PLAIN_MONTHS else 0
        run = PeriodRun.objects.filter(period=LAST.next.first_day).values().get()
        with database.switched_to(copy):
            previewing = seconds_to_preview()
            PeriodRun.objects.create(**run)
            storing = seconds_to_store(rows, 1600)
        keeper.drop(copy)
    times = {"closing": spent, "previewing": previewing, "storing": storing}
    return {**times, "rows": count, "memory": grown, "differ": differ}


def seconds_to_preview() -> float:
    """The preview of the same month, with the statistics that the databases keep in use (ANALYZE)."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    began = time.perf_counter()
    preview_closing(LAST.next)
    return time.perf_counter() - began


def queries_per_chunk() -> tuple[int, int]:
    """Queries of closing 100 and 400 accounts, each one chunk."""
    counts = []
    for accounts in (100, 400):
        with own_database():
            generate_accounts(count=accounts, months=3, last=LAST)
            with CaptureQueriesContext(
                connection,
            ) as queries:
                close_period(period=LAST.next, executor=Executor.INLINE)
            counts.append(len(queries))
    return counts[0], counts[1]


def seconds_with(workers: int, accounts: int) -> float:
    """Closing a month by processes that share its chunks out among them, each with a connection of its own."""
    with own_database():
        generate_accounts(count=accounts, months=PLAIN_MONTHS, last=LAST)
        day = month_calendar(LAST.next).closing_day
        run = closing._started(period=LAST.next, closing_day=day, requested_by=None)
        chunks = list(run.chunks.order_by("pk").values_list("pk", flat=True))
        connection.close()
        with multiprocessing.get_context("fork").Pool(workers) as pool:
            pool.map(_warm, range(workers), chunksize=1)
            began = time.perf_counter()
            pool.map(_close_chunk, chunks, chunksize=1)
            return time.perf_counter() - began


def _warm(_: int) -> None:
    connection.ensure_connection()
    load_rate_book()


def _close_chunk(pk: int) -> None:
    closing.close_chunk(chunk_id=pk)


def run() -> list[Figure]:
    """The figures of the closing."""
    months = int(os.environ.get("BENCH_MONTHS", "24"))
    few = int(os.environ.get("BENCH_ACCOUNTS", "10000"))
    many = int(os.environ.get("BENCH_MANY", "100000"))
    small, large = queries_per_chunk()
    first = measured(few, months)
    figures = [
        Figure("closing: queries of a chunk of 400 accounts ÷ of 100", large / small, at_most=1),
        Figure(f"closing {few} accounts ÷ storing the same rows", first["closing"] / first["storing"], at_most=3),
        Figure(f"preview of closing {few} accounts ÷ the closing", first["previewing"] / first["closing"], at_most=1.5),
        Figure(f"closing {few}: memory grown, MB", first["memory"], at_most=300),
    ]
    checked = measured(few, PLAIN_MONTHS)
    figures.append(Figure(f"closing {few} accounts: lines unlike the plain calculator's", checked["differ"], at_most=0))
    if connection.vendor == "postgresql":
        with_one, with_two = (min(seconds_with(workers, few) for _ in range(2)) for workers in (1, 2))
        figures.append(
            Figure(f"closing {few} accounts: two workers ÷ one, per second", with_one / with_two, at_least=1.7)
        )
    if many:
        second = measured(many, months)
        figures += [
            Figure(
                f"closing {many} accounts ÷ storing the same rows", second["closing"] / second["storing"], at_most=3
            ),
            Figure(
                f"preview of closing {many} accounts ÷ the closing",
                second["previewing"] / second["closing"],
                at_most=1.5,
            ),
            Figure(
                f"time per account, {many} ÷ {few} accounts",
                (second["closing"] / many) / (first["closing"] / few),
                at_most=1.2,
            ),
            Figure(f"closing {many}: memory grown, MB", second["memory"], at_most=300),
        ]
    return figures
