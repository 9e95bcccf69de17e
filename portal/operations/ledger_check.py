"""Proof that entries, checkpoints, charges, closings, receipts and payments agree, and are as they were sealed.

Read in streams, memory flat.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Exists, F, OuterRef, Q, Sum
from django.db.models.functions import Collate

from portal.accounts.staff import notify_employees
from portal.billing.models import AccountClosing, Charge, LedgerCheck
from portal.billing.services.ledger_checks import LISTED, store_ledger_check
from portal.core import clock
from portal.core.money import from_kopecks
from portal.integrity.selectors import last_seal, seal_with_hash
from portal.integrity.verification import verify_seals
from portal.ledger.enums import EntryKind
from portal.ledger.models import Checkpoint, Entry
from portal.ledger.selectors import IN_KOPECKS
from portal.operations.notifications import LEDGER_DIFFERS
from portal.payments.enums import PaymentState
from portal.payments.models import Payment
from portal.receipts.models import Receipt
from portal.receipts.services import data_digest
from portal.receipts.snapshot import breakdown_difference

ZERO = Decimal(0)
BY_CLOSINGS = Q(key__startswith="charge:") | Q(key__startswith="recalc:")


@dataclass(frozen=True, slots=True)
class LedgerProblem:
    """LedgerProblem of the ledger and its place; `seal` is the number of the seal that shows it, 0 for none."""

    account_id: int | None
    code: str
    parts: tuple[str, ...]
    seal: int = 0


_LOGGED = {
    "checkpoint": "{}: stored {}, entries {}",
    "charge_unlike_entry": "{}: {} and {}",
    "closing": "{}: lines {}, closing {}",
    "receipt": "receipt {}: its data changed",
    "receipt_to_pay": "receipt {}: asks {}, entries {}",
    "receipt_breakdown": "receipt {}: its parts and its sum differ by {}",
    "receipt_reversed": "receipt {}: the charges that it was made from do not stand",
    "payment_unlike_entry": "{}: {} and {}",
    **{
        f"{what}_{how}": f"{what} {{}} (seal {{}}) was {how} after it was sealed"
        for what in ("entry", "receipt")
        for how in ("changed", "added")
    },
    "entry_missing": "entry {} (seal {}) was deleted after it was sealed",
    "receipt_missing": "receipt {} (seal {}) was deleted after it was sealed",
    "seal_changed": "seal {} is not what it was made of",
    "seal_block": "hashes of rows under seal {} were changed or deleted",
    "seal_unknown": "no seal has the hash {}: the chain was made anew, or the letter is of another portal",
}


def logged(code: str, parts: Sequence[str]) -> str:
    """A problem's parts as the log has them; the admin has words of its own."""
    return _LOGGED.get(code, "{}").format(*parts)


@dataclass(slots=True)
class _Tally:
    """Problems as they come: how many, the first of them, the seals concerned."""

    count: int = 0
    listed: list[list[object]] = field(default_factory=list)
    broken_seals: set[int] = field(default_factory=set)

    def add(self, problem: LedgerProblem) -> None:
        self.count += 1
        if len(self.listed) < LISTED:
            self.listed.append([problem.account_id, problem.code, *problem.parts])
        if problem.seal:
            self.broken_seals.add(problem.seal)


def check_ledger(*, mailed: Sequence[str] = ()) -> LedgerCheck:
    """Check everything and store the result, so that the admin shows it; staff are told of what does not agree.

    `mailed`: hashes of seals from letters, which the chain must have.
    """
    newest = last_seal()  # before the rows are read: a seal that is made meanwhile is for the next check
    tally = _Tally()
    for problem in _unknown_seals(mailed):
        tally.add(problem)
    for problem in problems():
        tally.add(problem)
    check = store_ledger_check(
        ran_at=clock.now(),
        entries=Entry.objects.count(),
        problems=tally.count,
        listed=tally.listed,
        last_seal=newest.number if newest else 0,
        broken_seals=tally.broken_seals,
    )
    if tally.count:
        notify_employees(LEDGER_DIFFERS, event=f"ledger:{check.pk}", context={"count": tally.count})
    return check


def _unknown_seals(mailed: Sequence[str]) -> Iterator[LedgerProblem]:
    """Each hash of a letter is that of a seal."""
    for sha256 in mailed:
        if seal_with_hash(sha256) is None:
            yield LedgerProblem(None, "seal_unknown", (sha256,))


def problems() -> Iterator[LedgerProblem]:
    """Everything that does not agree; what was changed after it was sealed comes first."""
    yield from _seals()
    yield from problems_of_sums()


def problems_of_sums() -> Iterator[LedgerProblem]:
    """Sums, charges, closings, receipts and payments that do not agree with each other; seals are not looked at."""
    yield from _checkpoints()
    yield from _charges_and_entries()
    yield from _closings()
    yield from _receipts()
    yield from _receipt_sums()
    yield from _payments()


def _seals() -> Iterator[LedgerProblem]:
    """Each sealed entry and receipt is what it was, and so are the seals."""
    for problem in verify_seals():
        row = () if problem.row is None else (str(problem.row),)
        yield LedgerProblem(problem.account_id, problem.code, (*row, str(problem.seal)), seal=problem.seal)


def _checkpoints() -> Iterator[LedgerProblem]:
    """Each checkpoint is the sum of its account's entries up to its last one."""
    marks = Checkpoint.objects.order_by("account_id", "up_to_entry", "period")
    stored = marks.values_list("account_id", "up_to_entry", "balance", "period").iterator(5000)
    for pk, balance, total, period in _unlike_entries(stored):
        yield LedgerProblem(pk, "checkpoint", (f"{period:%Y-%m}", str(balance), str(total)))


def _receipt_sums() -> Iterator[LedgerProblem]:
    """Each receipt asks for the sum of its account's entries up to the one that it names."""
    issued = Receipt.objects.exclude(up_to_entry=0).order_by("account_id", "up_to_entry", "pk")
    stored = issued.values_list("account_id", "up_to_entry", "to_pay", "number").iterator(5000)
    for pk, to_pay, total, number in _unlike_entries(stored):
        yield LedgerProblem(pk, "receipt_to_pay", (number, str(to_pay), str(total)))


def _unlike_entries(stored: Iterator[tuple[int, int, Decimal, Any]]) -> Iterator[tuple[int, Decimal, Decimal, Any]]:
    """Of (account, last entry, balance, name) in that order: those whose entries come to another sum, with it."""
    entries = Entry.objects.order_by("account_id", "pk").values_list("account_id", "pk", "amount").iterator(5000)
    entry = next(entries, None)
    account, total = 0, ZERO
    for pk, last, balance, name in stored:
        if pk != account:
            account, total = pk, ZERO
            while entry is not None and entry[0] < pk:
                entry = next(entries, None)
        while entry is not None and entry[0] == pk and entry[1] <= last:
            total += entry[2]
            entry = next(entries, None)
        if total != balance:
            yield pk, balance, total, name


def by_bytes(column: str) -> Any:
    """Ordered as Python orders, whatever the database's collation."""
    return Collate(column, "C") if connection.vendor == "postgresql" else F(column)


def _pairs(left: Any, right: Any) -> Iterator[tuple[tuple[Any, ...] | None, tuple[Any, ...] | None]]:
    """Two streams ordered by their first column, side by side."""
    first, second = next(left, None), next(right, None)
    while first is not None or second is not None:
        if second is None or (first is not None and first[0] < second[0]):
            yield first, None
            first = next(left, None)
        elif first is None or second[0] < first[0]:
            yield None, second
            second = next(right, None)
        else:
            yield first, second
            first, second = next(left, None), next(right, None)


def _charges_and_entries() -> Iterator[LedgerProblem]:
    """Each line has its entry of the same sum, each entry its line; each reversed line its mirror."""
    columns = ("key", "account_id", "amount")
    charges = Charge.objects.exclude(amount=0).order_by(by_bytes("key")).values_list(*columns).iterator(5000)
    entries = Entry.objects.filter(BY_CLOSINGS).order_by(by_bytes("key")).values_list(*columns).iterator(5000)
    for charge, entry in _pairs(charges, entries):
        if charge is None and entry is not None:
            yield LedgerProblem(entry[1], "entry_without_charge", (entry[0],))
        elif entry is None and charge is not None:
            yield LedgerProblem(charge[1], "charge_without_entry", (charge[0],))
        elif charge != entry and charge is not None and entry is not None:
            yield LedgerProblem(charge[1], "charge_unlike_entry", (charge[0], str(charge[2]), str(entry[2])))
    undone = Charge.objects.filter(reversed_at__isnull=False).exclude(amount=0).order_by(by_bytes("key"))
    mirrors = Entry.objects.filter(kind=EntryKind.REVERSAL).order_by(by_bytes("source"))
    for charge, mirror in _pairs(
        undone.values_list(*columns).iterator(5000),
        mirrors.values_list("source", "account_id", "amount").iterator(5000),
    ):
        if charge is None or mirror is None or charge[2] != -mirror[2]:
            row = charge or mirror
            if row is not None:
                yield LedgerProblem(row[1], "reversal", (row[0],))


def _closings() -> Iterator[LedgerProblem]:
    """The sum of a closing is the sum of its lines."""
    sums = (
        Charge.objects.filter(reversed_at=None, key__startswith="charge:")
        .order_by("account_id", "period")
        .values_list("account_id", "period")
        .annotate(total=Sum(IN_KOPECKS))
    )
    booked = ((((pk, period)), total) for pk, period, total in sums.iterator(5000))
    closings = AccountClosing.objects.filter(reversed_at=None).order_by("account_id", "period")
    stored = (
        ((pk, period), total)
        for pk, period, total in closings.values_list("account_id", "period", "total").iterator(5000)
    )
    for lines, closing in _pairs(booked, stored):
        key = (lines or closing or ((None, None),))[0]
        of_lines = from_kopecks(lines[1] if lines else 0)
        if closing is None or of_lines != closing[1]:
            expected = str(closing[1]) if closing else "none"
            yield LedgerProblem(key[0], "closing", (str(key[1]), str(of_lines), expected))


def _receipts() -> Iterator[LedgerProblem]:
    """The data of each receipt is what was issued, its parts make up what it asks to pay, and its charges stand."""
    for pk, account, data, digest in Receipt.objects.values_list("pk", "account_id", "data", "data_sha256").iterator(
        500
    ):
        if data_digest(data) != digest:
            yield LedgerProblem(account, "receipt", (str(pk),))
        elif difference := breakdown_difference(data):
            yield LedgerProblem(account, "receipt_breakdown", (str(pk), str(difference)))
    closings = AccountClosing.objects.filter(account=OuterRef("account"), period=OuterRef("period"), reversed_at=None)
    reversed_since = Receipt.objects.filter(~Exists(closings), replaced_by=None)
    for account, number in reversed_since.values_list("account_id", "number").iterator(5000):
        yield LedgerProblem(account, "receipt_reversed", (number,))


def _payments() -> Iterator[LedgerProblem]:
    """Each successful payment has one entry of its sum, each entry of a payment its payment."""
    paid = Payment.objects.filter(state=PaymentState.SUCCEEDED)
    booked = dict(
        Entry.objects.filter(kind=EntryKind.PAYMENT, key__startswith="payment:")
        .values_list("key", "amount")
        .iterator(5000)
    )
    for pk, account, amount in paid.values_list("pk", "account_id", "amount").iterator(5000):
        entry = booked.pop(f"payment:{pk}", None)
        if entry is None:
            yield LedgerProblem(account, "payment_without_entry", (str(pk),))
        elif entry != -amount:
            yield LedgerProblem(account, "payment_unlike_entry", (str(pk), str(amount), str(entry)))
    for key in booked:
        yield LedgerProblem(None, "entry_without_payment", (key,))
