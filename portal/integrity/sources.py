"""The sealed tables: which columns are hashed, and how their rows are read.

Rows are read by key, a block at a time: memory stays flat and no cursor stays open between two blocks.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, models, transaction
from django.db.models import Max

from portal.core.money import kopecks
from portal.integrity.enums import SealedTable
from portal.ledger.models import Entry
from portal.receipts.models import Receipt

LOCK_TIMEOUT = "10s"
"""How long a seal waits for those who are writing; then it fails and its next run tries again."""


@dataclass(frozen=True, slots=True)
class SealedSource:
    """A table that only grows. `columns` begin with the primary key; `money` is the column that is summed."""

    model: type[models.Model]
    columns: tuple[str, ...]
    money: str

    def rows(self, *, after: int | None, up_to: int, limit: int | None = None) -> Sequence[tuple[Any, ...]]:
        """Rows whose key is above `after` (None: from the first) and at most `up_to`, in their order (one query)."""
        rows = self.model._default_manager.filter(pk__lte=up_to).order_by("pk")
        if after is not None:
            rows = rows.filter(pk__gt=after)
        return list(rows.values_list(*self.columns)[:limit])

    def kopecks(self, row: Sequence[Any]) -> int:
        """The sum of a row in kopecks."""
        return kopecks(row[self.columns.index(self.money)])

    def account_of(self, row: Sequence[Any]) -> int:
        """The account of a row."""
        account: int = row[self.columns.index("account_id")]
        return account

    def settled_key(self) -> int:
        """Return the highest key below which no row is still to come; 0 for an empty table.

        PostgreSQL hands out keys when a row is written, but the row shows when its transaction commits: a row may
        appear below rows that are there already. The lock waits until every transaction that wrote to the table is
        over; what is written later gets a higher key. It is held for one query. SQLite has one writer at a time.
        Raises OperationalError when the lock cannot be had within LOCK_TIMEOUT.
        """
        with transaction.atomic():
            if connection.vendor == "postgresql":
                table = connection.ops.quote_name(self.model._meta.db_table)
                with connection.cursor() as cursor:
                    cursor.execute(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")
                    cursor.execute(f"LOCK TABLE {table} IN SHARE MODE")
            return self.model._default_manager.aggregate(last=Max("pk"))["last"] or 0


SOURCES: dict[SealedTable, SealedSource] = {
    SealedTable.ENTRIES: SealedSource(
        Entry,
        (
            "id",
            "account_id",
            "kind",
            "amount",
            "effective_on",
            "period",
            "key",
            "source",
            "note",
            "created_at",
            "made_by",
            "approved_by",
        ),
        "amount",
    ),
    SealedTable.RECEIPTS: SealedSource(
        Receipt,
        (
            "id",
            "account_id",
            "period",
            "version",
            "number",
            "to_pay",
            "up_to_entry",
            "due_on",
            "issued_on",
            "issued_at",
            "data_sha256",
            "replaces_id",
            "reason",
            "run_id",
        ),
        "to_pay",
    ),
}
