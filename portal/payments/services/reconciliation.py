"""Gateway ↔ payments ↔ ledger ↔ bank files: what they disagree about is listed, and stays listed until it is gone."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from django.db import transaction
from django.db.models import CharField, F, Q, Sum, Value
from django.db.models.functions import Cast, Concat

from portal.accounts.models import User
from portal.core import clock
from portal.core.money import from_kopecks
from portal.ledger.enums import EntryKind
from portal.ledger.models import Entry
from portal.ledger.selectors import IN_KOPECKS
from portal.payments.enums import DifferenceKind, FileState, LineState, PaymentState, ReceiptState, RefundState
from portal.payments.gateways.base import Gateway, GatewayError, PaymentAnswer
from portal.payments.models import BankFileLine, Difference, Payment, ReconciliationRun, Refund
from portal.payments.models.reconciliation import difference_key
from portal.payments.selectors.guesses import unidentified
from portal.payments.services.applying import apply_answer
from portal.payments.staff_notices import notify_reconciliation

RECEIPT_TAKES = dt.timedelta(days=1)
GRACE = dt.timedelta(minutes=15)
UNIDENTIFIED_GRACE = dt.timedelta(days=30)
"""An unidentified payment is listed as waiting for this time, then it counts as a difference."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundDifference:
    """A difference of this run; one that `is_waiting` is listed, with its age `since`, and not counted."""

    kind: DifferenceKind
    key: str
    subject: str
    day: dt.date
    ours: str = ""
    theirs: str = ""
    payment_id: int | None = None
    since: dt.datetime | None = None
    is_waiting: bool = False


def reconcile(
    *, first_day: dt.date, last_day: dt.date, gateway: Gateway, now: dt.datetime, by: User | None = None
) -> ReconciliationRun:
    """Compare everything of a span of days (both inclusive) and store what differs.

    Payments that wait for their account are listed whatever their day, and counted apart for the first 30 days: both
    books know of them. A payment of ours that the gateway shows as paid and we do not is moved by that answer first:
    it was fetched. A gateway that does not answer is said so in the run; the other books are compared all the same.
    """
    run = ReconciliationRun.objects.create(
        first_day=first_day, last_day=last_day, started_by=by, started_at=now, finished_at=None
    )
    differences: list[FoundDifference] = []
    if gateway.is_ready:
        try:
            differences += _against_gateway(run, gateway, now)
        except GatewayError as error:
            run.gateway_answered, run.error = False, f"{type(error).__name__}: {error.code}"[:250]
    differences += [*_ledger_of_payments(run), *_ledger_orphans(run), *_ledger_of_refunds(run)]
    differences += [*_bank_files(run), *_unidentified(now), *_receipts(run, now)]
    _store(run, differences, now)
    paid = Payment.objects.filter(state=PaymentState.SUCCEEDED, paid_on__range=(first_day, last_day))
    run.payments, run.amount = paid.count(), from_kopecks(paid.aggregate(total=Sum(IN_KOPECKS))["total"] or 0)
    run.waiting = sum(difference.is_waiting for difference in differences)
    run.difference_count, run.finished_at = len(differences) - run.waiting, now
    run.save()
    notify_reconciliation(run)
    return run


def _against_gateway(run: ReconciliationRun, gateway: Gateway, now: dt.datetime) -> list[FoundDifference]:
    since, until = clock.start_of(run.first_day), clock.start_of(run.last_day + dt.timedelta(days=1))
    ours = {
        payment.gateway_id: payment
        for payment in Payment.objects.filter(
            gateway=gateway.code, created_at__gte=since - GRACE, created_at__lt=until + GRACE
        ).exclude(gateway_id="")
    }
    by_reference = {str(payment.reference): payment for payment in ours.values()}
    lost = Payment.objects.filter(gateway=gateway.code, gateway_id="", created_at__gte=since, created_at__lt=until)
    by_reference |= {str(payment.reference): payment for payment in lost}
    differences: list[FoundDifference] = []
    seen = set()
    for answer in gateway.list_payments(since=since, until=until):
        seen.add(answer.gateway_id)
        mine = ours.get(answer.gateway_id) or by_reference.get(answer.reference)
        if mine is None:
            if answer.state == PaymentState.SUCCEEDED:
                differences.append(_unknown_at_portal(answer, run))
            continue
        differences += _compared(mine, answer, now)
    for number, payment in ours.items():
        if number not in seen and since <= payment.created_at < until - GRACE:
            differences.append(_of(payment, DifferenceKind.UNKNOWN_AT_GATEWAY, payment.state, ""))
    return differences


def _compared(payment: Payment, answer: PaymentAnswer, now: dt.datetime) -> Iterator[FoundDifference]:
    if answer.amount != payment.amount:
        yield _of(payment, DifferenceKind.SUM, payment.amount, answer.amount)
        return
    if answer.state != payment.state:
        payment = apply_answer(payment_id=payment.pk, answer=answer, now=now)
    if answer.state != payment.state and PaymentState.CREATED not in {payment.state, answer.state}:
        yield _of(payment, DifferenceKind.STATE, payment.state, answer.state)
    if payment.state == PaymentState.SUCCEEDED and answer.refunded != payment.refunded:
        yield _of(payment, DifferenceKind.REFUND_AT_GATEWAY, payment.refunded, answer.refunded)


def _unknown_at_portal(answer: PaymentAnswer, run: ReconciliationRun) -> FoundDifference:
    moment = answer.captured_at or answer.created_at
    return FoundDifference(
        kind=DifferenceKind.UNKNOWN_AT_PORTAL,
        key=f"{DifferenceKind.UNKNOWN_AT_PORTAL}:{answer.gateway_id}",
        subject=answer.gateway_id,
        day=clock.date_of(moment) if moment else run.last_day,
        theirs=str(answer.amount),
    )


def _of(payment: Payment, kind: DifferenceKind, ours: object, theirs: object) -> FoundDifference:
    return FoundDifference(
        kind=kind,
        key=f"{kind}:{payment.pk}",
        subject=f"№ {payment.pk}",
        day=payment.paid_on or clock.date_of(payment.created_at),
        ours=str(ours),
        theirs=str(theirs),
        payment_id=payment.pk,
    )


def _of_refund(refund: Refund, kind: DifferenceKind, theirs: object) -> FoundDifference:
    difference = _of(refund.payment, kind, -refund.amount, theirs)
    return replace(difference, key=f"{difference.key}:{refund.pk}", day=refund.returned_on or difference.day)


def _ledger_of_payments(run: ReconciliationRun) -> Iterator[FoundDifference]:
    paid = (
        Payment.objects.filter(state=PaymentState.SUCCEEDED, paid_on__range=(run.first_day, run.last_day))
        .annotate(entry_key=Concat(Value("payment:"), Cast("pk", CharField())))
        .order_by("pk")
    )
    booked = dict(
        Entry.objects.filter(kind=EntryKind.PAYMENT, effective_on__range=(run.first_day, run.last_day)).values_list(
            "key", "amount"
        )
    )
    for payment in paid.iterator(chunk_size=1000):
        amount: Decimal | None = booked.get(f"payment:{payment.pk}")
        if amount is None:
            yield _of(payment, DifferenceKind.NOT_IN_LEDGER, payment.amount, "")
        elif amount != -payment.amount:
            yield _of(payment, DifferenceKind.LEDGER_SUM, payment.amount, -amount)


def _ledger_orphans(run: ReconciliationRun) -> Iterator[FoundDifference]:
    succeeded = Payment.objects.filter(state=PaymentState.SUCCEEDED).annotate(
        entry_key=Concat(Value("payment:"), Cast("pk", CharField()))
    )
    orphans = Entry.objects.filter(kind=EntryKind.PAYMENT, effective_on__range=(run.first_day, run.last_day)).exclude(
        key__in=succeeded.values("entry_key")
    )
    for entry in orphans.iterator(chunk_size=1000):
        yield FoundDifference(
            kind=DifferenceKind.LEDGER_ORPHAN,
            key=f"{DifferenceKind.LEDGER_ORPHAN}:{entry.pk}",
            subject=entry.source,
            day=entry.effective_on,
            theirs=str(-entry.amount),
        )


def _ledger_of_refunds(run: ReconciliationRun) -> Iterator[FoundDifference]:
    done = Refund.objects.filter(
        state=RefundState.SUCCEEDED, returned_on__range=(run.first_day, run.last_day)
    ).select_related("payment")
    booked = dict(Entry.objects.filter(kind=EntryKind.REFUND).values_list("key", "amount"))
    for refund in done:
        amount = booked.get(f"refund:{refund.pk}")
        if amount != refund.amount:
            yield _of_refund(refund, DifferenceKind.REFUND_NOT_IN_LEDGER, amount or "")


def _receipts(run: ReconciliationRun, now: dt.datetime) -> Iterator[FoundDifference]:
    paid = Payment.objects.filter(state=PaymentState.SUCCEEDED, paid_on__range=(run.first_day, run.last_day))
    late = Q(receipt_state=ReceiptState.PENDING, paid_at__lt=now - RECEIPT_TAKES)
    for payment in paid.filter(late | Q(receipt_state=ReceiptState.CANCELED)):
        yield _of(payment, DifferenceKind.NO_RECEIPT, payment.amount, payment.get_receipt_state_display())
    back = Refund.objects.filter(state=RefundState.SUCCEEDED, returned_on__range=(run.first_day, run.last_day))
    late = Q(receipt_state=ReceiptState.PENDING, closed_at__lt=now - RECEIPT_TAKES)
    for refund in back.filter(late | Q(receipt_state=ReceiptState.CANCELED)).select_related("payment"):
        yield _of_refund(refund, DifferenceKind.NO_RECEIPT, refund.get_receipt_state_display())


def _bank_files(run: ReconciliationRun) -> Iterator[FoundDifference]:
    lines = BankFileLine.objects.filter(
        file__state=FileState.IMPORTED, paid_on__range=(run.first_day, run.last_day)
    ).select_related("file")
    for line in lines.filter(state=LineState.COMPARED).exclude(problem=""):
        yield _of_line(line, DifferenceKind.REPORT_LINE, line.detail)
    wrong = lines.filter(state=LineState.CREDITED).exclude(payment__amount=F("amount")).select_related("payment")
    for line in wrong:
        yield _of_line(line, DifferenceKind.BANK_FILE_LINE, str(line.payment.amount) if line.payment else "")


def _unidentified(now: dt.datetime) -> Iterator[FoundDifference]:
    for line in unidentified().iterator(chunk_size=1000):
        since = line.file.imported_at or line.file.uploaded_at
        difference = _of_line(line, DifferenceKind.UNIDENTIFIED, "")
        yield replace(difference, since=since, is_waiting=now - since < UNIDENTIFIED_GRACE)


def _of_line(line: BankFileLine, kind: DifferenceKind, ours: str) -> FoundDifference:
    return FoundDifference(
        kind=kind,
        key=difference_key(line, kind),
        subject=f"{line.file.name}, {line.number}"[:200],
        day=line.paid_on or line.file.uploaded_at.date(),
        ours=ours[:120],
        theirs=str(line.amount),
        payment_id=line.payment_id,
    )


@transaction.atomic
def _store(run: ReconciliationRun, differences: list[FoundDifference], now: dt.datetime) -> None:
    """Keep what is new, keep the age of what is known, close what this run's span does not show any more."""
    unresolved = {stored.key: stored for stored in Difference.objects.filter(resolved_at=None)}
    for difference in differences:
        earlier = unresolved.pop(difference.key, None)
        if earlier is None:
            Difference.objects.create(
                kind=difference.kind,
                key=difference.key,
                subject=difference.subject,
                day=difference.day,
                ours=difference.ours,
                theirs=difference.theirs,
                payment_id=difference.payment_id,
                first_run=run,
                last_run=run,
                found_at=difference.since or now,
            )
        else:
            earlier.last_run, earlier.ours, earlier.theirs = run, difference.ours, difference.theirs
            earlier.save()
    gateways = {
        DifferenceKind.UNKNOWN_AT_PORTAL,
        DifferenceKind.UNKNOWN_AT_GATEWAY,
        DifferenceKind.STATE,
        DifferenceKind.SUM,
        DifferenceKind.REFUND_AT_GATEWAY,
    }
    for closed in unresolved.values():
        compared = run.first_day <= closed.day <= run.last_day or closed.kind == DifferenceKind.UNIDENTIFIED
        if compared and (run.gateway_answered or closed.kind not in gateways):
            closed.resolved_at = now
            closed.save()
