"""Crediting the lines of a bank's file: a run whose chunks are lines, each one transaction."""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from django.db import transaction
from django.db.models import CharField, F, OuterRef, Subquery, Value
from django.db.models.functions import Cast, Concat
from django_q.tasks import async_task

from portal.core import clock
from portal.core.bulk import batches
from portal.core.runs.engine import RunKind
from portal.payments.enums import FileState, LineState, PaymentChannel, Purpose, ReportedReadingState
from portal.payments.exceptions import LineSettled
from portal.payments.models import (
    BankFile,
    BankFileChunk,
    BankFileImport,
    BankFileLine,
    IdentificationRule,
    Payment,
)
from portal.payments.services.recording import ExternalPayment, record_external_payments

CHUNK = 500
"""Lines in one job."""
PARAMETERS = 400
READINGS_JOB = "portal.exchange.bank_files.jobs.submit_readings"


class BankFileKind(RunKind[BankFileImport, BankFileChunk, int]):
    """Imports of bank files as runs. A line that nobody could tell the account of is no failure: it waits elsewhere."""

    run_model = BankFileImport
    chunk_model = BankFileChunk
    job = "portal.payments.jobs.import_bank_file_chunk"

    def work(self, run: BankFileImport, chunk: BankFileChunk) -> int:
        """Credit, or compare, the lines of a chunk that are ready still; returns how many."""
        with transaction.atomic():
            files = BankFile.objects.select_for_update(of=("self",)).select_related("template")
            file = files.get(pk=run.file_id)
            ready = file.lines.filter(state=LineState.READY, number__range=(chunk.first_line, chunk.last_line))
            lines = list(ready.order_by("number"))
            if file.template.purpose == Purpose.COMPARE:
                _compare(lines)
            else:
                _credit(file, lines)
            BankFile.objects.filter(pk=file.pk).update(done=F("done") + len(lines))
        return len(lines)

    def totals(self, run: BankFileImport) -> tuple[int, int]:
        """Lines to be imported, and how many of them are (no query)."""
        return run.file.ready, run.file.done

    def on_finish(self, run: BankFileImport) -> None:
        """The file is imported."""
        importing = BankFile.objects.filter(pk=run.file_id, state=FileState.IMPORTING)
        importing.update(state=FileState.IMPORTED, imported_at=clock.now())

    def after_finish(self, run: BankFileImport) -> None:
        """Go on with the readings that payers reported to the bank."""
        credited = BankFileLine.objects.filter(file_id=run.file_id, state=LineState.CREDITED)
        if credited.filter(reading_state=ReportedReadingState.WAITING).exists():
            async_task(READINGS_JOB, run.file_id)


IMPORTS = BankFileKind()


def cut_ready_lines(run: BankFileImport) -> Iterator[BankFileChunk]:
    """Chunks, not stored yet, of the lines of a file that are ready."""
    ready = BankFileLine.objects.filter(file_id=run.file_id, state=LineState.READY).order_by("number")
    return cut_lines(run, ready.values_list("number", flat=True))


def cut_lines(run: BankFileImport, numbers: Iterable[int]) -> Iterator[BankFileChunk]:
    """Chunks, not stored yet, of lines by their numbers in order."""
    for part in batches(numbers, CHUNK):
        yield BankFileChunk(run=run, first_line=part[0], last_line=part[-1])


def _credit(file: BankFile, lines: Sequence[BankFileLine]) -> None:
    keys = {line.pk: f"registry:{file.pk}:{line.number}" for line in lines}
    record_external_payments(_external(file, line, keys[line.pk]) for line in lines)
    payment = Payment.objects.filter(key=Concat(Value(f"registry:{file.pk}:"), Cast(OuterRef("number"), CharField())))
    BankFileLine.objects.filter(file=file, pk__in=list(keys)).update(
        payment=Subquery(payment.values("pk")), state=LineState.CREDITED
    )
    used = [int(line.note.removeprefix("rule:")) for line in lines if line.note.startswith("rule:")]
    for rule in set(used):
        IdentificationRule.objects.filter(pk=rule).update(used=F("used") + used.count(rule))


def _external(file: BankFile, line: BankFileLine, key: str) -> ExternalPayment:
    if line.account_id is None or line.amount is None or line.paid_on is None:
        raise LineSettled(str(line.pk))
    return ExternalPayment(
        account_id=line.account_id,
        amount=line.amount,
        paid_on=line.paid_on,
        for_period=line.period,
        channel=PaymentChannel(file.template.channel),
        key=key,
        note=f"{file.name}, строка {line.number}"[:250],
    )


def _compare(lines: Sequence[BankFileLine]) -> None:
    numbers = [line.operation for line in lines if line.operation]
    ours: dict[str, Decimal] = {}
    for part in batches(numbers, PARAMETERS):
        ours.update(Payment.objects.filter(gateway_id__in=part, state="succeeded").values_list("gateway_id", "amount"))
    for line in lines:
        line.state = LineState.COMPARED
        mine = ours.get(line.operation)
        if mine is None:
            line.problem, line.detail = "not_ours", line.operation
        elif mine != line.amount:
            line.problem, line.detail = "other_sum", str(mine)
    BankFileLine.objects.bulk_update(lines, ["state", "problem", "detail"], batch_size=100)
