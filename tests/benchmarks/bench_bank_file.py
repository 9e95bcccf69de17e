"""A bank file of 10,000 payments: dry run and import against a plain executemany of the same rows, and their memory.

A dry run holds the file's text and a chunk of its lines; an import holds a chunk.
Plain: the rows that an import leaves (lines, payments, entries) put in again by the driver alone, without a check.
"""

import datetime as dt
import gc
import sys
import time
import tracemalloc
from decimal import Decimal

from portal.accounts.models import Account
from portal.core import clock
from portal.exchange.bank_files.services import take_bank_file
from portal.ledger.models import Entry
from portal.payments.models import BankFile, BankFileLine, BankFileTemplate, Payment
from portal.payments.services.bank_files import begin_import, import_all
from tests import database, people
from tests.benchmarks.figure import Figure
from tests.benchmarks.plain_rows import seconds_to_store_plainly

LINES, SECONDS = 10_000, 20
TODAY = dt.date(2026, 11, 15)
TABLES = (BankFileLine, Payment, Entry)


def bank_file(lines: int, numbers: list[str], *, day: int = 12) -> bytes:
    """A file of Sberbank's thirteen fields."""
    rows, total = [], Decimal(0)
    for number in range(lines):
        amount = Decimal(10_000 + number * 7 % 400_000) / 100
        total += amount
        text = f"{amount:.2f}".replace(".", ",")
        rows.append(
            f"{day:02}-11-2026;10-15-00;8047/01;12;{day}{number:07};{numbers[number % len(numbers)]};"
            f"ПЛАТЕЛЬЩИК {number};РЕЧНАЯ 4-{number % 300};1026;{text};{text};0,00;"
        )
    text = f"{total:.2f}".replace(".", ",")
    rows.append(f"={lines};{text};{text};0,00;000123;13-11-2026")
    return "\r\n".join(rows).encode("cp1251")


def check(data: bytes) -> BankFile:
    """The dry run."""
    template = BankFileTemplate.objects.get(code="sberbank-13")
    return take_bank_file(template=template, name="bench.txt", data=data, by=None, now=clock.now(), today=TODAY)


def imported(data: bytes) -> BankFile:
    """The dry run and the import."""
    file = import_all(file_id=begin_import(file=check(data)).pk, now=clock.now())
    if file.done != file.total_lines:
        raise RuntimeError(f"{file.done} of {file.total_lines} imported")
    return file


def _elapsed(act: object, *arguments: object) -> float:
    gc.collect()
    started = time.perf_counter()
    act(*arguments)  # type: ignore[operator]
    return time.perf_counter() - started


def _peaks(data: bytes) -> tuple[int, int]:
    """Memory at its highest while checking and while importing, bytes."""
    tracemalloc.start()
    file = check(data)
    checking = tracemalloc.get_traced_memory()[1]
    tracemalloc.reset_peak()
    import_all(file_id=begin_import(file=file).pk, now=clock.now())
    importing = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return checking, importing


def run() -> list[Figure]:
    """Measure on a database of its own."""
    keeper = database.backend()
    keeper.prepare()
    name = keeper.create()
    with database.switched_to(name):
        people.make_cast()
        numbers = list(Account.objects.values_list("number", flat=True))
        took = _elapsed(imported, bank_file(LINES, numbers))
        plain = seconds_to_store_plainly(TABLES, _elapsed)
        _, small = _peaks(bank_file(LINES // 10, numbers, day=11))
        long = bank_file(LINES, numbers, day=10)
        checking, large = _peaks(long)
        text = sys.getsizeof(long.decode("cp1251"))
    keeper.drop(name)
    return [
        Figure(f"registry of {LINES} payments: dry run and import, seconds", took, at_most=SECONDS),
        Figure("the same ÷ a plain executemany of its rows", took / plain, at_most=30),
        Figure(f"memory of importing {LINES} lines ÷ {LINES // 10}", large / small, at_most=1.2),
        Figure("memory of a dry run ÷ the text of the file itself", checking / text, at_most=2.5),
    ]
