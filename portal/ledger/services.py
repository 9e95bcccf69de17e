"""Writing to the ledger: entries are posted once, by key; nothing is ever changed."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import connection, transaction

from portal.accounts.models import Account
from portal.core import clock
from portal.core.bulk import insert_rows
from portal.core.money import ZERO, roubles
from portal.ledger.enums import EntryKind
from portal.ledger.exceptions import EntryConflict
from portal.ledger.models import Checkpoint, Entry
from portal.ledger.selectors import balances

_COLUMNS = (
    "account_id",
    "kind",
    "amount",
    "effective_on",
    "period",
    "key",
    "source",
    "note",
    "made_by",
    "approved_by",
    "created_at",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEntry:
    """A sum to be booked, in ₽ (positive: the resident owes more); `key` makes a repeat harmless.

    `made_by`, `approved_by`: logins of the employees behind what is booked by hand.
    """

    account_id: int
    kind: EntryKind
    amount: Decimal
    effective_on: dt.date
    key: str
    source: str
    period: dt.date | None = None
    note: str = ""
    made_by: str = ""
    approved_by: str = ""


def lock_accounts(account_ids: Sequence[int]) -> None:
    """Book on these accounts alone until the transaction ends; accounts are held in the order of their ids.

    Entries of an account then come to be in the order of their numbers, which checkpoints rest on: without it a sum
    that took its number before a checkpoint and was committed after it would be in no balance. SQLite has one writer
    at a time and needs no lock.
    """
    if connection.features.has_select_for_update:
        accounts = Account.objects.filter(pk__in=account_ids).order_by("pk").select_for_update(no_key=True)
        list(accounts.values_list("pk"))


@transaction.atomic
def post_entry(new: NewEntry) -> Entry:
    """Book one sum, or return the entry that stands under its key.

    Raises EntryConflict when the key stands with another account or sum; ValueError for a sum of zero.
    """
    if roubles(new.amount) != new.amount or new.amount == 0:
        raise ValueError(f"not a sum in whole kopecks, or zero: {new.amount}")
    lock_accounts([new.account_id])
    entry, created = Entry.objects.get_or_create(
        key=new.key,
        defaults={
            "account_id": new.account_id,
            "kind": new.kind,
            "amount": new.amount,
            "effective_on": new.effective_on,
            "period": new.period,
            "source": new.source,
            "note": new.note,
            "made_by": new.made_by,
            "approved_by": new.approved_by,
            "created_at": clock.now(),
        },
    )
    if not created and (entry.account_id, entry.amount) != (new.account_id, new.amount):
        raise EntryConflict(new.key)
    return entry


def post_entries(entries: Iterable[NewEntry]) -> int:
    """Book many new sums by the database's fast path; returns how many. For callers that hold a transaction.

    Raises IntegrityError when a key stands already: then the caller's transaction is void.
    """
    entries = list(entries)
    lock_accounts([entry.account_id for entry in entries])
    booked = clock.now()
    rows = [
        (
            *(e.account_id, str(e.kind), e.amount, e.effective_on, e.period),
            *(e.key, e.source, e.note, e.made_by, e.approved_by, booked),
        )
        for e in entries
    ]
    insert_rows(Entry, _COLUMNS, rows)
    return len(rows)


def store_checkpoints(*, account_ids: Sequence[int], period: dt.date) -> int:
    """Store the balances of accounts at the close of a period (its first day); what is stored already stays."""
    existing = set(
        Checkpoint.objects.filter(period=period, account_id__in=account_ids).values_list("account_id", flat=True)
    )
    wanted = [pk for pk in account_ids if pk not in existing]
    current = balances(wanted, with_last_entry=True)
    stored = clock.now()
    rows = []
    for pk in wanted:
        balance, last = current.get(pk, (ZERO, 0))
        rows.append((pk, period, balance, last, stored))
    insert_rows(Checkpoint, ("account_id", "period", "balance", "up_to_entry", "created_at"), rows)
    return len(rows)


def open_balance(*, account: Account, amount: Decimal, on: dt.date) -> Entry:
    """Book what an account brings from before the portal; once more after a reversal.

    Raises EntryConflict if it was opened with another sum.
    """
    return post_entry(
        NewEntry(
            account_id=account.pk,
            kind=EntryKind.OPENING,
            amount=amount,
            effective_on=on,
            key=opening_keys([account.pk])[account.pk],
            source="opening",
        )
    )


def opening_keys(account_ids: Sequence[int]) -> dict[int, str]:
    """The key of an account's next opening balance, by account: a reversed one leaves room for another (one query)."""
    openings = Entry.objects.filter(account_id__in=account_ids, kind=EntryKind.OPENING, key__startswith="opening:")
    reversed_before: dict[int, int] = {}
    for account_id, key in openings.undone().values_list("account_id", "key"):
        reversed_before[account_id] = reversed_before.get(account_id, 0) + (key.count(":") == 1 or ":again" in key)
    return {
        pk: f"opening:{pk}:again{reversed_before[pk]}" if reversed_before.get(pk) else f"opening:{pk}"
        for pk in account_ids
    }


def reverse_openings(keys: Sequence[str], *, on: dt.date, note: str, made_by: str) -> int:
    """Book the mirrors of opening balances by their keys on a day; returns how many, a repeat adds none."""
    openings = list(Entry.objects.filter(key__in=keys, kind=EntryKind.OPENING).active())
    for entry in openings:
        post_entry(
            NewEntry(
                account_id=entry.account_id,
                kind=EntryKind.REVERSAL,
                amount=-entry.amount,
                effective_on=on,
                key=f"reversal:{entry.key}",
                source=entry.key,
                note=note,
                made_by=made_by,
            )
        )
    return len(openings)
