"""Reading tables as people send them: XLSX or CSV, whatever the encoding and separator, with the rows' numbers.

Nothing of the file is trusted: its size, its name, its declared encoding, its empty rows, its numbers for text.
"""

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from portal.exchange.files import BrokenFile, csv_rows, xlsx_rows

MAX_BYTES = 10 * 1024 * 1024
MAX_ROWS = 200_000
HEADING_WITHIN = 20
_SPACES = re.compile(r"[\s\u00a0\u202f\ufeff]+")
_WRITTEN_DATES = ("%d.%m.%Y", "%Y-%m-%d", "%d.%m.%y", "%d/%m/%Y")


class TableRefused(Exception):
    """The file cannot be read as a table; `code` says why: too_big, empty, type, no_heading, long_cell, open_quote."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail


class CellRefused(Exception):
    """A cell does not hold what its column should; `code` says why."""

    def __init__(self, column: str, code: str) -> None:
        super().__init__(f"{column}: {code}")
        self.column = column
        self.code = code


@dataclass(frozen=True, slots=True)
class Row:
    """A row by the names of its columns; `number` as the person sees it in the spreadsheet."""

    number: int
    cells: dict[str, object]

    def text(self, column: str) -> str:
        """A cell as text: «10001» for 10001.0, without stray spaces; empty when it is not there."""
        value = self.cells.get(column)
        if value is None:
            return ""
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        return _SPACES.sub(" ", str(value)).strip()

    def number_of(self, column: str) -> Decimal | None:
        """A cell as a number, with a decimal comma or dot. Raises CellRefused("number")."""
        text = self.text(column).replace(" ", "").replace(",", ".")
        if not text:
            return None
        try:
            number = Decimal(text)
        except InvalidOperation:
            raise CellRefused(column, "number") from None
        if not number.is_finite():
            raise CellRefused(column, "number")
        return number

    def date(self, column: str) -> dt.date | None:
        """A cell as a day: an Excel date, «21.12.2021», «2021-12-21», with a time or without. Raises CellRefused."""
        value = self.cells.get(column)
        if isinstance(value, dt.datetime):
            return value.date()
        if isinstance(value, dt.date):
            return value
        text = self.text(column)
        if not text:
            return None
        first = text.replace("T", " ").split(" ")[0]
        for form in _WRITTEN_DATES:
            try:
                return dt.datetime.strptime(first, form).date()  # noqa: DTZ007 (a day without a time)
            except ValueError:
                continue
        raise CellRefused(column, "date")


def normal(heading: object) -> str:
    """A heading without case, «ё», extra spaces and full stops."""
    text = _SPACES.sub(" ", str(heading or "")).strip().lower().replace("ё", "е")
    return text.rstrip(".:")


def read_table(data: bytes, *, columns: Mapping[str, Sequence[str]], required: Sequence[str]) -> list[Row]:
    """Rows of an XLSX or CSV file under the names of `columns` (name → headings it is known by).

    The heading may stand within the first twenty rows; empty rows are left out. Raises TableRefused.
    """
    try:
        return _read(data, columns=columns, required=required)
    except BrokenFile as error:
        raise TableRefused(error.code, str(error.line or "")) from error


def _read(data: bytes, *, columns: Mapping[str, Sequence[str]], required: Sequence[str]) -> list[Row]:
    if len(data) > MAX_BYTES:
        raise TableRefused("too_big")
    if not data.strip():
        raise TableRefused("empty")
    known = {normal(heading): name for name, headings in columns.items() for heading in headings}
    names: dict[int, str] = {}
    rows: list[Row] = []
    for number, cells in enumerate(_raw_rows(data), start=1):
        if number > MAX_ROWS:
            raise TableRefused("too_big")
        if not names:
            names = _heading(cells, known, required)
            if not names and number >= HEADING_WITHIN:
                break
            continue
        found = {name: cells[index] for index, name in names.items() if index < len(cells)}
        if any(str(value).strip() for value in found.values() if value is not None):
            rows.append(Row(number, found))
    if not names:
        raise TableRefused("no_heading", ", ".join(columns[name][0] for name in required))
    return rows


def _heading(cells: Sequence[object], known: dict[str, str], required: Sequence[str]) -> dict[int, str]:
    names: dict[int, str] = {}
    for index, cell in enumerate(cells):
        name = known.get(normal(cell))
        if name and name not in names.values():
            names[index] = name
    return names if set(required) <= set(names.values()) else {}


def _raw_rows(data: bytes) -> Iterator[Sequence[object]]:
    if data.startswith(b"PK"):
        return xlsx_rows(data)
    if b"\x00" in data[:2000] and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise BrokenFile("type")
    return _csv(data)


def _csv(data: bytes) -> Iterator[list[str]]:
    text = _decoded(data)
    first = text.lstrip().split("\n", 1)[0]
    return csv_rows(text, delimiter=max(";\t,", key=first.count))


def _decoded(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1251", errors="replace")
