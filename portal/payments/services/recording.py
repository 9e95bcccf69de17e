"""Payments that reached the company outside the site: banks' payment files, the post, the cash desk."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import transaction

from portal.accounts.models import Account
from portal.core import clock
from portal.core.bulk import insert_rows
from portal.core.money import ZERO, roubles
from portal.ledger.enums import EntryKind
from portal.ledger.services import NewEntry, post_entries, post_entry
from portal.payments.enums import PaymentChannel, PaymentState
from portal.payments.exceptions import AmountRefused, KeyReused
from portal.payments.models import Payment

if TYPE_CHECKING:
    from collections.abc import Iterable

NOON = dt.time(12)
_COLUMNS = (
    "reference",
    "key",
    "account_id",
    "channel",
    "amount",
    "refunded",
    "state",
    "for_period",
    "network",
    "last4",
    "paid_on",
    "paid_at",
    "created_at",
    "closed_at",
    "poll_count",
    "note",
)
_BLANK = (
    "gateway",
    "gateway_id",
    "confirmation_url",
    "return_url",
    "contact",
    "cancel_reason",
    "problem",
    "receipt_state",
    "receipt_url",
    "receipt_storage",
    "receipt_document",
    "receipt_sign",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExternalPayment:
    """A payment reported by a third party, in ₽; `key` (up to 100 characters) makes a repeat harmless."""

    account_id: int
    amount: Decimal
    paid_on: dt.date
    channel: PaymentChannel
    key: str
    for_period: dt.date | None = None
    note: str = ""
    network: str = ""
    last4: str = ""


def record_external_payment(
    *,
    account: Account,
    amount: Decimal,
    paid_on: dt.date,
    channel: PaymentChannel,
    key: str,
    for_period: dt.date | None = None,
    note: str = "",
    network: str = "",
    last4: str = "",
) -> Payment:
    """Record one payment that was made outside the site and book it in the ledger; a repeat returns what stands.

    `amount` in ₽, above zero, whole kopecks; `for_period` is the first day of the month that the payer named.
    For many at once (a bank file, a history) use `record_external_payments`: it is a hundred times as fast.
    Raises AmountRefused; KeyReused when the key stands with another account or sum.
    """
    row = ExternalPayment(
        account_id=account.pk,
        amount=amount,
        paid_on=paid_on,
        channel=channel,
        key=key,
        for_period=for_period,
        note=note,
        network=network,
        last4=last4,
    )
    record_external_payments([row])
    return Payment.objects.get(key=key)


@transaction.atomic
def record_external_payments(payments: "Iterable[ExternalPayment]") -> int:
    """Record many such payments and their ledger entries by the database's fast path; returns how many are new.

    What stands under its key already is left alone. Nobody is notified. Four queries a call: hand over at most a few
    thousand at a time. Raises AmountRefused; KeyReused.
    """
    rows = list(payments)
    for row in rows:
        if row.amount <= 0:
            raise AmountRefused("zero" if row.amount == 0 else "negative")
        if roubles(row.amount) != row.amount:
            raise AmountRefused("kopecks")
    existing = _existing([row.key for row in rows])
    for row in rows:
        recorded = existing.get(row.key)
        if recorded is not None and recorded != (row.account_id, row.amount):
            raise KeyReused(row.key)
    new = {row.key: row for row in rows if row.key not in existing}
    _insert(list(new.values()))
    ids = dict(Payment.objects.filter(key__in=list(new)).values_list("key", "pk"))
    post_entries(payment_entry(payment_id=ids[key], row=row) for key, row in new.items())
    return len(new)


def _existing(keys: Sequence[str]) -> dict[str, tuple[int, Decimal]]:
    rows = Payment.objects.filter(key__in=keys).values_list("key", "account_id", "amount")
    return {key: (account_id, amount) for key, account_id, amount in rows}


def _insert(rows: Sequence[ExternalPayment]) -> None:
    moment, blank = clock.now(), ("",) * len(_BLANK)
    insert_rows(
        Payment,
        _COLUMNS + _BLANK,
        [
            (
                uuid.uuid4(),
                row.key,
                row.account_id,
                str(row.channel),
                row.amount,
                ZERO,
                str(PaymentState.SUCCEEDED),
                row.for_period,
                row.network,
                row.last4,
                row.paid_on,
                dt.datetime.combine(row.paid_on, NOON, tzinfo=clock.MOSCOW),
                moment,
                moment,
                0,
                row.note,
                *blank,
            )
            for row in rows
        ],
    )


def payment_entry(*, payment_id: int, row: ExternalPayment) -> NewEntry:
    """The ledger entry of a recorded payment: negative, because the resident owes less."""
    return NewEntry(
        account_id=row.account_id,
        kind=EntryKind.PAYMENT,
        amount=-row.amount,
        effective_on=row.paid_on,
        key=f"payment:{payment_id}",
        source=f"payment:{payment_id}",
        period=row.for_period,
        note=row.note,
    )


def book_payment(payment: Payment) -> None:
    """Book a paid payment in the ledger, once. For callers that hold a transaction and the payment's row."""
    if payment.paid_on is None:
        raise ValueError("a payment without a date of payment cannot be booked")
    post_entry(
        payment_entry(
            payment_id=payment.pk,
            row=ExternalPayment(
                account_id=payment.account_id,
                amount=payment.amount,
                paid_on=payment.paid_on,
                channel=PaymentChannel(payment.channel),
                key=payment.key,
                for_period=payment.for_period,
                note=payment.note,
            ),
        )
    )
