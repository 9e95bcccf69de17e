"""Making the daily seal. Reads only what came since the last one; safe to repeat and to run twice at once."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from django.db import transaction
from django.db.models import Sum

from portal.core import clock
from portal.core.locks import lock_until_commit
from portal.integrity.enums import SealedTable
from portal.integrity.hashing import SealFacts, block_hash, pack, row_hash, seal_hash
from portal.integrity.models import Seal, SealBlock
from portal.integrity.notifications import notify_of_seal
from portal.integrity.selectors import last_seal
from portal.integrity.sources import SOURCES, SealedSource

BLOCK = 1000
LOCK = "integrity-seal"


def seal_day(*, now: dt.datetime) -> Seal | None:
    """Seal what was booked and issued since the last seal, and write to those who keep the hashes.

    One seal a day (Moscow): None when the day has one. Days that were missed are in the next seal. The rows are
    hashed in blocks, each stored by itself, so that no long transaction is needed.
    """
    day = clock.date_of(now)
    if Seal.objects.filter(day__gte=day).exists():
        return None
    for table in SealedTable:
        _store_blocks(table)
    return _store_seal(day=day, now=now)


def _store_blocks(table: SealedTable) -> None:
    source = SOURCES[table]
    up_to = source.settled_key()
    while True:
        last = _last_block(table)
        rows = source.rows(after=last.last_row if last else None, up_to=up_to, limit=BLOCK)
        if not rows:
            return
        block = _block(table, source, (last.number if last else 0) + 1, rows)
        with transaction.atomic():
            lock_until_commit(LOCK)
            if not SealBlock.objects.filter(table=table, number__gte=block.number).exists():
                block.save(force_insert=True)


def _last_block(table: SealedTable) -> SealBlock | None:
    return SealBlock.objects.filter(table=table).order_by("-number").first()


def _block(table: SealedTable, source: SealedSource, number: int, rows: Sequence[tuple[Any, ...]]) -> SealBlock:
    packed = pack(map(row_hash, rows))
    return SealBlock(
        table=table,
        number=number,
        first_row=rows[0][0],
        last_row=rows[-1][0],
        rows=len(rows),
        kopecks=sum(map(source.kopecks, rows)),
        packed=packed,
        sha256=block_hash(packed),
    )


@transaction.atomic
def _store_seal(*, day: dt.date, now: dt.datetime) -> Seal | None:
    lock_until_commit(LOCK)
    before = last_seal()
    if before is not None and before.day >= day:
        return None
    entries = _counted(SealedTable.ENTRIES, before)
    receipts = _counted(SealedTable.RECEIPTS, before)
    facts = SealFacts(
        number=before.number + 1 if before else 1,
        day=day,
        made_at=now,
        entries=entries["rows"],
        entries_kopecks=entries["kopecks"],
        last_entry=entries["last_row"],
        receipts=receipts["rows"],
        receipts_kopecks=receipts["kopecks"],
        last_receipt=receipts["last_row"],
        entry_blocks=entries["block"],
        receipt_blocks=receipts["block"],
        previous=before.sha256 if before else "",
    )
    seal = Seal.objects.create(**asdict(facts), sha256=seal_hash(facts, hashes_of_blocks(before, facts)))
    notify_of_seal(seal)
    return seal


def _counted(table: SealedTable, before: Seal | None) -> dict[str, int]:
    """Rows, sum, last row and last block of what is not in a seal yet."""
    sealed = before.blocks_up_to(table) if before else 0
    last = _last_block(table)
    blocks = SealBlock.objects.filter(table=table, number__gt=sealed)
    sums = blocks.aggregate(rows=Sum("rows"), kopecks=Sum("kopecks"))
    return {
        "rows": sums["rows"] or 0,
        "kopecks": int(sums["kopecks"] or 0),
        "last_row": last.last_row if last else 0,
        "block": last.number if last else 0,
    }


def hashes_of_blocks(before: Seal | None, facts: SealFacts) -> Iterator[str]:
    """Hashes of the blocks between two seals: entries first, each table in the order of its blocks."""
    for table, up_to in ((SealedTable.ENTRIES, facts.entry_blocks), (SealedTable.RECEIPTS, facts.receipt_blocks)):
        after = before.blocks_up_to(table) if before else 0
        if after == up_to:  # a day without entries or receipts: nothing to ask for
            continue
        blocks = SealBlock.objects.filter(table=table, number__gt=after, number__lte=up_to)
        yield from blocks.order_by("number").values_list("sha256", flat=True).iterator(1000)
