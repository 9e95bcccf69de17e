"""A table with headings, CSV or XLSX: some lines above, headings, rows, a blank line, totals after their names."""

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice

from portal.exchange.bank_files.lines import bad_line, cells_of, line_of
from portal.exchange.bank_files.totals import FileTotals
from portal.exchange.bank_files.values import parse_sum
from portal.exchange.files import BrokenFile, csv_rows, sheet_titles, xlsx_rows
from portal.exchange.headings import normal
from portal.payments.enums import Field
from portal.payments.exceptions import BankFileRefused
from portal.payments.models import BankFileTemplate
from portal.payments.services.bank_files import ParsedLine

WIDEST = 200
HEADING_WITHIN = 20  # rows below those that the template passes over
NOISE = Decimal("0.0001")
NEEDED = frozenset({Field.AMOUNT, Field.DATE, Field.OPERATION})
_COUNT = re.compile(r"(\d+)(?:\s*шт\.?)?")
_AFTER_NAME = re.compile(r"[:;\s]+")


def csv_table(text: str, template: BankFileTemplate) -> Iterator[list[str]]:
    """Rows of a CSV file. Raises BankFileRefused: long_cell, open_quote."""
    separator = "\t" if template.separator == "\\t" else (template.separator or ";")[0]
    try:
        yield from csv_rows(text, delimiter=separator)
    except BrokenFile as error:
        raise BankFileRefused(error.code, str(error.line)) from error


def xlsx_table(data: bytes, template: BankFileTemplate, warnings: list[str]) -> Iterator[list[str]]:
    """Rows of the sheet that has the template's headings, else of the first, as text. Raises BankFileRefused."""
    try:
        sheet = _sheet(data, template, warnings)
        for row in xlsx_rows(data, max_col=WIDEST, sheet=sheet):
            yield [_shown(value) for value in row]
    except BrokenFile as error:
        raise BankFileRefused("too_big" if error.code == "too_big" else "broken") from error


def _sheet(data: bytes, template: BankFileTemplate, warnings: list[str]) -> int:
    titles = sheet_titles(data)
    columns = _Columns.of(template)
    for sheet, title in enumerate(titles) if len(titles) > 1 else ():
        rows = islice(xlsx_rows(data, max_col=WIDEST, sheet=sheet), template.skip_first + HEADING_WITHIN)
        if any(columns.places([_shown(value) for value in row]) for row in rows):
            if sheet:
                warnings.append(f"sheet|{title}")
            return sheet
    return 0


def _shown(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, dt.datetime):
        return f"{value:%d.%m.%Y %H:%M:%S}"
    if isinstance(value, dt.date):
        return f"{value:%d.%m.%Y}"
    if isinstance(value, float):
        return _shown_float(value)
    return str(value)


def _shown_float(value: float) -> str:
    """A number as it was typed; the noise of floating point is left out, a third decimal is not."""
    exact = Decimal(repr(value))
    kopecks = round(exact, 2)
    return str(int(value)) if value.is_integer() else str(kopecks if abs(exact - kopecks) < NOISE else exact)


@dataclass(slots=True)
class _Columns:
    """Columns of a template: by headings, or by numbers where it has none."""

    headings: dict[str, str]
    numbered: list[tuple[str, int]]
    needed: dict[str, str]
    """Field → heading, of the columns without which the table is another one's."""

    @classmethod
    def of(cls, template: BankFileTemplate) -> "_Columns":
        """From the template's columns; a heading may have several writings, parted by |."""
        columns = list(template.columns.all())
        headings = {
            normal(spelling): column.field
            for column in columns
            for spelling in column.heading.split("|")
            if spelling.strip()
        }
        numbered = [(column.field, column.position - 1) for column in columns if not column.heading and column.position]
        needed = {column.field: column.heading for column in columns if column.heading and column.field in NEEDED}
        return cls(headings, numbered, needed)

    def places(self, cells: Sequence[str]) -> list[tuple[str, int]] | None:
        """Return where the fields stand by a row of headings; None when it is no such row."""
        places = self.recognised(cells)
        missing = self.needed.keys() - {field for field, _ in places}
        return None if missing or not places else [*places, *self.numbered]

    def require_below(self, number: int, cells: Sequence[str], template: BankFileTemplate) -> None:
        """Raise BankFileRefused("heading_early") for headings above the lines that the template passes over."""
        if number <= template.skip_first and self.headings and self.places(cells):
            raise BankFileRefused("heading_early", f"{number} / {template.skip_first + 1}")

    def recognised(self, cells: Sequence[str]) -> list[tuple[str, int]]:
        """Fields whose headings stand in a row, with their places."""
        named = [normal(cell) for cell in cells]
        return [(self.headings[name], place) for place, name in enumerate(named) if name in self.headings]


@dataclass(slots=True)
class _StatedTotals:
    """Totals stated in the lines after the table."""

    amount: Decimal | None = None
    count: int | None = None
    begun: bool = False

    def takes(self, template: BankFileTemplate, first: str) -> bool:
        """Whether a row is one of the totals. Raises BankFileRefused("total_unreadable")."""
        if template.total_prefix and first.startswith(template.total_prefix):
            self.begun = True
            self.amount = parse_sum(_after(first, template.total_prefix), decimal_sign=template.decimal_sign)
            if self.amount is None:
                raise BankFileRefused("total_unreadable", first[:120])
            return True
        if template.total_count_prefix and first.startswith(template.total_count_prefix):
            self.begun = True
            count = _COUNT.fullmatch(_after(first, template.total_count_prefix))
            if count is None:
                raise BankFileRefused("total_unreadable", first[:120])
            self.count = int(count[1])
            return True
        return False


def read_table(
    *, template: BankFileTemplate, rows: Iterable[Sequence[str]], warnings: list[str], is_text: bool = False
) -> Iterator[ParsedLine]:
    """Every payment of the table, then the totals are held against it. Raises BankFileRefused.

    `is_text`: rows of a CSV, where a row with more cells than headings has a separator too many.
    """
    columns = _Columns.of(template)
    places = None if columns.headings else columns.numbered
    width = 0
    best: list[tuple[str, int]] | None = None
    totals, stated = FileTotals(), _StatedTotals()
    for number, row in enumerate(rows, 1):
        cells = [cell.strip() for cell in row]
        first = " ".join(cell for cell in cells if cell)
        if number <= template.skip_first or not first:
            columns.require_below(number, cells, template)
            continue
        if places is None:
            if number > template.skip_first + HEADING_WITHIN:
                break
            places = columns.places(cells)
            width = max(place for place, cell in enumerate(cells, 1) if cell)
            best = max(best or [], columns.recognised(cells), key=len)
            continue
        if stated.takes(template, first):
            continue
        line = _line(template, number, cells, places, width if is_text else 0)
        if stated.begun:
            _after_total(line, first, warnings)
            continue
        totals.add(line)
        yield line
    if places is None:
        _refuse_headings(columns, best)
    _tie(template, stated, totals, warnings)


def _after_total(line: ParsedLine, first: str, warnings: list[str]) -> None:
    """Check the lines after the total: a payment refuses the file, anything else is a remark."""
    if not line.problem and line.amount is not None:
        raise BankFileRefused("after_total", str(line.number))
    warnings.append(f"after_total|{line.number}: {first[:100]}")


def _tie(template: BankFileTemplate, stated: _StatedTotals, totals: FileTotals, warnings: list[str]) -> None:
    if template.total_prefix and stated.amount is None:
        raise BankFileRefused("no_total" if totals.count else "empty")
    if template.total_count_prefix and stated.begun and stated.count is None:
        warnings.append("no_count|")
    totals.tie(count=stated.count, amount=stated.amount)


def _refuse_headings(columns: _Columns, best: list[tuple[str, int]] | None) -> None:
    if best is None:
        raise BankFileRefused("empty")
    fields = {field for field, _ in best}
    missing = [heading.partition("|")[0] for field, heading in columns.needed.items() if field not in fields]
    raise BankFileRefused("other_layout", ", ".join(sorted(missing)))


def _line(
    template: BankFileTemplate, number: int, cells: list[str], places: list[tuple[str, int]], width: int
) -> ParsedLine:
    raw = ";".join(cells).rstrip(";")
    extra = [cell for cell in cells[width:] if cell] if width else []
    if extra:
        return bad_line(number=number, raw=raw, problem="fields", detail=f"{len(cells)} / {width}")
    twice = _two_values(cells, places)
    if twice:
        return bad_line(number=number, raw=raw, problem="two_values", detail=twice)
    shown = cells_of((field, cells[place]) for field, place in places if place < len(cells) and cells[place])
    empty = {str(field): "" for field, place in places if place < len(cells)}
    return line_of(template=template, number=number, raw=raw, cells=empty | shown)


def _two_values(cells: list[str], places: list[tuple[str, int]]) -> str:
    """Return what two columns of one field hold, where it differs."""
    texts: dict[str, str] = {}
    for field, place in places:
        text = cells[place] if place < len(cells) else ""
        if not text or field in {Field.READING, Field.IGNORED}:
            continue
        if texts.setdefault(field, text) != text:
            return f"{Field(field).label}: {texts[field]} / {text}"
    return ""


def _after(text: str, name: str) -> str:
    return _AFTER_NAME.sub("", text.removeprefix(name)).removesuffix("RUB")
