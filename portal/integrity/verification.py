"""Verification of the seals: the chain, the blocks, every sealed row. Memory stays flat."""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass

from portal.integrity.enums import SealedTable
from portal.integrity.hashing import block_hash, row_hash, seal_hash, unpack
from portal.integrity.models import Seal, SealBlock
from portal.integrity.services import hashes_of_blocks
from portal.integrity.sources import SOURCES


@dataclass(frozen=True, slots=True)
class SealProblem:
    """Something that is not as it was sealed.

    `code`: `entry_changed`, `entry_missing`, `entry_added` (and the same of `receipt_…`), with the key of the row
    and, where the row is there, its account; `seal_changed`, `seal_block` where the record of a seal itself is not
    what its hash says. `seal` is the number of the seal; 0 for rows that no seal counts yet.
    """

    code: str
    seal: int
    row: int | None = None
    account_id: int | None = None


def verify_seals() -> Iterator[SealProblem]:
    """Everything that differs from what was sealed; nothing when all is as it was."""
    yield from _chain()
    for table in SealedTable:
        yield from _rows_of(table)


def _chain() -> Iterator[SealProblem]:
    """Each seal has the number after the one before it, names its hash, and hashes to its own."""
    before: Seal | None = None
    for seal in Seal.objects.order_by("number").iterator(500):
        follows = seal.number == (before.number + 1 if before else 1)
        chained = seal.previous == (before.sha256 if before else "")
        if not (follows and chained and seal.sha256 == seal_hash(seal.facts, hashes_of_blocks(before, seal.facts))):
            yield SealProblem("seal_changed", seal.number)
        before = seal


def _rows_of(table: SealedTable) -> Iterator[SealProblem]:
    seals = list(Seal.objects.order_by("number"))
    last_blocks = [seal.blocks_up_to(table) for seal in seals]
    after: int | None = None
    number = 0
    for block in SealBlock.objects.filter(table=table).order_by("number").iterator(50):
        position = bisect_left(last_blocks, block.number)
        seal = seals[position].number if position < len(seals) else 0
        number += 1
        if block.number != number:  # the blocks before it are gone: nothing is known of their rows
            yield SealProblem("seal_block", seal)
            number, after = block.number, block.first_row - 1
        if block_hash(bytes(block.packed)) != block.sha256:
            yield SealProblem("seal_block", seal)
        yield from _rows_of_block(table, block, seal, after=after)
        after = block.last_row


def _rows_of_block(table: SealedTable, block: SealBlock, seal: int, *, after: int | None) -> Iterator[SealProblem]:
    source = SOURCES[table]
    what = "entry" if table is SealedTable.ENTRIES else "receipt"
    sealed = dict(unpack(bytes(block.packed)))
    for row in source.rows(after=after, up_to=block.last_row):
        key, digest = row_hash(row)
        expected = sealed.pop(key, None)
        if expected is None:
            yield SealProblem(f"{what}_added", seal, key, source.account_of(row))
        elif expected != digest:
            yield SealProblem(f"{what}_changed", seal, key, source.account_of(row))
    for key in sealed:
        yield SealProblem(f"{what}_missing", seal, key)
