"""The dry run: every line of a file is judged and stored, nothing is credited."""

import datetime as dt
from collections.abc import Iterable, Iterator
from itertools import islice

from django.db import transaction

from portal.core.bulk import insert_rows
from portal.core.money import ZERO
from portal.payments.enums import FileState, LineState, ReportedReadingState
from portal.payments.exceptions import BankFileRefused
from portal.payments.models import BankFile, BankFileLine
from portal.payments.services.bank_files.judging import Verdict, judge
from portal.payments.services.bank_files.lines import ParsedLine
from portal.payments.services.bank_files.noting import note_file

CHUNK = 400
_COLUMNS = (
    "file_id",
    "number",
    "raw",
    "state",
    "problem",
    "detail",
    "account_text",
    "account_id",
    "amount",
    "paid_on",
    "period",
    "operation",
    "payer",
    "address",
    "purpose",
    "readings",
    "reading_state",
    "reading_note",
    "note",
)


@transaction.atomic
def store_dry_run(*, file: BankFile, lines: Iterable[ParsedLine], today: dt.date) -> BankFile:
    """Check every line of a file and store what is wrong with each; nothing is credited. Memory stays flat.

    A parser may raise BankFileRefused at its end (totals): then the lines stay for reading, and the file is refused.
    Replaces an earlier dry run of the same row.
    """
    file.lines.all().delete()
    counts = dict.fromkeys(LineState, 0)
    total, commission, number = ZERO, ZERO, 0
    file.refusal = file.refusal_detail = ""
    stream = iter(lines)
    try:
        for chunk in _chunks(stream):
            judged = judge(file, chunk, today)
            insert_rows(BankFileLine, _COLUMNS, [_row(file, line, verdict) for line, verdict in judged])
            for line, verdict in judged:
                counts[verdict.state] += 1
                total += line.amount or ZERO
                commission += line.commission
                number += 1
    except BankFileRefused as refused:
        file.refusal, file.refusal_detail = refused.code, refused.detail[:250]
    if not file.refusal and number == 0:
        file.refusal = "empty"
    file.state = FileState.REFUSED if file.refusal else FileState.CHECKED
    file.total_lines, file.total_amount, file.commission = number, total, commission
    file.ready, file.unknown, file.bad = counts[LineState.READY], counts[LineState.UNKNOWN], counts[LineState.BAD]
    file.asked = counts[LineState.ASKED]
    file.save()
    note_file(file, "Реестр банка: пробное чтение", by=file.uploaded_by, dry_run=True)
    return file


def _chunks(stream: Iterator[ParsedLine]) -> Iterator[list[ParsedLine]]:
    """Lines by the chunk; what was read before the parser refused is given out before its refusal goes on."""
    while True:
        chunk: list[ParsedLine] = []
        refused: BankFileRefused | None = None
        try:
            for line in islice(stream, CHUNK):
                chunk.append(line)  # noqa: PERF402 (what was read before a refusal must survive it)
        except BankFileRefused as error:
            refused = error
        if chunk:
            yield chunk
        if refused is not None:
            raise refused
        if not chunk:
            return


def _row(file: BankFile, line: ParsedLine, verdict: Verdict) -> tuple[object, ...]:
    return (
        file.pk,
        line.number,
        line.raw[:600],
        str(verdict.state),
        verdict.problem[:30],
        verdict.detail[:200],
        line.account_text[:60],
        verdict.account_id,
        line.amount,
        line.paid_on,
        line.period,
        line.operation[:80],
        line.payer[:160],
        line.address[:200],
        line.purpose[:250],
        line.readings[:200],
        ReportedReadingState.WAITING if line.readings else "",
        "",
        verdict.note,
    )
