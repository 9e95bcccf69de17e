"""Parts of an export as they wait to be joined, and the file that is made of them; no more than a row in memory."""

import datetime as dt
import gzip
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import IO, Any, cast

from portal.core.spreadsheets import CSV, XLSX, Cell, write_csv, write_xlsx
from portal.exchange.enums import ExportFormat
from portal.exchange.exports.subjects import CellKind, Column, Row

CONTENT_TYPES = {
    ExportFormat.CSV: CSV,
    ExportFormat.CSV_1251: "text/csv; charset=windows-1251",
    ExportFormat.XLSX: XLSX,
}
SUFFIXES = {ExportFormat.CSV: "csv", ExportFormat.CSV_1251: "csv", ExportFormat.XLSX: "xlsx"}
NOT_IN_CP1251 = str.maketrans(
    {
        "³": "3",
        "²": "2",
        "₽": "руб.",
        "−": "-",
        "×": "x",
        "÷": ":",
        "≤": "<=",
        "≥": ">=",
        "≈": "~",
        "\u2009": "\u00a0",
        "\u202f": "\u00a0",
        "\u2011": "-",
        "\u0301": "",
    }
)


def write_part(out: IO[bytes], rows: Iterable[Row]) -> None:
    """Write rows so that `read_part` gives them back."""
    with gzip.open(out, "wt", compresslevel=1, encoding="utf-8", newline="\n") as text:
        for row in rows:
            text.write(json.dumps([None if value is None else str(value) for value in row], ensure_ascii=False))
            text.write("\n")


def read_part(stored: IO[bytes], columns: Sequence[Column]) -> Iterator[Row]:
    """Rows of a part, one at a time."""
    kinds = [column.kind for column in columns]
    with gzip.open(stored, "rt", encoding="utf-8", newline="\n") as text:
        for line in text:
            yield [_read(kind, value) for kind, value in zip(kinds, json.loads(line), strict=True)]


def _read(kind: CellKind, value: str | None) -> Cell:
    if value is None or kind is CellKind.TEXT:
        return value
    return Decimal(value) if kind is CellKind.NUMBER else dt.date.fromisoformat(value)


def write_file(
    out: IO[bytes], file_format: ExportFormat, *, headings: Sequence[str], rows: Iterable[Row], title: str
) -> None:
    """Write the whole file. Cells that a spreadsheet would calculate get an apostrophe (core.spreadsheets)."""
    if file_format is ExportFormat.XLSX:
        write_xlsx(out, heading=headings, rows=rows, title=title)
        return
    old = file_format is ExportFormat.CSV_1251
    encoding, errors = ("cp1251", "replace") if old else ("utf-8-sig", "strict")
    text = io.TextIOWrapper(cast("Any", out), encoding=encoding, errors=errors, newline="")
    write_csv(text, heading=headings, rows=map(_in_cp1251, rows) if old else rows)
    text.flush()
    text.detach()


def _in_cp1251(row: Row) -> Row:
    """A row whose texts are written with letters of the old code page, before formulas are looked for in them."""
    return [value.translate(NOT_IN_CP1251) if isinstance(value, str) else value for value in row]
