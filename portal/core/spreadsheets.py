"""Writing XLSX and CSV tables; text that others typed is never evaluated as a formula.

Used by every export. A text that begins with = + - @ or a tab gets an apostrophe in front (OWASP, CSV injection);
numbers, negative ones too, stay numbers.
"""

import csv
import datetime as dt
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from itertools import chain, islice, zip_longest
from typing import IO, Any, TypeAlias

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from portal.core.clock import MOSCOW

Cell: TypeAlias = str | int | float | Decimal | dt.date | dt.datetime | bool | None

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)?")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
LONGEST = 32_000
"""Characters of a cell's text; Excel takes 32,767."""
MEASURED = 100
"""Rows by which column widths are chosen."""
WIDEST = 60
"""Width of a column at most, in characters."""
FORMATS: Mapping[type, str] = {Decimal: "#,##0.00", dt.date: "dd.mm.yyyy", dt.datetime: "dd.mm.yyyy hh:mm"}


def neutral(value: str) -> str:
    """A text as a cell that no spreadsheet evaluates as a formula; a written number is left as it is."""
    text = _CONTROL.sub("", value)[:LONGEST]
    if text.lstrip(" \u00a0").startswith(_DANGEROUS) and not _NUMBER.fullmatch(text):
        return "'" + text
    return text


def _safe_value(value: Cell) -> Cell:
    if isinstance(value, dt.datetime):
        return value.astimezone(MOSCOW).replace(tzinfo=None) if value.tzinfo else value
    if value is None or isinstance(value, bool | int | float | Decimal | dt.date):
        return value
    return neutral(str(value))


def write_xlsx(out: IO[bytes], *, heading: Sequence[str], rows: Iterable[Sequence[Cell]], title: str = "") -> int:
    """Write one sheet row by row (memory stays flat); returns how many rows besides the heading."""
    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet(re.sub(r"[\[\]:*?/\\]", " ", title)[:31] or None)
    sheet.freeze_panes = "A2"
    iterator = iter(rows)
    first = list(islice(iterator, MEASURED))
    for column, width in enumerate(_widths(heading, first), start=1):
        sheet.column_dimensions[get_column_letter(column)].width = width
    heading_cells = []
    for name in heading:
        cell = WriteOnlyCell(sheet, value=neutral(str(name)))
        cell.font = Font(bold=True)
        heading_cells.append(cell)
    sheet.append(heading_cells)
    styles = {kind: _number_style(sheet, text) for kind, text in FORMATS.items()}
    count = 0
    for row in chain(first, iterator):
        sheet.append([_xlsx_cell(sheet, value, styles) for value in row])
        count += 1
    workbook.save(out)
    return count


def _number_style(sheet: Any, number_format: str) -> Any:
    """The style of cells of a format, worked out once: openpyxl looks it up for each cell otherwise."""
    cell = WriteOnlyCell(sheet)
    cell.number_format = number_format
    return cell._style


def _xlsx_cell(sheet: Any, value: Cell, styles: Mapping[type, Any]) -> Any:
    """A cell for a write-only sheet: a plain value where it needs neither a format nor a type of its own."""
    plain = _safe_value(value)
    style = styles.get(type(value))
    if style is None and not (isinstance(plain, str) and plain.startswith(("=", "#"))):
        return plain
    cell = WriteOnlyCell(sheet, value=plain)
    if style is not None:
        cell._style = style
    else:
        cell.data_type = "s"
    return cell


def _widths(heading: Sequence[str], rows: Sequence[Sequence[Cell]]) -> list[int]:
    """Column widths in characters, by the heading and the first rows: wide enough for a date, WIDEST at most."""
    table = [[str(name) for name in heading], *([_csv_text(value) for value in row] for row in rows)]
    return [min(max(map(len, column)) + 2, WIDEST) for column in zip_longest(*table, fillvalue="")]


def write_csv(out: IO[str], *, heading: Sequence[str], rows: Iterable[Sequence[Cell]]) -> int:
    """Write CSV as Russian Excel opens it (semicolons, decimal comma); the caller writes the BOM if it wants one."""
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow([neutral(str(name)) for name in heading])
    count = 0
    for row in rows:
        writer.writerow([_csv_text(value) for value in row])
        count += 1
    return count


def _csv_text(value: Cell) -> str:
    plain = _safe_value(value)
    if plain is None:
        return ""
    if isinstance(plain, bool):
        return "1" if plain else "0"
    if isinstance(plain, Decimal | float):
        return str(plain).replace(".", ",")
    if isinstance(plain, dt.datetime):
        return f"{plain:%d.%m.%Y %H:%M}"
    if isinstance(plain, dt.date):
        return f"{plain:%d.%m.%Y}"
    return str(plain)


def xlsx_bytes(*, heading: Sequence[str], rows: Iterable[Sequence[Cell]], title: str = "") -> bytes:
    """One sheet as the bytes of an XLSX file."""
    out = io.BytesIO()
    write_xlsx(out, heading=heading, rows=rows, title=title)
    return out.getvalue()


def csv_bytes(*, heading: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """A table as the bytes of a CSV file with a BOM."""
    out = io.StringIO()
    write_csv(out, heading=heading, rows=rows)
    return out.getvalue().encode("utf-8-sig")
