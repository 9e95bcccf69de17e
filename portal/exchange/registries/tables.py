"""A table with headings, CSV or XLSX: some lines above, headings, rows, a blank line, totals after their names."""

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from portal.exchange.files import BrokenFile, csv_rows, xlsx_rows
from portal.exchange.registries.lines import cells_of, line_of
from portal.exchange.registries.totals import Totals
from portal.exchange.registries.values import parse_sum
from portal.payments.exceptions import RegistryRefused
from portal.payments.models import RegistryTemplate
from portal.payments.services.registries import ParsedLine

WIDEST = 200
_AFTER_NAME = re.compile(r"[:;\s]+")


def csv_table(text: str, template: RegistryTemplate) -> Iterator[list[str]]:
    """Rows of a CSV file. Raises RegistryRefused: long_cell, open_quote."""
    separator = "\t" if template.separator == "\\t" else (template.separator or ";")[0]
    try:
        yield from csv_rows(text, delimiter=separator)
    except BrokenFile as error:
        raise RegistryRefused(error.code, str(error.line)) from error


def xlsx_table(data: bytes) -> Iterator[list[str]]:
    """Rows of the first sheet as text. Raises RegistryRefused: broken, too_big."""
    try:
        for row in xlsx_rows(data, max_col=WIDEST):
            yield [_shown(value) for value in row]
    except BrokenFile as error:
        raise RegistryRefused("too_big" if error.code == "too_big" else "broken") from error


def _shown(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, dt.datetime):
        return f"{value:%d.%m.%Y %H:%M:%S}"
    if isinstance(value, dt.date):
        return f"{value:%d.%m.%Y}"
    if isinstance(value, float):
        return str(Decimal(repr(value)).quantize(Decimal("0.01"))) if value != int(value) else str(int(value))
    return str(value)


def read_table(*, template: RegistryTemplate, rows: Iterable[Sequence[str]]) -> Iterator[ParsedLine]:
    """Every payment of the table, then the totals are held against it. Raises RegistryRefused."""
    headings = {column.heading.strip().lower(): column.field for column in template.columns.all() if column.heading}
    needed = {column.heading for column in template.columns.all() if column.field in {"amount", "date", "operation"}}
    places: list[tuple[str, int]] | None = None
    totals, told_sum, told_count, body = Totals(), None, None, True
    for number, row in enumerate(rows, 1):
        if number <= template.skip_first:
            continue
        cells = [cell.strip() for cell in row]
        if places is None:
            if any(cells):
                places = [(headings[cell.lower()], n) for n, cell in enumerate(cells) if cell.lower() in headings]
                found = {field for field, _ in places}
                missing = sorted(name for name in needed if headings[name.strip().lower()] not in found)
                if missing:
                    raise RegistryRefused("other_layout", ", ".join(missing))
            continue
        first = " ".join(cell for cell in cells if cell)
        if template.total_prefix and first.startswith(template.total_prefix):
            told_sum, body = parse_sum(_after(first, template.total_prefix), decimal_sign=template.decimal_sign), False
            continue
        if template.total_count_prefix and first.startswith(template.total_count_prefix):
            told_count, body = _after(first, template.total_count_prefix), False
            continue
        if not first:
            continue
        if not body:
            continue
        shown = cells_of((field, cells[place]) for field, place in places if place < len(cells))
        line = line_of(template=template, number=number, raw=";".join(cells).rstrip(";"), cells=shown)
        totals.add(line)
        yield line
    if places is None:
        raise RegistryRefused("empty")
    if template.total_prefix and told_sum is None:
        raise RegistryRefused("no_total" if totals.count else "empty")
    totals.tie(count=int(told_count) if told_count and told_count.isdigit() else None, amount=told_sum)


def _after(text: str, name: str) -> str:
    return _AFTER_NAME.sub("", text.removeprefix(name)).removesuffix("RUB")
