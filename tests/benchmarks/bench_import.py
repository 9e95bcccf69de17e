"""A CSV of 100,000 opening balances: read, checked, loaded, against a plain executemany of the rows that it leaves.

Memory is the most that Python held at once, of 100,000 rows and of 10,000: a chunk of rows, whatever the file.
"""

import gc
import io
import time
import tracemalloc

from portal.accounts.models import Account, User
from portal.core import clock
from portal.core.bulk import insert_rows
from portal.core.runs.engine import Executor
from portal.exchange.enums import ImportAction, ImportState
from portal.exchange.imports import services
from portal.exchange.imports.runs import IMPORTS, cut_rows
from portal.exchange.imports.subjects import SUBJECTS
from portal.exchange.models import Import, ImportRow, ImportRun
from portal.ledger.models import Entry
from tests import database, people
from tests.benchmarks.figure import Figure
from tests.benchmarks.plain_rows import seconds_to_store_plainly

ROWS, A_SECOND = 100_000, 2000
TABLES = (ImportRow, Entry)


def _accounts() -> list[str]:
    """Closed accounts of one flat, by their numbers."""
    numbers = [f"5{number:07}" for number in range(ROWS)]
    home, opened = people.make_premises(), people.SINCE
    columns = ("number", "premises_id", "opened_on", "closed_on", "els", "delivery", "wastewater_from")
    example = Account(number="1", premises=home, opened_on=opened)
    rest = tuple(getattr(example, name) for name in columns[4:])
    insert_rows(Account, columns, ((number, home.pk, opened, opened, *rest) for number in numbers))
    return numbers


def table(numbers: list[str]) -> bytes:
    """A file of balances, none of which is asked about."""
    lines = (f"{number};{place % 900 + 1},50" for place, number in enumerate(numbers))
    return "\r\n".join(["Лицевой счет;Остаток", *lines]).encode("utf-8-sig")


def checked(data: bytes, by: User) -> Import:
    """Read a file and try its rows out, here."""
    file = io.BytesIO(data)
    return services.receive_file(spec=SUBJECTS["balances"], name="bench.csv", file=file, by=by, now=clock.now())


def load(imported: Import) -> None:
    """Book the rows of an import, as after a second person's agreement."""
    Import.objects.filter(pk=imported.pk).update(state=ImportState.LOADING)
    run = ImportRun.objects.create(imported=imported, action=ImportAction.LOAD)
    IMPORTS.carry_out(IMPORTS.begin(run, cut_rows), executor=Executor.INLINE)


def _seconds(act: object, *arguments: object) -> float:
    """Processor time: neighbours on the machine do not count."""
    gc.collect()
    started = time.process_time()
    act(*arguments)  # type: ignore[operator]
    return time.process_time() - started


def _peak(data: bytes, by: User) -> int:
    """Bytes held at the most while a file is checked."""
    gc.collect()
    tracemalloc.start()
    checked(data, by)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak - len(data)


def run() -> list[Figure]:
    """Measure on a database of its own."""
    keeper = database.backend()
    keeper.prepare()
    name = keeper.create()
    services.AT_ONCE = services.SMALL_FILE = 10**9
    with database.switched_to(name):
        by = people.make_clerk("clerk", "office.import_balances")
        numbers = _accounts()
        data = table(numbers)
        small = _peak(table(numbers[: ROWS // 10]), by)
        large = _peak(data, by)
        Import.objects.all().delete()
        checking = _seconds(checked, data, by)
        loading = _seconds(load, Import.objects.get())
        booked = Entry.objects.count()
        if booked != ROWS:
            raise RuntimeError(f"{booked} of {ROWS} balances booked")
        plain = seconds_to_store_plainly(TABLES, _seconds)
    keeper.drop(name)
    return [
        Figure(f"{ROWS} balances from CSV: rows a CPU second, checked", ROWS / checking, at_least=A_SECOND),
        Figure("the same, loaded into the ledger", ROWS / loading, at_least=A_SECOND),
        Figure("check and load ÷ a plain executemany of its rows", (checking + loading) / plain, at_most=100),
        Figure("memory of the check, MB", large / 2**20, at_most=60),
        Figure(f"memory of {ROWS} rows ÷ {ROWS // 10}", large / small, at_most=1.3),
    ]
