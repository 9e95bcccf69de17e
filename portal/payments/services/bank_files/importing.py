"""Crediting a checked file by chunks, once; comparing one with our payments; readings reported to the bank."""

import datetime as dt
from collections.abc import Callable
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from portal.core.runs.engine import Executor, RunProgress
from portal.payments.enums import FileState, LineState, ReportedReadingState
from portal.payments.exceptions import BankFileRefused
from portal.payments.models import BankFile, BankFileImport, BankFileLine
from portal.payments.services.bank_file_imports import IMPORTS, cut_ready_lines
from portal.payments.services.bank_files.noting import note_file
from portal.payments.services.repeats import ask_again

if TYPE_CHECKING:
    from portal.accounts.models import User


def begin_import(*, file: BankFile, by: "User | None" = None) -> BankFile:
    """Set a checked file to be imported and cut it into chunks; `by` None is a command.

    Lines that are asked about wait for a decision. The caller carries the import out.

    Raises BankFileRefused: bad_lines, state, already_imported, undecided (lines were credited with another file while
    this one waited: they are asked about now).
    """
    if file.bad:
        raise BankFileRefused("bad_lines", str(file.bad))
    changed = ask_again(file) if file.state == FileState.CHECKED else 0
    if changed:
        raise BankFileRefused("undecided", str(changed))
    try:
        with transaction.atomic():
            changed = BankFile.objects.filter(pk=file.pk, state=FileState.CHECKED).update(state=FileState.IMPORTING)
            if changed:
                IMPORTS.begin(BankFileImport.objects.create(file=file, requested_by=by), cut_ready_lines)
    except IntegrityError as error:
        raise BankFileRefused("already_imported") from error
    if not changed:
        raise BankFileRefused("state")
    file.refresh_from_db()
    note_file(file, "Реестр банка: загрузка", by=by, dry_run=False)
    return file


def import_chunk(*, chunk_id: int) -> int:
    """Import the lines of a chunk; returns how many. A second delivery adds nothing."""
    return IMPORTS.do(chunk_id=chunk_id) or 0


def carry_out_import(
    *,
    file: BankFile,
    executor: Executor = Executor.QUEUE,
    on_progress: Callable[[RunProgress[BankFileImport]], None] | None = None,
) -> None:
    """Queue, or do here, what waits of a file that is being imported."""
    for run in BankFileImport.objects.filter(file=file):
        IMPORTS.carry_out(run, executor=executor, on_progress=on_progress)


def sweep_imports() -> int:
    """Put back chunks that fell out of the queue; returns how many. For a timed job."""
    return IMPORTS.sweep()


def import_all(*, file_id: int, now: dt.datetime) -> BankFile:
    """Import a file that is being imported to its end, here; `now` is the moment that is kept with it."""
    carry_out_import(file=BankFile.objects.get(pk=file_id), executor=Executor.INLINE)
    BankFile.objects.filter(pk=file_id, state=FileState.IMPORTED).update(imported_at=now)
    return BankFile.objects.get(pk=file_id)


def lines_with_readings(*, file_id: int, limit: int) -> list[BankFileLine]:
    """Credited lines of a file whose reported readings nobody has submitted yet, in their order."""
    waiting = BankFileLine.objects.filter(
        file_id=file_id, state=LineState.CREDITED, reading_state=ReportedReadingState.WAITING
    )
    return list(waiting.select_related("account").order_by("number")[:limit])


def note_readings(*, line: BankFileLine, state: ReportedReadingState, note: str) -> bool:
    """Keep what became of a line's readings, once; says whether it was this call that did."""
    waiting = BankFileLine.objects.filter(pk=line.pk, reading_state=ReportedReadingState.WAITING)
    return bool(waiting.update(reading_state=state, reading_note=note[:250]))
