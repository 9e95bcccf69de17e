"""Balances at the close of a period, from those of the period before: two queries for a whole chunk."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.db import connection

from portal.billing.loading.raw import fetch, fetch_newer, parts
from portal.billing.services.decimals import fixed
from portal.core import clock
from portal.core.bulk import insert_prepared
from portal.core.periods import Period
from portal.ledger.models import Checkpoint, Entry
from portal.ledger.services import store_checkpoints

COLUMNS = ("account_id", "period", "balance", "up_to_entry", "created_at")


def checkpoint(account_ids: Sequence[int], *, period: Period) -> None:
    """Store the balance of each account. One without a checkpoint of the period before is summed up in full."""
    has_checkpoint = {
        pk
        for (pk,) in fetch(Checkpoint.objects.filter(period=period.first_day), "account_id", account_ids, "account_id")
    }
    before = {
        pk: (parts(balance, 100), last)
        for pk, balance, last in fetch(
            Checkpoint.objects.filter(period=period.previous.first_day),
            "account_id",
            account_ids,
            "account_id",
            "balance",
            "up_to_entry",
        )
        if pk not in has_checkpoint
    }
    later: dict[int, list[tuple[int, int]]] = defaultdict(list)
    last_entries = {pk: last for pk, (_, last) in before.items()}
    for pk, entry, amount in fetch_newer(
        Entry.objects.order_by(), "account_id", last_entries, "account_id", "pk", "amount"
    ):
        later[pk].append((entry, parts(amount, 100)))
    stored = connection.ops.adapt_datetimefield_value(clock.now())
    month = period.first_day.isoformat()
    rows: list[tuple[Any, ...]] = []
    for pk, (balance, last) in before.items():
        fresh = later.get(pk, ())
        total = balance + sum(amount for _, amount in fresh)
        rows.append((pk, month, fixed(total, 2), max([last, *(entry for entry, _ in fresh)]), stored))
    insert_prepared(Checkpoint, COLUMNS, rows)
    unknown = [pk for pk in account_ids if pk not in before and pk not in has_checkpoint]
    if unknown:
        store_checkpoints(account_ids=unknown, period=period.first_day)
