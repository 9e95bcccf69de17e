"""Payments that look credited already: files without operation numbers are known by account, day, sum and source."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Sum

from portal.accounts import audit
from portal.core.bulk import batches
from portal.core.money import from_kopecks
from portal.ledger.selectors import IN_KOPECKS
from portal.payments.enums import FileState, LineState, PaymentState, Purpose
from portal.payments.exceptions import BankFileRefused
from portal.payments.models import BankFile, BankFileImport, BankFileLine, Payment
from portal.payments.selectors.bank_file_lines import DECIDED_IN
from portal.payments.services.bank_file_imports import IMPORTS, cut_lines

if TYPE_CHECKING:
    from portal.accounts.models import User

PARAMETERS = 400
_Key = tuple[int | str, Decimal, dt.date]


@dataclass(frozen=True, slots=True)
class NewPayment:
    """A payment of a file that is not credited yet, ₽; `account_id` None while it is not known."""

    operation: str
    account_id: int | None
    account_text: str
    payer: str
    amount: Decimal
    paid_on: dt.date

    @property
    def key(self) -> _Key:
        """Account (or as written, with the payer), sum and day."""
        whose = f"{self.account_text} {self.payer}" if self.account_id is None else self.account_id
        return whose, self.amount, self.paid_on


class Repeats:
    """Finds, for the lines of a chunk, equal payments of other files and of the same file."""

    def __init__(self, file: BankFile, payments: Sequence[NewPayment]) -> None:
        self._credited = _credited(file, payments)
        self._waiting = _not_credited(file, payments)
        self._here = _in_file(file, payments)

    def find(self, payment: NewPayment) -> tuple[str, str]:
        """The code of the question and where the equal payment stands; empty codes for none. Remembers `one`.

        Two payments with different operation numbers are two payments; zeros before a number do not count.
        """
        before = self._credited.get(payment.key) or self._waiting.get(payment.key)
        if before is not None and _may_be_same(payment.operation, before.operation):
            return "again", before.where
        if not payment.operation:
            if payment.key in self._here:
                return "equal", self._here[payment.key]
            self._here[payment.key] = ""
        return "", ""


@dataclass(frozen=True, slots=True)
class _Before:
    operation: str
    where: str


def _may_be_same(operation: str, other: str) -> bool:
    """Whether two operation numbers may be one: equal but for leading zeros, or one of them not given."""
    return not operation or not other or operation.lstrip("0") == other.lstrip("0")


def _credited(file: BankFile, payments: Sequence[NewPayment]) -> dict[_Key, _Before]:
    """Payments of the same source on the accounts of the chunk, by account, sum and day."""
    earlier: dict[_Key, _Before] = {}
    days = [payment.paid_on for payment in payments]
    ids = sorted({payment.account_id for payment in payments if payment.account_id is not None})
    for part in batches(ids, PARAMETERS):
        rows = Payment.objects.filter(
            account_id__in=part,
            channel=file.template.channel,
            state=PaymentState.SUCCEEDED,
            paid_on__range=(min(days), max(days)),
        ).exclude(bank_file_line__file_id=file.pk)
        for account_id, amount, paid_on, operation, note in rows.values_list(
            "account_id", "amount", "paid_on", "bank_file_line__operation", "note"
        ):
            if paid_on is None:
                continue
            key = (account_id, amount, paid_on)
            if key not in earlier or not operation:  # one without a number decides
                earlier[key] = _Before(operation or "", note)
    return earlier


def _not_credited(file: BankFile, payments: Sequence[NewPayment]) -> dict[_Key, _Before]:
    """Lines of imported files that wait for their account or were dismissed, by the account as written."""
    written = sorted({payment.account_text for payment in payments if payment.account_id is None})
    days = [payment.paid_on for payment in payments]
    earlier: dict[_Key, _Before] = {}
    for part in batches(written, PARAMETERS):
        rows = BankFileLine.objects.filter(
            account_text__in=part,
            file__state=FileState.IMPORTED,
            file__template__channel=file.template.channel,
            paid_on__range=(min(days), max(days)),
            state__in=(LineState.UNKNOWN, LineState.CREDITED, LineState.DISMISSED, LineState.ASKED),
        ).exclude(file_id=file.pk)
        for text, payer, amount, paid_on, operation, name, number in rows.values_list(
            "account_text", "payer", "amount", "paid_on", "operation", "file__name", "number"
        ):
            if amount is not None and paid_on is not None:
                earlier[f"{text} {payer}", amount, paid_on] = _Before(operation, f"{name}, {number}")
    return earlier


def _in_file(file: BankFile, payments: Sequence[NewPayment]) -> dict[_Key, str]:
    """Lines of this file that were read before the chunk and have no operation number."""
    days = sorted({payment.paid_on for payment in payments if not payment.operation})
    sums = {payment.amount for payment in payments if not payment.operation}
    earlier: dict[_Key, str] = {}
    for part in batches(days, PARAMETERS):
        rows = file.lines.filter(
            operation="", paid_on__in=part, state__in=(LineState.READY, LineState.UNKNOWN, LineState.ASKED)
        )
        for account_id, text, payer, amount, paid_on, number in rows.values_list(
            "account_id", "account_text", "payer", "amount", "paid_on", "number"
        ):
            if amount is not None and paid_on is not None and amount in sums:
                earlier.setdefault((account_id or f"{text} {payer}", amount, paid_on), str(number))
    return earlier


def ask_again(file: BankFile) -> int:
    """Look at the ready lines of a checked file once more: what was credited since is asked about; returns how many.

    Two files of the same payments may be checked side by side, and imported one after the other.
    """
    if file.template.purpose != Purpose.CREDIT or not _others_since(file):
        return 0
    changed = []
    for lines in batches(file.lines.filter(state=LineState.READY).iterator(chunk_size=PARAMETERS), PARAMETERS):
        new = {line.pk: _of_line(line) for line in lines if not line.settled_at}
        before = _credited(file, list(new.values()))
        for line in lines:
            known = before.get(new[line.pk].key) if line.pk in new else None
            if known is not None and _may_be_same(line.operation, known.operation):
                line.state, line.problem, line.detail = LineState.ASKED, "again", known.where[:200]
                changed.append(line)
    BankFileLine.objects.bulk_update(changed, ["state", "problem", "detail"], batch_size=100)
    if changed:
        file.ready, file.asked = file.ready - len(changed), file.asked + len(changed)
        file.save(update_fields=["ready", "asked"])
    return len(changed)


def _of_line(line: BankFileLine) -> NewPayment:
    if line.amount is None or line.paid_on is None:
        raise ValueError("a ready line has a sum and a day")
    return NewPayment(line.operation, line.account_id, line.account_text, line.payer, line.amount, line.paid_on)


def _others_since(file: BankFile) -> bool:
    others = BankFile.objects.exclude(pk=file.pk).filter(template__channel=file.template.channel)
    return others.filter(state=FileState.IMPORTED, imported_at__gte=file.uploaded_at).exists()


def asked_sum(file: BankFile) -> Decimal:
    """Sum of the lines that wait for a decision, ₽."""
    kopecks = file.lines.filter(state=LineState.ASKED).aggregate(total=Sum(IN_KOPECKS))["total"] or 0
    return from_kopecks(kopecks)


@transaction.atomic
def decide_lines(
    *, file: BankFile, credit: bool, by: "User | None", now: dt.datetime, line_id: int | None = None
) -> int:
    """Decide about lines that are asked about, one or all: they are payments, or they are not to be credited.

    `by` None is a command. Lines of a file that was imported already are imported by its next job: the file is being
    imported again. Returns how many were decided. Raises BankFileRefused("state").
    """
    run = BankFileImport.objects.select_for_update().filter(file=file).first()  # before the file, as its finishing does
    locked = BankFile.objects.select_for_update(of=("self",)).get(pk=file.pk)
    if locked.state not in DECIDED_IN:
        raise BankFileRefused("state")
    questioned = locked.lines.filter(state=LineState.ASKED)
    lines = list(questioned if line_id is None else questioned.filter(pk=line_id))
    for line in lines:
        state = LineState.READY if line.account_id is not None else LineState.UNKNOWN
        line.state = state if credit else LineState.REPEATED
        line.settled_by, line.settled_at = by, now
    BankFileLine.objects.bulk_update(lines, ["state", "settled_by", "settled_at"], batch_size=100)
    ready = sum(line.state == LineState.READY for line in lines)
    locked.asked -= len(lines)
    locked.ready += ready
    locked.unknown += sum(line.state == LineState.UNKNOWN for line in lines)
    if ready and locked.state == FileState.IMPORTED:
        locked.state = FileState.IMPORTING
    locked.save(update_fields=["asked", "ready", "unknown", "state"])
    if run is not None and locked.state == FileState.IMPORTING:
        numbers = sorted(line.number for line in lines if line.state == LineState.READY)
        IMPORTS.extend(run, cut_lines(run, numbers))
    decision = "зачислить" if credit else "не зачислять"
    total = sum((line.amount for line in lines if line.amount is not None), Decimal(0))
    audit.money(locked, by=by, what=f"Реестр {locked.name}: {decision}, строк: {len(lines)}", after=total)
    file.refresh_from_db()
    return len(lines)
