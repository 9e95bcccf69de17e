"""Reading tables as people send them: XLSX or CSV, whatever the encoding and separator, with the rows' numbers.

Nothing of the file is trusted: its size, its name, its declared encoding, its empty rows, its numbers for text. What is
not read is reported: columns that no import knows, cells beside the table, a value that could be two.
"""

import datetime as dt
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import IO

from portal.exchange.files import BrokenFile
from portal.exchange.headings import Heading, Known, complete, heading_of, recognised, shown
from portal.exchange.sources import Source, sources_of

MAX_BYTES = 30 * 1024 * 1024
MAX_ROWS = 200_000
HEADING_WITHIN = 20
REASON_HEADING = "Почему не принята"
"""Heading of the column that an errors file adds: read back, it is passed over."""
FIRST_YEAR, LAST_YEAR = 1950, 2100
_WRITTEN_DATES = ("%d.%m.%Y", "%Y-%m-%d", "%d.%m.%y")
_DATE_LIKE = re.compile(r"\d{4}-\d{2}-\d{2}(?:[ T]00:00(?::00)?)?|\d{1,2}\.\d{1,2}\.\d{4}")
_MONTH_LIKE = re.compile(
    r"(?:\d{1,2}[.\- ])?(?:янв|фев|мар|апр|май|мая|июн|июл|авг|сен|окт|ноя|дек)[а-я]*(?:[.\- ]+\d{1,4})?", re.IGNORECASE
)
_SCIENTIFIC = re.compile(r"\d(?:[.,]\d+[eEеЕ]\+?|[eEеЕ]\+)\d+")
_NAMED_MONTH = re.compile(r"(\d{1,2})\s+([а-я]{3})[а-я]*\.?\s+(\d{4})(?:\s*г\.?|\s+года)?", re.IGNORECASE)
_MONTHS = ("янв", "фев", "мар", "апр", "мая", "июн", "июл", "авг", "сен", "окт", "ноя", "дек")
_SERIAL_START = dt.date(1899, 12, 30)
_SERIALS = range((dt.date(1950, 1, 1) - _SERIAL_START).days, (dt.date(2101, 1, 1) - _SERIAL_START).days)
"""Numbers of days that a spreadsheet shows in a column that has lost its format; in a text they are refused."""
MAX_DIGITS = 15  # a spreadsheet keeps so many digits of a number


class TableRefused(Exception):
    """The file cannot be read as a table; `code` says why: too_big, empty, type, no_heading, long_cell, open_quote."""

    def __init__(self, code: str, detail: str = "", *, headings: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail
        self.headings = headings


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
        """A cell as a day: an Excel date or its number, «21.12.2021», «2021-12-21», «21 декабря 2021 г.».

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
        if (
            isinstance(value, int | float)
            and not isinstance(value, bool)
            and 0 < value < 1e6
            and int(value) in _SERIALS
        ):
            return _SERIAL_START + dt.timedelta(int(value))
        text = self.shown(column)
        if not text:
            return None
        named = _NAMED_MONTH.fullmatch(text)
        if named and named[2].lower() in _MONTHS:
            text = f"{named[1]}.{_MONTHS.index(named[2].lower()) + 1}.{named[3]}"
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


@dataclass(slots=True)
class FoundTable:
    """A table whose headings were found in an open file; its rows are read one at a time."""

    source: Source
    heading_row: int
    """Number of the heading's last row."""
    heading: Heading
    remarks: list[Remark] = field(default_factory=list)
    """Complete once the rows were read."""

    @property
    def columns(self) -> dict[str, str]:
        """Names of the columns that the file has → their headings as written there."""
        return {name: self.heading.texts[places[0]] for name, places in self.heading.places.items()}

    def rows(self) -> Iterator[TableRow]:
        """Rows below the headings, empty ones left out. Raises BrokenFile, at the latest after the last row."""
        beside = count = 0
        for number, cells in enumerate(self.source.rows(), start=1):
            if number <= self.heading_row or not any(shown(cell) for cell in cells):
                continue
            count += 1
            if count > MAX_ROWS:
                raise BrokenFile("too_big")
            row = row_of(number, cells, self.heading, is_text=self.source.is_text)
            if not self.source.is_text and any(shown(cell) for cell in cells[self.heading.width :]):
                beside = beside or number
            if row.fault is not None or any(shown(value) for value in row.cells.values()):
                yield row
        if beside:
            self.remarks.append(Remark("beside", str(beside)))


def read_table(data: bytes, *, columns: Mapping[str, Sequence[str]], required: Sequence[str]) -> Table:
    """Rows of an XLSX or CSV file under the names of `columns` (name → headings it is known by, preferred first).

    The heading may stand within the first twenty rows, over one row or two, on any sheet; empty rows are left out.
    Raises TableRefused.
    """
    found_table = find_table(io.BytesIO(data), columns=columns, required=required)
    try:
        rows = list(found_table.rows())
    except BrokenFile as error:
        raise TableRefused(error.code, str(error.line or "")) from error
    return Table(
        rows=rows, headings=found_table.heading.texts, columns=found_table.columns, remarks=found_table.remarks
    )


def find_table(
    file: IO[bytes], *, columns: Mapping[str, Sequence[str]], required: Sequence[str], sheet: str = ""
) -> FoundTable:
    """The table of the first way to read a file that shows the headings, of the named sheet if that is there.

    Raises TableRefused: too_big, empty, type, no_heading, long_cell, open_quote.
    """
    size = file.seek(0, io.SEEK_END)
    if size > MAX_BYTES:
        raise TableRefused("too_big")
    file.seek(0)
    if not file.read(4096).strip():
        raise TableRefused("empty")
    try:
        return _first_with_heading(sources_of(file, sheet=sheet), Known.of(columns, required), columns)
    except BrokenFile as error:
        raise TableRefused(error.code, str(error.line or "")) from error


def _first_with_heading(sources: list[Source], known: Known, columns: Mapping[str, Sequence[str]]) -> FoundTable:
    broken: BrokenFile | None = None
    partly: list[str] = []
    for place, source in enumerate(sources):
        try:
            heading = _heading(source.rows(), known)
        except BrokenFile as error:
            broken = broken or error
            continue
        if isinstance(heading, list):
            partly = max(partly, heading, key=len)
            continue
        found_table = FoundTable(source, *heading)
        _remark_on_heading(found_table)
        _remark_on_sheets(found_table, sources, place, known)
        return found_table
    if broken is not None:
        raise broken
    wanted = ", ".join(columns[name][0] for name in columns if name in known.required)
    raise TableRefused("no_heading", wanted, headings=", ".join(columns[name][0] for name in partly))


def _remark_on_heading(found_table: FoundTable) -> None:
    if found_table.heading.rows > 1:
        found_table.remarks.append(Remark("two_rows", str(found_table.heading_row)))
    unused = [text for text in found_table.heading.unused() if text != REASON_HEADING]
    if unused:
        found_table.remarks.append(Remark("unused", ", ".join(unused)))


def _remark_on_sheets(found_table: FoundTable, sources: list[Source], place: int, known: Known) -> None:
    if sources[place].title and place:
        found_table.remarks.append(Remark("sheet", sources[place].title))
    for other in sources[place + 1 :] if sources[place].title else []:
        try:
            if not isinstance(_heading(other.rows(), known), list):
                found_table.remarks.append(Remark("other_sheet", other.title))
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


def row_of(number: int, cells: Sequence[object], heading: Heading, *, is_text: bool) -> TableRow:
    """A row under its headings; one of a text that is longer than these has a fault."""
    extra = [shown(cell) for cell in cells[heading.width :] if shown(cell)] if is_text else []
    fault = CellRefused("", "longer", value=", ".join(extra)) if extra else None
    values: dict[str, object] = {}
    doubts = []
    for name, places in heading.places.items():
        written = [cells[place] for place in places if place < len(cells) and shown(cells[place])]
        values[name] = written[0] if written else None
        if len(written) < 2:
            continue
        different = list(dict.fromkeys(shown(value) for value in written))
        if len(different) > 1:
            if heading.doubled(name):
                fault = fault or CellRefused(name, "two_values", value=" / ".join(different))
            else:
                doubts.append(name)
    return TableRow(number, values, tuple(cells), fault, tuple(doubts))
