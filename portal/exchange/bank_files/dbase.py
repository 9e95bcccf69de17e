"""dBase III files: fixed records after a header that names their fields. Sums are text, letters mostly CP866."""

import struct
from collections.abc import Iterator

from portal.exchange.bank_files.text import decoded
from portal.payments.exceptions import BankFileRefused

_HEADER = struct.Struct("<4xIHH20x")
_FIELD = struct.Struct("<11sc4xB15x")
_VERSIONS = frozenset({0x03, 0x30, 0x83, 0x8B, 0xF5})
END, DELETED = 0x0D, "*"


def dbf_rows(data: bytes, encoding: str) -> Iterator[list[str]]:
    """The names of the fields, then every record that is not deleted.

    Raises BankFileRefused: other_layout, broken (the header), cut (fewer records than the header says).
    """
    if not data or data[0] not in _VERSIONS or len(data) < _HEADER.size:
        raise BankFileRefused("other_layout", "DBF")
    count, start, length = _HEADER.unpack_from(data)
    fields = _fields(data, start)
    if length != 1 + sum(width for _, width in fields):
        raise BankFileRefused("broken")
    records = data[start : start + count * length]
    if len(records) < count * length:
        raise BankFileRefused("cut", f"{len(records) // length} / {count}")
    yield [name for name, _ in fields]
    if not count:
        return
    text = decoded(records.replace(b"\x00", b" "), encoding)
    if len(text) != len(records):
        raise BankFileRefused("encoding", encoding)
    for place in range(0, len(text), length):
        if text[place] != DELETED:
            yield list(_cells(text, place + 1, fields))


def _fields(data: bytes, start: int) -> list[tuple[str, int]]:
    fields = []
    place = _HEADER.size
    while place + _FIELD.size <= min(start, len(data)) and data[place] != END:
        name, _kind, width = _FIELD.unpack_from(data, place)
        fields.append((name.split(b"\x00")[0].decode("ascii", "replace").strip(), width))
        place += _FIELD.size
    return fields


def _cells(text: str, place: int, fields: list[tuple[str, int]]) -> Iterator[str]:
    for _, width in fields:
        yield text[place : place + width].strip()
        place += width
