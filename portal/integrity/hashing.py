"""Hashes of rows, of blocks of rows and of seals. Pure: the same values give the same hash on every database.

A row is hashed as a JSON array of its columns: dates in ISO 8601, moments in UTC with microseconds, decimals as
written with all their places. A change of the format needs a new FORMAT and the old one kept for old seals.
"""

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import astuple, dataclass
from decimal import Decimal
from typing import Any

FORMAT = "portal-seal-1"
ID_SIZE = 8
HASH_SIZE = 32
RECORD_SIZE = ID_SIZE + HASH_SIZE

RowHash = tuple[int, bytes]
"""A row's primary key and the hash of its columns."""


def canonical(values: Sequence[Any]) -> bytes:
    """Values as JSON. Raises TypeError for a type that has no one way to be written."""
    return json.dumps(values, default=_text, ensure_ascii=False, separators=(",", ":")).encode()


def _text(value: Any) -> str:
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat(timespec="microseconds")
    if isinstance(value, dt.date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no canonical form")


def row_hash(values: Sequence[Any]) -> RowHash:
    """The hash of a row; its primary key is the first value."""
    return values[0], hashlib.sha256(canonical(values)).digest()


def pack(rows: Iterable[RowHash]) -> bytes:
    """Hashes of rows as stored in a block: 8 bytes of the key, 32 of the hash, in the order of the keys."""
    return b"".join(pk.to_bytes(ID_SIZE, "big", signed=True) + digest for pk, digest in rows)


def unpack(packed: bytes) -> Iterator[RowHash]:
    """Return what `pack` stored; an incomplete record at the end is left out (the hash of the block tells of it)."""
    for start in range(0, len(packed) - RECORD_SIZE + 1, RECORD_SIZE):
        key, digest = packed[start : start + ID_SIZE], packed[start + ID_SIZE : start + RECORD_SIZE]
        yield int.from_bytes(key, "big", signed=True), digest


def block_hash(packed: bytes) -> str:
    """SHA-256 of a block's packed rows, in hex."""
    return hashlib.sha256(packed).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class SealFacts:
    """What a seal says, beside the hashes of its blocks. Sums in kopecks."""

    number: int
    day: dt.date
    made_at: dt.datetime
    entries: int
    entries_kopecks: int
    last_entry: int
    receipts: int
    receipts_kopecks: int
    last_receipt: int
    entry_blocks: int
    receipt_blocks: int
    previous: str


def seal_hash(facts: SealFacts, block_hashes: Iterable[str]) -> str:
    """SHA-256 of a seal, in hex: its facts, the hash of the seal before it, the hashes of its blocks in their order."""
    total = hashlib.sha256()
    total.update(canonical([FORMAT, *astuple(facts)]))
    for digest in block_hashes:
        total.update(b"\n" + digest.encode())
    return total.hexdigest()
