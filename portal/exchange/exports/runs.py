"""Exports as runs: each chunk writes the rows of some accounts, the parts are joined at the end (decision 105)."""

from collections.abc import Iterator
from itertools import chain
from tempfile import TemporaryFile

from django.db import transaction
from django.utils import translation

from portal.accounts import audit
from portal.accounts.models import Account, User
from portal.core.bulk import batches
from portal.core.files.services import open_file, store_stream
from portal.core.models import PrivateFile
from portal.core.money import ZERO
from portal.core.periods import Period
from portal.core.runs.engine import Executor, RunKind
from portal.core.runs.enums import RunStatus
from portal.exchange.enums import ExportFormat, ExportSubject
from portal.exchange.exceptions import ExportRefused
from portal.exchange.exports.files import CONTENT_TYPES, SUFFIXES, read_part, write_file, write_part
from portal.exchange.exports.subjects import EXPORTS, ExportSpan, ExportSpec, Row, row_total
from portal.exchange.models import Export, ExportChunk
from portal.exchange.notifications import notify_export_ready

CHUNK = 2000
"""Accounts of one job."""
AT_ONCE = 2000
"""Rows of a file that is made while its reader waits; larger ones are made by the queue."""
EXCEL_ROWS = 500_000
"""More rows do not go into one XLSX file: Excel opens a million at most, and slowly."""
FILE_KIND = "books_export"
PERMISSION = "office.export_books"


class ExportKind(RunKind[Export, ExportChunk, int]):
    """Exports: each chunk is a file of rows, the files are joined at the end."""

    run_model = Export
    chunk_model = ExportChunk
    job = "portal.exchange.jobs.work_on_export"
    result_fields = ("file", "rows", "total")
    conclusion_fields = ("file", "rows", "total")

    def work(self, run: Export, chunk: ExportChunk) -> int:
        """Write the rows of a chunk; returns how many."""
        spec = EXPORTS[run.subject]
        chunk.rows, chunk.total = 0, ZERO

        def counted() -> Iterator[Row]:
            span = ExportSpan(*run.periods, chunk.first_account, chunk.last_account)
            for row in spec.rows(span):
                chunk.rows += 1
                chunk.total += row_total(spec, row)
                yield row

        with TemporaryFile() as part, translation.override("ru"):
            write_part(part, counted())
            chunk.file = _store(run, part, name=f"Часть {chunk.first_account}", content_type="application/gzip")
        return chunk.rows

    def discard(self, chunk: ExportChunk) -> None:
        """Drop the file of a chunk that another delivery wrote."""
        drop_file(chunk.file)

    def conclude(self, run: Export) -> None:
        """Join the parts in the order of the accounts."""
        spec, file_format = EXPORTS[run.subject], ExportFormat(run.file_format)
        chunks = list(run.chunks.select_related("file").order_by("first_account"))
        run.rows = sum(chunk.rows for chunk in chunks)
        run.total = sum((chunk.total for chunk in chunks), ZERO)
        with TemporaryFile() as file, translation.override("ru"):
            rows = chain.from_iterable(_rows(chunk.file, spec) for chunk in chunks if chunk.file)
            write_file(file, file_format, headings=spec.headings, rows=rows, title=str(run.get_subject_display()))
            run.file = _store(run, file, name=_name(run, file_format), content_type=CONTENT_TYPES[file_format])

    def discard_conclusion(self, run: Export) -> None:
        """Drop the file of a run that somebody else finished."""
        drop_file(run.file)

    def on_finish(self, run: Export) -> None:
        """Note it in the audit; whoever started a long one is told."""
        if run.requested_by is None:
            return
        audit.exported(
            by=run.requested_by,
            what=f"Выгрузка: {run.get_subject_display()}",
            rows=run.rows,
            file_format=run.file_format,
            filters=f"{run.first_period:%Y-%m}…{run.last_period:%Y-%m}",
            section="exchange",
        )
        if run.queued:
            notify_export_ready(run, to=run.requested_by)

    def after_finish(self, run: Export) -> None:
        """Drop the parts: they are in the joined file."""
        parts = [chunk.file for chunk in run.chunks.exclude(file=None).select_related("file")]
        run.chunks.update(file=None)
        for part in parts:
            drop_file(part)


RUNS = ExportKind()


def start_export(
    *,
    subject: ExportSubject,
    file_format: ExportFormat,
    first: Period,
    last: Period,
    by: User,
    executor: Executor | None = None,
) -> Export:
    """Begin an export of months, both inclusive; a small one is done at once.

    The same one that this person has begun and that is not done yet is returned instead. Raises ExportRefused:
    order, nothing, too_many (rows for XLSX).
    """
    if last < first:
        raise ExportRefused("order")
    span = ExportSpan(first, last)
    count = EXPORTS[subject].count(span)
    if not count:
        raise ExportRefused("nothing")
    if file_format is ExportFormat.XLSX and count > EXCEL_ROWS:
        raise ExportRefused("too_many")
    if executor is None:
        executor = Executor.INLINE if count <= AT_ONCE else Executor.QUEUE
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(pk=by.pk)
        wanted = {
            "subject": subject,
            "file_format": file_format,
            "first_period": first.first_day,
            "last_period": last.first_day,
            "requested_by": by,
        }
        running = Export.objects.filter(status=RunStatus.RUNNING, **wanted).first()
        if running is not None:
            return running
        export = Export.objects.create(**wanted, queued=executor is Executor.QUEUE)
        export = RUNS.begin(export, _cut)
    return RUNS.carry_out(export, executor=executor)


def repeat_export(export: Export, *, by: User) -> Export:
    """Make the same file anew, from the books as they are now. Raises ExportRefused."""
    first, last = export.periods
    return start_export(
        subject=ExportSubject(export.subject),
        file_format=ExportFormat(export.file_format),
        first=first,
        last=last,
        by=by,
    )


def _cut(run: Export) -> Iterator[ExportChunk]:
    ids = Account.objects.order_by("pk").values_list("pk", flat=True).iterator(chunk_size=CHUNK)
    for accounts in batches(ids, CHUNK):
        yield ExportChunk(run=run, first_account=accounts[0], last_account=accounts[-1], accounts=len(accounts))


def _store(run: Export, file: object, *, name: str, content_type: str) -> PrivateFile:
    return store_stream(
        kind=FILE_KIND,
        owner=f"export:{run.pk}",
        name=name,
        content=file,  # type: ignore[arg-type]  # a temporary file
        content_type=content_type,
    )


def _rows(part: PrivateFile, spec: ExportSpec) -> Iterator[Row]:
    with open_file(part) as stored:
        yield from read_part(stored, spec.columns)


def _name(run: Export, file_format: ExportFormat) -> str:
    """«Начисления 2026-10.csv», «Платежи 2026-01…2026-03.xlsx»."""
    first, last = (f"{period}" for period in run.periods)
    months = first if first == last else f"{first}…{last}"
    return f"{run.get_subject_display()} {months}.{SUFFIXES[file_format]}"


def drop_file(stored: PrivateFile | None) -> None:
    """Delete a private file that no row holds any more, and its row."""
    if stored is None:
        return
    name, storage = str(stored.file.name), stored.file.storage
    stored.delete()
    storage.delete(name)
