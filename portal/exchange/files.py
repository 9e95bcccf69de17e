"""Rows of CSV and XLSX files that nobody has checked: whatever is wrong with a file is one exception."""

import csv
import io
import zipfile
from collections.abc import Iterator

from openpyxl import load_workbook

MAX_UNPACKED = 200 * 1024 * 1024


class BrokenFile(Exception):
    """The file cannot be read; `code` is one of: type, too_big, long_cell, open_quote; `line` is where, from 1."""

    def __init__(self, code: str, line: int = 0) -> None:
        super().__init__(f"{code} at line {line}" if line else code)
        self.code = code
        self.line = line


def csv_rows(text: str, *, delimiter: str) -> Iterator[list[str]]:
    """Rows of a CSV text.

    Raises BrokenFile: long_cell where a cell is longer than the reader takes, open_quote where a quotation mark is
    never closed, so that the rest of the file would be one cell.
    """
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    begun, row = 1, list[str]()
    try:
        for row in reader:
            if _swallowed(row, text):
                raise BrokenFile("open_quote", begun)
            yield row
            begun = reader.line_num + 1
    except csv.Error as error:
        raise BrokenFile("long_cell", begun) from error


def _swallowed(row: list[str], text: str) -> bool:
    """Whether the last cell runs to the end of the text because its quotation mark is not closed."""
    last = row[-1] if row else ""
    return "\n" in last and text.count('"') % 2 == 1 and text.rstrip("\r\n").endswith(last.rstrip("\r\n")[-100:])


def xlsx_rows(data: bytes, *, max_col: int | None = None, sheet: int = 0) -> Iterator[tuple[object, ...]]:
    """Rows of a sheet (the first is 0), values only. Raises BrokenFile: type, too_big (unpacked)."""
    try:
        _require_small(data)
        workbook = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        try:
            yield from workbook.worksheets[sheet].iter_rows(values_only=True, max_col=max_col)
        finally:
            workbook.close()
    except (BrokenFile, GeneratorExit):
        raise
    except Exception as error:  # a damaged workbook fails in openpyxl, zipfile, zlib or the XML parser alike
        raise BrokenFile("type") from error


def sheet_titles(data: bytes) -> list[str]:
    """Titles of a workbook's sheets, in their order. Raises BrokenFile: type, too_big."""
    try:
        _require_small(data)
        workbook = load_workbook(io.BytesIO(data), read_only=True)
        try:
            titles = [sheet.title for sheet in workbook.worksheets]
        finally:
            workbook.close()
    except BrokenFile:
        raise
    except Exception as error:  # as above
        raise BrokenFile("type") from error
    if not titles:
        raise BrokenFile("type")
    return titles


def _require_small(data: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        if sum(item.file_size for item in packed.infolist()) > MAX_UNPACKED:
            raise BrokenFile("too_big")
