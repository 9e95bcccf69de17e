"""Rows of CSV and XLSX files that nobody has checked: whatever is wrong with a file is one exception."""

import csv
import io
from collections.abc import Iterator
from typing import IO

from openpyxl import load_workbook

from portal.exchange.workbook_limits import WorkbookTooBig, require_small

MAX_COLUMNS = 200
"""Columns of a sheet that are read."""


class BrokenFile(Exception):
    """The file cannot be read; `code` is one of: type, too_big, long_cell, open_quote; `line` is where, from 1."""

    def __init__(self, code: str, line: int = 0) -> None:
        super().__init__(f"{code} at line {line}" if line else code)
        self.code = code
        self.line = line


def csv_rows(text: str | IO[str], *, delimiter: str) -> Iterator[list[str]]:
    """Rows of a CSV text, or of an open text file, of which one row is held at a time.

    Raises BrokenFile: long_cell where a cell is longer than the reader takes, open_quote where a quotation mark is
    never closed, so that the rest of the file would be one cell.
    """
    lines = _Lines(io.StringIO(text, newline="") if isinstance(text, str) else text)
    reader = csv.reader(lines, delimiter=delimiter)
    begun, row = 1, list[str]()
    try:
        for row in reader:
            if lines.ended and lines.quotes % 2 and row and "\n" in row[-1]:
                raise BrokenFile("open_quote", begun)
            yield row
            begun = reader.line_num + 1
    except csv.Error as error:
        raise BrokenFile("long_cell", begun) from error


class _Lines:
    """Lines of a text on their way to the CSV reader: how many quotation marks passed, and whether it has ended."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file
        self.quotes = 0
        self.ended = False

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = self._file.readline()
        if not line:
            self.ended = True
            raise StopIteration
        self.quotes += line.count('"')
        return line


def xlsx_rows(
    data: bytes | IO[bytes], *, max_col: int | None = MAX_COLUMNS, sheet: int = 0
) -> Iterator[tuple[object, ...]]:
    """Rows of a sheet (the first is 0), values only. Raises BrokenFile: type, too_big (unpacked)."""
    file = io.BytesIO(data) if isinstance(data, bytes) else data
    try:
        require_small(file)
        workbook = load_workbook(file, read_only=True, data_only=True)
        try:
            yield from workbook.worksheets[sheet].iter_rows(values_only=True, max_col=max_col)
        finally:
            workbook.close()
    except (BrokenFile, GeneratorExit):
        raise
    except WorkbookTooBig as error:
        raise BrokenFile("too_big") from error
    except Exception as error:  # a damaged workbook fails in openpyxl, zipfile, zlib or the XML parser alike
        raise BrokenFile("type") from error


def sheet_titles(data: bytes | IO[bytes]) -> list[str]:
    """Titles of a workbook's sheets, in their order. Raises BrokenFile: type, too_big."""
    file = io.BytesIO(data) if isinstance(data, bytes) else data
    try:
        require_small(file)
        workbook = load_workbook(file, read_only=True)
        try:
            titles = [sheet.title for sheet in workbook.worksheets]
        finally:
            workbook.close()
    except WorkbookTooBig as error:
        raise BrokenFile("too_big") from error
    except Exception as error:  # as above
        raise BrokenFile("type") from error
    if not titles:
        raise BrokenFile("type")
    return titles
