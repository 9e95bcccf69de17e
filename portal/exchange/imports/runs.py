"""Runs over the rows of an import: reading and checking, loading, undoing. One engine, portal.core.runs."""

import json
import logging
from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import partial

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from portal.core import clock
from portal.core.bulk import batches, insert_prepared, update_rows
from portal.core.runs.engine import RunKind
from portal.core.runs.enums import ChunkStatus
from portal.exchange import balances
from portal.exchange.enums import ImportAction, RowState, Subject
from portal.exchange.files import BrokenFile
from portal.exchange.imports.cells import encoded, table_of
from portal.exchange.imports.columns import columns_for, stored_file
from portal.exchange.imports.finishing import finished
from portal.exchange.imports.subjects import SUBJECTS, SubjectSpec
from portal.exchange.imports.undo import UndoRefused, undo_row
from portal.exchange.models import Import, ImportChunk, ImportRow, ImportRun
from portal.exchange.reports import ImportReport, RowOutcome, begin_report, remark_text, table_refusal_text
from portal.exchange.rows import RowContext
from portal.exchange.tables import FoundTable, TableRefused, TableRow, find_table

logger = logging.getLogger(__name__)
CHUNK = {Subject.BALANCES: 1000}
"""Rows of one job; the others have 250: each row is several writes."""
USUAL_CHUNK = 250
INSERTED = 1000
INSERTED_COLUMNS = ("imported_id", "number", "cells", "key", "state", "subject", "change", "reason", "made")
BLANK = ("", "", "", "{}")
"""Of a row that was read only: subject, change, reason, made."""


def states_for(action: ImportAction, *, accept_asked: bool) -> tuple[RowState, ...]:
    """Return the states of the rows that a run of an action works on."""
    if action == ImportAction.CHECK:
        return (RowState.READ,)
    if action == ImportAction.UNDO:
        return (RowState.TAKEN,)
    return (RowState.READY, RowState.ASKED) if accept_asked else (RowState.READY,)


def _states(run: ImportRun) -> tuple[RowState, ...]:
    return states_for(ImportAction(run.action), accept_asked=run.imported.accept_asked)


class ImportRunKind(RunKind[ImportRun, ImportChunk, int]):
    """Imports as runs. A check reads the file by its first chunk, which adds those of the rows."""

    run_model = ImportRun
    chunk_model = ImportChunk
    job = "portal.exchange.jobs.work_on_import"

    def work(self, run: ImportRun, chunk: ImportChunk) -> int:
        """Read the file, or work on the rows of a chunk; returns how many rows."""
        imported = Import.objects.select_related("uploaded_by", "loaded_by", "approved_by").get(pk=run.imported_id)
        if chunk.first_row == 0:
            return self._read(run, imported)
        with transaction.atomic():
            states = states_for(ImportAction(run.action), accept_asked=imported.accept_asked)
            of_chunk = imported.rows.filter(state__in=states, number__range=(chunk.first_row, chunk.last_row))
            rows = list(of_chunk.order_by("number").select_for_update())
            if run.action == ImportAction.UNDO:
                _undo(rows)
            else:
                _take(imported, rows, dry_run=run.action == ImportAction.CHECK)
        return len(rows)

    def _read(self, run: ImportRun, imported: Import) -> int:
        try:
            with transaction.atomic():
                count = read_rows(imported)
        except (TableRefused, BrokenFile) as error:
            refusal = error if isinstance(error, TableRefused) else TableRefused(error.code, str(error.line or ""))
            Import.objects.filter(pk=imported.pk).update(refusal=table_refusal_text(refusal))
            return 0
        self.extend(run, cut_rows(run))
        return count

    def totals(self, run: ImportRun) -> tuple[int, int]:
        """Rows of the import, and how many of them no longer wait for this run."""
        rows = ImportRow.objects.filter(imported_id=run.imported_id)
        total = rows.count()
        return total, total - rows.filter(state__in=_states(run)).count()

    def on_finish(self, run: ImportRun) -> None:
        """Set the import's next state and notify those concerned."""
        finished(run)


IMPORTS = ImportRunKind()


def cut_rows(run: ImportRun) -> Iterator[ImportChunk]:
    """Chunks, not stored yet, of the rows that a run works on."""
    rows = ImportRow.objects.filter(imported_id=run.imported_id, state__in=_states(run)).order_by("number")
    size = CHUNK.get(Subject(run.imported.subject), USUAL_CHUNK)
    for numbers in batches(rows.values_list("number", flat=True).iterator(chunk_size=2000), size):
        yield ImportChunk(run=run, first_row=numbers[0], last_row=numbers[-1])


def reading_chunk(run: ImportRun) -> Iterator[ImportChunk]:
    """The chunk, not stored yet, that reads the file."""
    yield ImportChunk(run=run, first_row=0, last_row=0)


def read_rows(imported: Import) -> int:
    """Read the rows of an import's file into the database, in place of those read before; returns how many.

    One batch of rows is held at a time. Raises TableRefused, BrokenFile. For a caller that holds a transaction.
    """
    spec = SUBJECTS[imported.subject]
    imported.rows.all().delete()
    with stored_file(imported) as file:
        found = find_table(file, columns=columns_for(imported), required=spec.required, sheet=imported.sheet)
        count = _insert(imported, spec, found)
    imported.texts, imported.places = found.heading.texts, found.heading.places
    imported.is_text, imported.refusal = found.source.is_text, ""
    imported.remarks = [remark_text(remark) for remark in found.remarks]
    imported.save(update_fields=["texts", "places", "is_text", "remarks", "refusal"])
    return count


def _insert(imported: Import, spec: SubjectSpec, found: FoundTable) -> int:
    width = None if found.source.is_text else found.heading.width
    count = 0
    for rows in batches(found.rows(), INSERTED):
        insert_prepared(
            ImportRow,
            INSERTED_COLUMNS,
            [
                (
                    imported.pk,
                    row.number,
                    json.dumps(encoded(row.raw, width=width), ensure_ascii=False),
                    spec.key(row)[:120],
                    RowState.READ.value,
                    *BLANK,
                )
                for row in rows
            ],
        )
        count += len(rows)
    return count


def _take(imported: Import, rows: list[ImportRow], *, dry_run: bool) -> None:
    """Take rows, or try it out; what became of each is stored in it."""
    spec = SUBJECTS[imported.subject]
    report = begin_report(table_of(imported, rows), dry_run=dry_run)
    context = RowContext(
        clock.today(),
        imported.loaded_by or imported.uploaded_by,
        accept_asked=imported.accept_asked and not dry_run,
        books_debts=False,
        others=_others(imported, rows),
        last_street=imported.last_street,
    )
    take: Callable[[ImportReport, RowContext], None] = spec.take
    if imported.subject == Subject.BALANCES:
        take = partial(
            balances.take_balances,
            made_by=balances.login_of(imported.loaded_by),
            approved_by=balances.login_of(imported.approved_by),
        )
    with transaction.atomic():
        take(report, context)
        if dry_run:
            transaction.set_rollback(True)
    _store(rows, report)


def _others(imported: Import, rows: list[ImportRow]) -> list[TableRow]:
    """Rows of the rest of the file that are about the same things."""
    keys = {row.key for row in rows if row.key}
    if not keys:
        return []
    first, last = rows[0].number, rows[-1].number
    elsewhere = imported.rows.exclude(number__range=(first, last)).exclude(state=RowState.UNDONE)
    found = [row for batch in batches(sorted(keys), 400) for row in elsewhere.filter(key__in=batch)]
    return table_of(imported, found).rows


def _store(rows: list[ImportRow], report: ImportReport) -> None:
    bad = {row.number: row for row in report.bad}
    asked = {row.number: row for row in report.asked}
    notes = {row.number: row for row in report.notes}
    for row in rows:
        row_note = bad.get(row.number) or asked.get(row.number) or notes.get(row.number)
        outcome = report.outcomes.get(row.number, RowOutcome(new=True))
        row.reason = row_note.reason if row_note else ""
        row.subject = (row_note.subject if row_note else "")[:250]
        row.change = outcome.change[:250] if outcome.new else ""
        if row.number in bad:
            row.state, row.change = RowState.BAD, ""
        elif row.number in asked:
            row.state = RowState.ASKED
        elif not outcome.new:
            row.state = RowState.REPEATED
        else:
            row.state = RowState.READY if report.dry_run else RowState.TAKEN
        row.made = outcome.made if row.state == RowState.TAKEN else _amount_of(outcome)
    update_rows(ImportRow, ("state", "subject", "change", "reason", "made"), rows)


def _amount_of(outcome: RowOutcome) -> dict[str, int | str]:
    """What is kept of a row that is not stored yet: its sum, for the two people rule."""
    return {"amount": outcome.made["amount"]} if "amount" in outcome.made else {}


def total_amount(imported: Import) -> Decimal:
    """Return the sum of the balances of an import that are to be booked, debts and advances added up, ₽."""
    states = states_for(ImportAction.LOAD, accept_asked=imported.accept_asked)
    return amount_of_rows(imported.rows.filter(state__in=states))


def amount_of_rows(rows: QuerySet[ImportRow]) -> Decimal:
    """Return the sum of balances of rows, debts and advances added up, ₽."""
    made = rows.values_list("made", flat=True).iterator(chunk_size=2000)
    return sum((abs(Decimal(str(row.get("amount", 0)))) for row in made), Decimal(0))


def _undo(rows: list[ImportRow]) -> None:
    """Take back what rows made, the last first; what cannot be taken back any more says why."""
    for row in reversed(rows):
        try:
            with transaction.atomic():
                undo_row(row)
        except UndoRefused as refusal:
            row.reason = str(refusal)
        else:
            row.state, row.reason = RowState.UNDONE, ""
    update_rows(ImportRow, ("state", "reason"), rows)


def requeue(run: ImportRun) -> None:
    """Queue the chunks of a run that were added while it was going on (reading a file adds those of its rows)."""
    waiting = ImportChunk.objects.filter(run=run, status=ChunkStatus.QUEUED)
    waiting.update(queued_at=timezone.now())
    IMPORTS.carry_out(run)
