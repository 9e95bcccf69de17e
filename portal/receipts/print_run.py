"""One PDF of a period's receipts for residents who want paper: chunks by jobs, joined as they lie on disk.

Order: street, house, flat. Accounts without a full address (a flat without its number) stand last and are listed.
"""

import io
from collections.abc import Iterator, Sequence
from tempfile import TemporaryFile

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import translation

from portal.accounts.enums import PremisesKind, ReceiptDelivery
from portal.accounts.models import Holder, User
from portal.core.bulk import batches
from portal.core.files.services import open_file, store_file, store_stream
from portal.core.formatting import period_text
from portal.core.models import PrivateFile
from portal.core.pdf.writer import join_files
from portal.core.periods import Period
from portal.core.runs.engine import Executor, RunKind
from portal.receipts import printing
from portal.receipts.exceptions import NothingToPrint
from portal.receipts.models import PrintChunk, PrintRun, Receipt
from portal.receipts.selectors import current_receipts, data_of
from portal.receipts.snapshot import ReceiptData

CHUNK = 1000
"""Receipts in one job: under half a minute of work."""
FILE_KIND = "print_run"


class PrintKind(RunKind[PrintRun, PrintChunk, int]):
    """Print runs: each chunk is a file of its own, the files are joined at the end."""

    run_model = PrintRun
    chunk_model = PrintChunk
    job = "portal.receipts.jobs.print_chunk"
    result_fields = ("pages", "file")
    conclusion_fields = ("pages", "file")

    def work(self, run: PrintRun, chunk: PrintChunk) -> int:
        """Print the receipts of a chunk; returns the pages."""
        file = io.BytesIO()
        chunk.pages = printing.write_receipts(file, _data(chunk.receipt_ids), title=printing.TITLE)
        chunk.file = store_file(
            kind=FILE_KIND,
            owner=f"print_run:{run.pk}",
            name=f"Часть {chunk.number}.pdf",
            content=file.getvalue(),
            content_type="application/pdf",
        )
        return chunk.pages

    def discard(self, chunk: PrintChunk) -> None:
        """Drop the file of a chunk that another delivery printed."""
        _drop(chunk.file)

    def conclude(self, run: PrintRun) -> None:
        """Join the files of the chunks."""
        chunks = run.chunks.select_related("file").order_by("number")
        with TemporaryFile() as file:
            run.pages = join_files(file, (_content(chunk.file) for chunk in chunks if chunk.file), title=_title(run))
            run.file = store_stream(
                kind=FILE_KIND,
                owner=f"print_run:{run.pk}",
                name=f"Печать квитанций {run.period:%Y-%m}.pdf",
                content=file,
                content_type="application/pdf",
            )

    def discard_conclusion(self, run: PrintRun) -> None:
        """Drop the joined file of a run that somebody else finished."""
        _drop(run.file)

    def is_incomplete(self, run: PrintRun) -> bool:
        """Whether receipts stand at the end for want of a full address."""
        return bool(run.without_address)

    def after_finish(self, run: PrintRun) -> None:
        """Drop the files of the chunks: they are in the joined one."""
        files = [chunk.file for chunk in run.chunks.exclude(file=None).select_related("file")]
        run.chunks.update(file=None)
        for file in files:
            _drop(file)


PRINTS = PrintKind()


def start_print_run(
    *,
    period: Period,
    executor: Executor = Executor.QUEUE,
    requested_by: User | None = None,
    receipt_ids: Sequence[int] | None = None,
) -> PrintRun:
    """Print the current receipts of a period for accounts on paper and those whose holders have no e-mail.

    With `receipt_ids`, these receipts instead, whatever the delivery. Raises NothingToPrint.
    """
    ordered, without = _ordered(period, receipt_ids)
    if not ordered:
        raise NothingToPrint
    with transaction.atomic():
        run = PrintRun.objects.create(
            period=period.first_day, receipts=len(ordered), without_address=without, requested_by=requested_by
        )
        run = PRINTS.begin(run, lambda run: _cut(run, ordered))
    return PRINTS.carry_out(run, executor=executor)


def _cut(run: PrintRun, receipt_ids: Sequence[int]) -> Iterator[PrintChunk]:
    for number, receipts in enumerate(batches(receipt_ids, CHUNK), 1):
        yield PrintChunk(run=run, number=number, receipt_ids=receipts)


def paper_receipts(period: Period) -> QuerySet[Receipt]:
    """Current receipts of accounts that want paper, or none of whose holders has an e-mail address or a login."""
    reached = Holder.objects.filter(until=None).exclude(person__email="", person__user=None)
    electronic = Q(account__delivery=ReceiptDelivery.ELECTRONIC, account_id__in=reached.values("account_id"))
    return current_receipts().filter(period=period.first_day).exclude(electronic)


def _ordered(period: Period, receipt_ids: Sequence[int] | None) -> tuple[list[int], list[str]]:
    """Receipts by street, house, flat; the numbers of accounts without a full address, whose receipts stand last."""
    receipts = paper_receipts(period)
    if receipt_ids is not None:
        receipts = current_receipts().filter(period=period.first_day, pk__in=receipt_ids)
    premises = "account__premises"
    rows = receipts.order_by(
        f"{premises}__house__street__name",
        f"{premises}__house__street__kind",
        f"{premises}__house__sort_number",
        f"{premises}__house__number",
        f"{premises}__sort_number",
        f"{premises}__number",
        "account__number",
    ).values_list("pk", "account__number", f"{premises}__kind", f"{premises}__number")
    whole: list[int] = []
    last: list[tuple[int, str]] = []
    for pk, number, kind, flat in rows:
        if kind == PremisesKind.FLAT and not flat:
            last.append((pk, number))
        else:
            whole.append(pk)
    return [*whole, *(pk for pk, _ in last)], [number for _, number in last]


def print_chunk(*, chunk_id: int) -> int:
    """Print a chunk and, after the last one, join the file; returns the chunk's pages. Repeated, it adds nothing."""
    return PRINTS.do(chunk_id=chunk_id) or 0


def _data(receipt_ids: Sequence[int]) -> Iterator[ReceiptData]:
    for ids in batches(receipt_ids, 100):
        receipts = Receipt.objects.in_bulk(ids)
        yield from (data_of(receipts[pk]) for pk in ids)


def _content(stored: PrivateFile) -> bytes:
    with open_file(stored) as file:
        return file.read()


def _drop(stored: PrivateFile | None) -> None:
    if stored is None:
        return
    stored.file.delete(save=False)
    stored.delete()


def _title(run: PrintRun) -> str:
    with translation.override("ru"):
        return f"Квитанции за {period_text(run.period)}"


def sweep_prints() -> int:
    """Put back chunks that fell out of the queue; returns how many. For a timed job."""
    return PRINTS.sweep()
