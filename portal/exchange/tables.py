"""Reading tables as people send them: XLSX or CSV, whatever the encoding and separator, with the rows' numbers.

Nothing of the file is trusted: its size, its name, its declared encoding, its empty rows, its numbers for text. What is
not read is told: columns that no import knows, cells beside the table, a value that could be two.
"""

import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from functools import partial

from portal.exchange.files import BrokenFile, csv_rows, sheet_titles, xlsx_rows
from portal.exchange.headings import Heading, Known, complete, heading_of, recognised, shown

MAX_BYTES = 10 * 1024 * 1024
MAX_ROWS = 200_000
HEADING_WITHIN = 20
REASON_HEADING = "Почему не принята"
"""Heading of the column that an errors file adds: read back, it is passed over."""
FIRST_YEAR, LAST_YEAR = 1950, 2100
_ENCODINGS = ("cp1251", "cp866", "koi8-r", "mac-cyrillic")
_DELIMITERS = (";", "\t", ",", "|")
_WRITTEN_DATES = ("%d.%m.%Y", "%Y-%m-%d", "%d.%m.%y")
_DATE_LIKE = re.compile(r"\d{4}-\d{2}-\d{2}(?:[ T]00:00(?::00)?)?|\d{1,2}\.\d{1,2}\.\d{4}")
_MONTH_LIKE = re.compile(
    r"(?:\d{1,2}[.\- ])?(?:янв|фев|мар|апр|май|мая|июн|июл|авг|сен|окт|ноя|дек)[а-я]*(?:[.\- ]+\d{1,4})?", re.IGNORECASE
)
_SCIENTIFIC = re.compile(r"\d(?:[.,]\d+[eEеЕ]\+?|[eEеЕ]\+)\d+")
MAX_DIGITS = 15  # a spreadsheet keeps so many digits of a number


class TableRefused(Exception):
    """The file cannot be read as a table; `code` says why: too_big, empty, type, no_heading, long_cell, open_quote."""

    def __init__(self, code: str, detail: str = "", *, found: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail
        self.found = found


class CellRefused(Exception):
    """A cell does not hold what its column should: `code` says why, `value` what stands there, `hint` what was meant.

    Codes: date, year, number, turned_date, scientific, longer (a row with more cells than headings), two_values (two
    columns of one heading), above (more than `limit`), below_zero, whole.
    """

    def __init__(self, column: str, code: str, *, value: str = "", limit: str = "", hint: str = "") -> None:
        super().__init__(f"{column}: {code}")
        self.hint = hint
        self.column = column
        self.code = code
        self.value = value
        self.limit = limit


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row by the names of its columns; `number` as the person sees it in the spreadsheet."""

    number: int
    cells: dict[str, object]
    raw: tuple[object, ...] = ()
    fault: CellRefused | None = None
    doubts: tuple[str, ...] = ()
    """Columns that have different values under different headings."""

    def require_sound(self) -> None:
        """Raise CellRefused when the row as a whole does not fit its headings."""
        if self.fault is not None:
            raise self.fault

    def shown(self, column: str) -> str:
        """A cell as it would be printed, whatever it holds."""
        value = self.cells.get(column)
        if isinstance(value, dt.datetime):
            return f"{value:%d.%m.%Y}"
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        return shown(value)

    def text(self, column: str) -> str:
        """A cell as text: «10001» for 10001.0, without stray spaces; empty when it is not there.

        Raises CellRefused("turned_date") where a spreadsheet made a date of it.
        """
        value = self.cells.get(column)
        if isinstance(value, dt.date):
            meant = f"{value.day}/{value.month}, {value.month}/{value.day}"
            raise CellRefused(column, "turned_date", value=self.shown(column), hint=meant)
        return self.shown(column)

    def code(self, column: str) -> str:
        """The number of an account, a house, a flat or a meter, as text.

        Raises CellRefused: turned_date, also for a date written as text; scientific where digits were lost.
        """
        value, text = self.cells.get(column), self.text(column)
        if _DATE_LIKE.fullmatch(text) or _MONTH_LIKE.fullmatch(text):
            raise CellRefused(column, "turned_date", value=text)
        lost = isinstance(value, int | float) and len(text.lstrip("-")) > MAX_DIGITS
        if lost or _SCIENTIFIC.fullmatch(text):
            raise CellRefused(column, "scientific", value=text)
        return text

    def number_of(self, column: str, *, most: Decimal | None = None) -> Decimal | None:
        """A cell as a number, with a decimal comma or dot; `most` bounds it on both sides.

        Raises CellRefused: number, turned_date, above.
        """
        value = self.cells.get(column)
        if isinstance(value, dt.date):
            raise CellRefused(column, "turned_date", value=self.shown(column))
        written = repr(round(value, 6)) if isinstance(value, float) else self.shown(column)
        text = written.replace(" ", "").replace(",", ".")
        if not text:
            return None
        try:
            number = Decimal(text)
        except InvalidOperation:
            raise CellRefused(column, "number", value=self.shown(column)) from None
        if not number.is_finite() or isinstance(value, bool):
            raise CellRefused(column, "number", value=self.shown(column))
        if most is not None and abs(number) > most:
            raise CellRefused(column, "above", value=self.shown(column), limit=str(most))
        return number

    def date(self, column: str) -> dt.date | None:
        """A cell as a day: an Excel date, «21.12.2021», «2021-12-21», with a time or without.

        Raises CellRefused: date, year (outside 1950–2100).
        """
        day = self._day(column)
        if day is not None and not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise CellRefused(column, "year", value=self.shown(column))
        return day

    def _day(self, column: str) -> dt.date | None:
        value = self.cells.get(column)
        if isinstance(value, dt.datetime):
            return value.date()
        if isinstance(value, dt.date):
            return value
        text = self.shown(column)
        if not text:
            return None
        first = text.replace("T", " ").split(" ")[0]
        for form in _WRITTEN_DATES:
            try:
                return dt.datetime.strptime(first, form).date()  # noqa: DTZ007 (a day without a time)
            except ValueError:
                continue
        raise CellRefused(column, "date", value=text)


@dataclass(frozen=True, slots=True)
class Remark:
    """Remark on the file as a whole; `code` is one of: unused, beside, sheet, other_sheet, two_rows."""

    code: str
    detail: str = ""


@dataclass(slots=True)
class Table:
    """The rows of a file under the names of its columns."""

    rows: list[TableRow] = field(default_factory=list)
    headings: list[str] = field(default_factory=list)
    columns: dict[str, str] = field(default_factory=dict)
    """Names of the columns that the file has → their headings as written there."""
    remarks: list[Remark] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Source:
    """One way to read the file's bytes as rows."""

    rows: Callable[[], Iterator[Sequence[object]]]
    is_text: bool
    title: str = ""


def read_table(data: bytes, *, columns: Mapping[str, Sequence[str]], required: Sequence[str]) -> Table:
    """Rows of an XLSX or CSV file under the names of `columns` (name → headings it is known by, preferred first).

    The heading may stand within the first twenty rows, over one row or two, on any sheet; empty rows are left out.
    Raises TableRefused.
    """
    if len(data) > MAX_BYTES:
        raise TableRefused("too_big")
    if not data.strip():
        raise TableRefused("empty")
    try:
        return _first_with_heading(_sources(data), Known.of(columns, required), columns)
    except BrokenFile as error:
        raise TableRefused(error.code, str(error.line or "")) from error


def _first_with_heading(sources: list[_Source], known: Known, columns: Mapping[str, Sequence[str]]) -> Table:
    """The table of the first way to read the file that shows the headings."""
    broken: BrokenFile | None = None
    partly: list[str] = []
    for place, source in enumerate(sources):
        try:
            heading = _heading(source.rows(), known)
            if isinstance(heading, list):
                partly = max(partly, heading, key=len)
                continue
            table = _table(source, heading, known)
        except BrokenFile as error:
            broken = broken or error
            continue
        _remark_on_sheets(table, sources, place, known)
        return table
    if broken is not None:
        raise broken
    wanted = ", ".join(columns[name][0] for name in columns if name in known.required)
    raise TableRefused("no_heading", wanted, found=", ".join(columns[name][0] for name in partly))


def _remark_on_sheets(table: Table, sources: list[_Source], place: int, known: Known) -> None:
    if sources[place].title and place:
        table.remarks.append(Remark("sheet", sources[place].title))
    for other in sources[place + 1 :] if sources[place].title else []:
        try:
            if not isinstance(_heading(other.rows(), known), list):
                table.remarks.append(Remark("other_sheet", other.title))
        except BrokenFile:
            continue


def _heading(rows: Iterator[Sequence[object]], known: Known) -> tuple[int, Heading] | list[str]:
    """The number of the heading's last row and the heading; else the columns of the row that has most of them."""
    above: Sequence[object] = ()
    best: list[str] = []
    for number, cells in enumerate(rows, start=1):
        heading = heading_of(cells, above, known)
        if heading is not None:
            following = next(rows, ())
            longer = complete(heading, following, known) if heading.rows == 1 else None
            return (number + 1, longer) if longer is not None else (number, heading)
        best = max(best, recognised(cells, known), key=len)
        above = cells
        if number >= HEADING_WITHIN:
            break
    return best


def _table(source: _Source, heading_row: tuple[int, Heading], known: Known) -> Table:
    last, heading = heading_row
    written = {name: heading.texts[places[0]] for name, places in heading.places.items()}
    table = Table(headings=heading.texts, columns=written)
    beside = 0
    for number, cells in enumerate(source.rows(), start=1):
        if number > MAX_ROWS:
            raise BrokenFile("too_big")
        if number <= last or not any(shown(cell) for cell in cells):
            continue
        extra = [shown(cell) for cell in cells[heading.width :] if shown(cell)]
        if extra and not source.is_text:
            beside = beside or number
            extra = []
        row = _row(number, cells, heading, extra)
        if extra or any(shown(value) for value in row.cells.values()):
            table.rows.append(row)
    unused = [text for text in heading.unused() if text != REASON_HEADING]
    if heading.rows > 1:
        table.remarks.append(Remark("two_rows", str(last)))
    if unused:
        table.remarks.append(Remark("unused", ", ".join(unused)))
    if beside:
        table.remarks.append(Remark("beside", str(beside)))
    return table


def _row(number: int, cells: Sequence[object], heading: Heading, extra: list[str]) -> TableRow:
    fault = CellRefused("", "longer", value=", ".join(extra)) if extra else None
    values: dict[str, object] = {}
    doubts = []
    for name, places in heading.places.items():
        written = [cells[place] for place in places if place < len(cells) and shown(cells[place])]
        values[name] = written[0] if written else None
        different = list(dict.fromkeys(shown(value) for value in written))
        if len(different) > 1:
            if heading.doubled(name):
                fault = fault or CellRefused(name, "two_values", value=" / ".join(different))
            else:
                doubts.append(name)
    return TableRow(number, values, tuple(cells), fault, tuple(doubts))


def _sources(data: bytes) -> list[_Source]:
    """The ways to read a file: every sheet of a workbook, or every encoding and separator of a text."""
    if data.startswith(b"PK"):
        titles = sheet_titles(data)
        return [_Source(partial(xlsx_rows, data, sheet=sheet), False, title) for sheet, title in enumerate(titles)]
    if b"\x00" in data[:2000] and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise BrokenFile("type")
    return [
        _Source(partial(csv_rows, text, delimiter=delimiter), is_text=True)
        for text in _texts(data)
        for delimiter in _DELIMITERS
    ]


def _texts(data: bytes) -> list[str]:
    """The text of a file in every encoding it may be in, the likeliest first."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return [data.decode("utf-16", errors="replace")]
    try:
        return [data.decode("utf-8-sig")]
    except UnicodeDecodeError:
        return [data.decode(encoding, errors="replace") for encoding in _ENCODINGS]
