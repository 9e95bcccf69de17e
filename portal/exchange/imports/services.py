"""Receiving a file, naming its columns, checking, loading and undoing it."""

import datetime as dt
import io
import logging
from collections.abc import Mapping
from decimal import Decimal
from typing import IO, Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone, translation

from portal.accounts.models import Street, User
from portal.approvals.enums import NumberRule
from portal.approvals.models import NumberRequest
from portal.approvals.services import NewNumberRequest, above_one_person, request_number
from portal.core import clock
from portal.core.files.services import store_stream
from portal.core.formatting import money_text
from portal.core.runs.engine import Executor, RunProgress
from portal.core.runs.enums import RunStatus
from portal.exchange.enums import ImportAction, ImportState, RowState, Subject
from portal.exchange.exceptions import ImportRefused
from portal.exchange.imports import selectors
from portal.exchange.imports.columns import choose_mapping, headings_of, remember_columns
from portal.exchange.imports.runs import (
    IMPORTS,
    amount_of_rows,
    cut_rows,
    reading_chunk,
    requeue,
    states_for,
    total_amount,
)
from portal.exchange.imports.subjects import SUBJECTS, SubjectSpec
from portal.exchange.imports.undo import built_upon
from portal.exchange.models import ColumnMapping, Import, ImportRun
from portal.exchange.staff_notices import notify_import_stopped
from portal.exchange.tables import MAX_BYTES, TableRefused, find_table

logger = logging.getLogger(__name__)
FILE_KIND = "file_import"
OWNER = "exchange.balances"
"""Under which requests for a second person are registered."""
AT_ONCE = 200
"""Rows of a file that are worked on while its sender waits; larger files go to the queue."""
SMALL_FILE = 100_000
"""Bytes of a file that is read while its sender waits."""


def receive_file(*, spec: SubjectSpec, name: str, file: IO[bytes], by: User, now: dt.datetime) -> Import:
    """Store a file and begin to check it, or let its columns be named first where no known headings fit.

    Raises TableRefused for a file that is not kept (too_big, empty, type, a damaged one); FileRefused("no_space").
    """
    size = file.seek(0, io.SEEK_END)
    if size > MAX_BYTES:
        raise TableRefused("too_big")
    mapping = choose_mapping(file, spec=spec)
    known = True
    if mapping is None:
        try:
            find_table(file, columns=spec.columns, required=spec.required)
        except TableRefused as refusal:
            if refusal.code != "no_heading" or len(headings_of(file).headings) < max(2, len(spec.required)):
                raise
            known = False
    stored = store_stream(
        kind=FILE_KIND,
        owner=f"user:{by.pk}",
        name=name[-120:],
        content=file,
        content_type="application/octet-stream",
    )
    imported = Import.objects.create(
        subject=spec.subject,
        name=name[-200:],
        stored=stored,
        sha256=stored.sha256,
        mapping=mapping,
        uploaded_by=by,
        uploaded_at=now,
        last_street=Street.objects.aggregate(last=Max("pk"))["last"] or 0,
    )
    if known:
        check(imported, by=by)
    return imported


def name_columns(imported: Import, *, source: str, headings: Mapping[str, str], sheet: str, by: User) -> ColumnMapping:
    """Remember which headings hold what under the name of the source, and check the file by them.

    Raises ImportRefused: state.
    """
    _require(imported, ImportState.COLUMNS, ImportState.CHECKED, ImportState.REFUSED)
    mapping = remember_columns(spec=SUBJECTS[imported.subject], name=source, headings=headings, by=by)
    Import.objects.filter(pk=imported.pk).update(mapping=mapping, sheet=sheet[:80], refusal="")
    imported.refresh_from_db()
    check(imported, by=by)
    return mapping


def check(imported: Import, *, by: User | None, executor: Executor | None = None) -> ImportRun:
    """Read a file again and try its rows out: nothing is stored. Raises ImportRefused: state."""
    _require(imported, ImportState.COLUMNS, ImportState.CHECKED, ImportState.REFUSED, ImportState.CHECKING)
    if imported.mapping_id is not None:
        ColumnMapping.objects.filter(pk=imported.mapping_id).update(used_at=timezone.now())
    reads = imported.stored is not None
    small = imported.stored.size <= SMALL_FILE if imported.stored is not None else imported.rows.count() <= AT_ONCE
    if not reads:
        imported.rows.exclude(state=RowState.TAKEN).update(state=RowState.READ)
    return _start(
        imported,
        ImportAction.CHECK,
        by=by,
        executor=executor or (Executor.INLINE if small else Executor.QUEUE),
        cut=reading_chunk if reads else cut_rows,
    )


def load(imported: Import, *, by: User, now: dt.datetime, accept_asked: bool = False) -> NumberRequest | None:
    """Load the good rows of a checked import, with `accept_asked` those that were asked about too.

    Balances above what one person may bring wait for a second one: the request is returned. Raises ImportRefused:
    state, nothing (no row is left to be loaded).
    """
    with transaction.atomic():
        imported = Import.objects.select_for_update().get(pk=imported.pk)
        _require(imported, ImportState.CHECKED, ImportState.LOADED)
        states = states_for(ImportAction.LOAD, accept_asked=accept_asked)
        if not imported.rows.filter(state__in=states).exists():
            raise ImportRefused("nothing")
        imported.accept_asked, imported.loaded_by, imported.approved_by = accept_asked, by, None
        imported.save(update_fields=["accept_asked", "loaded_by", "approved_by"])
        request = _request(imported, by=by, now=now) if imported.subject == Subject.BALANCES else None
        if request is not None:
            Import.objects.filter(pk=imported.pk).update(state=ImportState.WAITING)
            return request
    _start_loading(imported, by=by)
    return None


def _request(imported: Import, *, by: User, now: dt.datetime) -> NumberRequest | None:
    """Let balances wait for a second person where they are above what one may bring in a day."""
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    amount, day = total_amount(imported), clock.date_of(now)
    if not above_one_person(NumberRule.OPENING, amount, _brought(by, day), by=by, day=day):
        return None
    rows = imported.rows.filter(state__in=(RowState.READY, RowState.ASKED)).count()
    with translation.override("ru"):
        title = f"Остатки из файла «{imported.name}»: {money_text(amount)}"
        facts = [["Файл", imported.name], ["Счетов", str(rows)], ["Сумма долгов и авансов", money_text(amount)]]
    request, _created = request_number(
        NewNumberRequest(
            rule=NumberRule.OPENING,
            owner=OWNER,
            title=title,
            details={"import": imported.pk, "amount": str(amount), "facts": facts},
        ),
        by=by,
        now=now,
    )
    return request


def _brought(by: User, day: dt.date) -> Decimal:
    """What a person has brought alone on a day, ₽."""
    start = clock.start_of(day)
    own = Import.objects.filter(
        subject=Subject.BALANCES,
        loaded_by=by,
        approved_by=None,
        loaded_at__gte=start,
        loaded_at__lt=start + dt.timedelta(1),
    )
    return sum((amount_of_rows(imported.rows.filter(state=RowState.TAKEN)) for imported in own), Decimal(0))


def book_request(request: NumberRequest, now: dt.datetime) -> None:
    """A second person agreed to balances: they are loaded."""
    imported = Import.objects.select_for_update().get(pk=request.details["import"])
    if imported.state != ImportState.WAITING:
        return
    imported.approved_by = request.decided_by
    imported.save(update_fields=["approved_by"])
    transaction.on_commit(lambda: _start_loading(imported, by=request.made_by))


def drop_request(request: NumberRequest, now: dt.datetime) -> None:
    """A second person did not agree, or the request was taken back: the file is as it was before it."""
    waiting = Import.objects.filter(pk=request.details["import"], state=ImportState.WAITING)
    waiting.update(state=ImportState.CHECKED, loaded_by=None)


def _start_loading(imported: Import, *, by: User | None) -> None:
    run = _start(imported, ImportAction.LOAD, by=by, cut=cut_rows)
    if run.status != RunStatus.RUNNING:
        _check_balances_of(imported.pk, by=by)


def _check_balances_of(import_id: int, *, by: User | None) -> None:
    """Check the balances that came with accounts, once these are loaded."""
    for balances in selectors.unchecked_balances().filter(parent_id=import_id):
        check(balances, by=by)


def undo(imported: Import, *, by: User) -> None:
    """Take back what an import made. Raises ImportRefused: state; built_upon, naming what."""
    _require(imported, ImportState.LOADED)
    dependents = built_upon(imported)
    if dependents:
        raise ImportRefused("built_upon", ", ".join(f"{name}: {count}" for name, count in dependents))
    Import.objects.filter(pk=imported.pk).update(undone_by=by)
    _start(imported, ImportAction.UNDO, by=by, cut=cut_rows)


def resume(imported: Import, *, by: User | None) -> None:
    """Go on with a run that stopped by a fault, or whose jobs got lost. Raises ImportRefused: state."""
    run = imported.runs.filter(status=RunStatus.RUNNING).order_by("pk").last()
    if run is None:
        raise ImportRefused("state")
    Import.objects.filter(pk=imported.pk, state=ImportState.FAILED).update(state=_BUSY_STATE[ImportAction(run.action)])
    requeue(run)


_BUSY_STATE = {
    ImportAction.CHECK: ImportState.CHECKING,
    ImportAction.LOAD: ImportState.LOADING,
    ImportAction.UNDO: ImportState.UNDOING,
}


def _start(
    imported: Import,
    action: ImportAction,
    *,
    by: User | None,
    cut: Any,
    executor: Executor | None = None,
) -> ImportRun:
    """Begin a run; a short one is done here and now."""
    with transaction.atomic():
        locked = Import.objects.select_for_update().get(pk=imported.pk)
        if locked.is_busy and locked.runs.filter(status=RunStatus.RUNNING).exists():
            raise ImportRefused("state")
        Import.objects.filter(pk=imported.pk).update(state=_BUSY_STATE[action], refusal="")
        run = ImportRun.objects.create(imported=imported, action=action, requested_by=by)
        run = IMPORTS.begin(run, cut)
    if executor is None:
        executor = Executor.INLINE if imported.rows.count() <= AT_ONCE else Executor.QUEUE
    if executor is Executor.QUEUE:
        IMPORTS.carry_out(run)
    else:
        _carry_out_here(run)
    imported.refresh_from_db()
    run.refresh_from_db()
    return run


def _carry_out_here(run: ImportRun) -> None:
    """Do the chunks here, also those that reading the file adds; a large file's go to the queue."""
    IMPORTS.carry_out(run, executor=Executor.INLINE)
    if run.status == RunStatus.RUNNING:
        small = run.imported.rows.count() <= AT_ONCE
        IMPORTS.carry_out(run, executor=Executor.INLINE if small else Executor.QUEUE)


def work_on_chunk(chunk_id: int) -> int:
    """Do a chunk for the queue. A fault stops the import, and whoever started it is told; it is raised again."""
    run = ImportRun.objects.select_related("imported", "requested_by").filter(chunks=chunk_id).first()
    if run is None:
        return 0
    try:
        count = IMPORTS.do(chunk_id=chunk_id) or 0
    except Exception:
        logger.exception("A part of the import %s failed", run.imported_id)
        Import.objects.filter(pk=run.imported_id, state__in=_BUSY_STATE.values()).update(state=ImportState.FAILED)
        notify_import_stopped(
            SUBJECTS[run.imported.subject].kind,
            name=run.imported.name,
            event=f"{run.imported_id}:{run.pk}",
            by=run.requested_by,
        )
        raise
    run.refresh_from_db()
    if run.chunks.filter(pk=chunk_id, first_row=0).exists() and run.status == RunStatus.RUNNING:
        requeue(run)
    if run.status != RunStatus.RUNNING and run.action == ImportAction.LOAD:
        _check_balances_of(run.imported_id, by=run.requested_by)
    return count


def sweep_imports() -> int:
    """Put back chunks that got lost, and check balances that came with accounts and were left; returns how many."""
    for balances in selectors.unchecked_balances():
        check(balances, by=balances.uploaded_by)
    return IMPORTS.sweep()


def progress(imported: Import) -> RunProgress[ImportRun] | None:
    """How far the last run over an import is; None before the first."""
    run = imported.runs.order_by("pk").last()
    return IMPORTS.progress(run) if run is not None else None


def _require(imported: Import, *states: ImportState) -> None:
    if imported.state not in states:
        raise ImportRefused("state")
