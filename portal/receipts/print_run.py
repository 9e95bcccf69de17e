"""One PDF of a period's receipts for residents who want paper: parts by jobs, joined as they lie on disk.

Order: street, house, flat. Accounts without a full address (a flat without its number) stand last and are listed.
"""

import io
from collections.abc import Iterator, Sequence
from tempfile import TemporaryFile

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone, translation
from django_q.tasks import async_task

from portal.accounts.enums import Delivery, PremisesKind
from portal.accounts.models import Holder, User
from portal.billing.enums import ChunkStatus
from portal.billing.services.closing import Executor
from portal.billing.services.requeueing import STALE_AFTER, requeue_lost
from portal.core import clock
from portal.core.bulk import batches
from portal.core.files.services import open_file, store_file, store_stream
from portal.core.formatting import period_text
from portal.core.models import PrivateFile
from portal.core.pdf.writer import join_files
from portal.core.periods import Period
from portal.receipts import printing
from portal.receipts.enums import IssueStatus
from portal.receipts.exceptions import NothingToPrint
from portal.receipts.models import PrintPart, PrintRun, Receipt
from portal.receipts.selectors import current_receipts, data_of
from portal.receipts.snapshot import ReceiptData

PART = 1000
"""Receipts in one job: under half a minute of work."""
FILE_KIND = "print_run"


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
    now = timezone.now()
    with transaction.atomic():
        run = PrintRun.objects.create(
            period=period.first_day,
            receipts=len(ordered),
            without_address=without,
            started_at=clock.now(),
            requested_by=requested_by,
        )
        parts = [
            PrintPart(run=run, number=number, receipt_ids=receipts, queued_at=now)
            for number, receipts in enumerate(batches(ordered, PART), 1)
        ]
        PrintPart.objects.bulk_create(parts)
    for pk in list(run.parts.values_list("pk", flat=True)):
        if executor is Executor.QUEUE:
            async_task("portal.receipts.jobs.print_part", pk, group=f"print {period}")
        else:
            print_part(part_id=pk)
    run.refresh_from_db()
    return run


def for_paper(period: Period) -> QuerySet[Receipt]:
    """Current receipts of accounts that want paper, or none of whose holders has an e-mail address or a login."""
    reached = Holder.objects.filter(until=None).exclude(person__email="", person__user=None)
    electronic = Q(account__delivery=Delivery.ELECTRONIC, account_id__in=reached.values("account_id"))
    return current_receipts().filter(period=period.first_day).exclude(electronic)


def _ordered(period: Period, receipt_ids: Sequence[int] | None) -> tuple[list[int], list[str]]:
    """Receipts by street, house, flat; the numbers of accounts without a full address, whose receipts stand last."""
    receipts = for_paper(period)
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


def print_part(*, part_id: int) -> int:
    """Print a part and, after the last one, join the file; returns the part's pages. Repeated, it adds nothing."""
    part = PrintPart.objects.select_related("run").filter(pk=part_id).first()
    if part is None or part.status == ChunkStatus.DONE:
        return 0
    file = io.BytesIO()
    pages = printing.write_receipts(file, _data(part.receipt_ids), title=printing.TITLE)
    stored = store_file(
        kind=FILE_KIND,
        owner=f"print_run:{part.run_id}",
        name=f"Часть {part.number}.pdf",
        content=file.getvalue(),
        content_type="application/pdf",
    )
    waiting = PrintPart.objects.filter(pk=part_id, status=ChunkStatus.QUEUED)
    if not waiting.update(status=ChunkStatus.DONE, pages=pages, file=stored):
        _drop(stored)
    _join_when_ready(part.run)
    return pages


def _data(receipt_ids: Sequence[int]) -> Iterator[ReceiptData]:
    for ids in batches(receipt_ids, 100):
        found = Receipt.objects.in_bulk(ids)
        yield from (data_of(found[pk]) for pk in ids)


def _join_when_ready(run: PrintRun) -> None:
    if run.parts.filter(status=ChunkStatus.QUEUED).exists():
        return
    parts = list(run.parts.select_related("file").order_by("number"))
    with TemporaryFile() as file:
        pages = join_files(file, (_content(part.file) for part in parts if part.file), title=_title(run))
        stored = store_stream(
            kind=FILE_KIND,
            owner=f"print_run:{run.pk}",
            name=f"Печать квитанций {run.period:%Y-%m}.pdf",
            content=file,
            content_type="application/pdf",
        )
    unfinished = PrintRun.objects.filter(pk=run.pk, status=IssueStatus.RUNNING)
    done = IssueStatus.INCOMPLETE if run.without_address else IssueStatus.DONE
    if not unfinished.update(status=done, file=stored, pages=pages, finished_at=clock.now()):
        _drop(stored)
        return
    run.parts.update(file=None)
    for part in parts:
        if part.file is not None:
            _drop(part.file)


def _content(stored: PrivateFile) -> bytes:
    with open_file(stored) as file:
        return file.read()


def _drop(stored: PrivateFile) -> None:
    stored.file.delete(save=False)
    stored.delete()


def _title(run: PrintRun) -> str:
    with translation.override("ru"):
        return f"Квитанции за {period_text(run.period)}"


def sweep_prints() -> int:
    """Put back parts that fell out of the queue; returns how many. For a timed job."""
    waiting = PrintPart.objects.filter(run__status=IssueStatus.RUNNING)
    put_back = requeue_lost(waiting, job="portal.receipts.jobs.print_part", group="print again")
    for run in PrintRun.objects.filter(status=IssueStatus.RUNNING, started_at__lt=clock.now() - STALE_AFTER):
        _join_when_ready(run)
    return put_back
