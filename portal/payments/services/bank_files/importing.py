"""Crediting a checked file by chunks, once; comparing one with our payments; readings reported to the bank."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.db.models import CharField, F, OuterRef, Subquery, Value
from django.db.models.functions import Cast, Concat

from portal.core.bulk import batches
from portal.payments.enums import FileState, LineState, PaymentChannel, Purpose, ReportedReadingState
from portal.payments.exceptions import BankFileRefused, LineSettled
from portal.payments.models import BankFile, BankFileLine, IdentificationRule, Payment
from portal.payments.services.bank_files.noting import note_file
from portal.payments.services.recording import ExternalPayment, record_external_payments
from portal.payments.services.repeats import ask_again

if TYPE_CHECKING:
    from portal.accounts.models import User

CHUNK = 500
PARAMETERS = 400


def begin_import(*, file: BankFile, by: "User | None" = None) -> BankFile:
    """Set a checked file to be imported; `by` None is a command. Lines that are asked about wait for a decision.

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
    except IntegrityError as error:
        raise BankFileRefused("already_imported") from error
    if not changed:
        raise BankFileRefused("state")
    file.refresh_from_db()
    note_file(file, "Реестр банка: загрузка", by=by, dry_run=False)
    return file


def import_chunk(*, file_id: int, now: dt.datetime) -> bool:
    """Import the next lines of a file in one transaction; returns whether lines are left. A repeat adds nothing."""
    with transaction.atomic():
        file = BankFile.objects.select_for_update(of=("self",)).select_related("template").get(pk=file_id)
        if file.state != FileState.IMPORTING:
            return False
        lines = list(file.lines.filter(state=LineState.READY).order_by("number")[:CHUNK])
        if not lines:
            BankFile.objects.filter(pk=file_id).update(state=FileState.IMPORTED, imported_at=now)
            return False
        if file.template.purpose == Purpose.COMPARE:
            _compare(lines)
        else:
            _credit(file, lines)
        BankFile.objects.filter(pk=file_id).update(done=F("done") + len(lines))
    return True


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


def import_all(*, file_id: int, now: dt.datetime) -> BankFile:
    """Import a file to its end, chunk by chunk."""
    while import_chunk(file_id=file_id, now=now):
        pass
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
