"""Lines of fields with a separator, by name, or of fixed width, with a total line where the template names one."""

import csv
from collections.abc import Iterator
from dataclasses import replace

from portal.exchange.bank_files.lines import bad_line, cells_of, line_of
from portal.exchange.bank_files.text import numbered_lines
from portal.exchange.bank_files.totals import FileTotals
from portal.exchange.bank_files.values import parse_sum
from portal.payments.enums import Field, Layout
from portal.payments.exceptions import BankFileRefused
from portal.payments.models import BankFileColumn, BankFileTemplate
from portal.payments.services.bank_files import ParsedLine

FOREIGN = 20  # so many lines of another shape and not one of ours: another bank's file


def read_delimited(*, template: BankFileTemplate, text: str, warnings: list[str]) -> Iterator[ParsedLine]:
    """Every payment of the file, then the totals are held against it. Raises BankFileRefused."""
    columns = list(template.columns.all())
    comments = tuple(template.comment_prefix.split())
    totals = FileTotals()
    ended = strange = 0
    for number, raw in numbered_lines(text):
        if number <= template.skip_first or not raw.strip() or raw.strip("\x1a \t") == "":
            continue
        if raw.startswith(comments):
            continue
        if ended:
            raise BankFileRefused("after_total", str(number))
        if template.total_prefix and raw.startswith(template.total_prefix):
            ended = number
            _tie(template, totals, raw, warnings)
            continue
        line = _line(template, columns, number, raw)
        if line is None:
            continue
        strange += line.problem == "fields"
        if strange == totals.count + 1 and strange >= FOREIGN:
            raise BankFileRefused("other_layout", raw[:120])
        totals.add(line)
        yield line
    if totals.count and strange == totals.count:
        raise BankFileRefused("other_layout")
    if template.total_prefix and not ended:
        raise BankFileRefused("no_total" if totals.count else "empty")


def _line(template: BankFileTemplate, columns: list[BankFileColumn], number: int, raw: str) -> ParsedLine | None:
    if template.layout == Layout.FIXED:
        cells = cells_of(
            (column.field, raw[(column.position or 1) - 1 : (column.position or 1) - 1 + (column.width or len(raw))])
            for column in columns
        )
        return line_of(template=template, number=number, raw=raw, cells=cells)
    fields = split_fields(template, raw)
    if template.layout == Layout.NAMED:
        return _named(template, columns, number, raw, fields)
    if template.fields and len(fields) != template.fields:
        return bad_line(number=number, raw=raw, problem="fields", detail=f"{len(fields)} / {template.fields}")
    return line_of_fields(template, columns, number, raw, fields)


def line_of_fields(
    template: BankFileTemplate, columns: list[BankFileColumn], number: int, raw: str, fields: list[str]
) -> ParsedLine:
    """A payment from its fields by the places of the template."""
    cells = cells_of(
        (column.field, fields[(column.position or 1) - 1])
        for column in columns
        if len(fields) >= (column.position or 1)
    )
    return line_of(template=template, number=number, raw=raw, cells=cells)


def _named(
    template: BankFileTemplate, columns: list[BankFileColumn], number: int, raw: str, fields: list[str]
) -> ParsedLine | None:
    """Fields by place, then NAME:value in any letter case; a line without the account's field is no payment.

    A reading's column names the beginning of its fields: CounterVal_ takes CounterVal_1, CounterVal_2.
    """
    named = {name.strip().lower(): value for name, sign, value in (field.partition(":") for field in fields) if sign}
    cells: dict[str, str] = {}
    readings = ""
    for column in columns:
        heading = column.heading.strip().lower()
        if column.field == Field.READING:
            reported = [f"{name}: {value.strip()}" for name, value in named.items() if name.startswith(heading)]
            readings = "; ".join(reported)
        elif heading and heading in named:
            cells[column.field] = named[heading]
        elif not heading and column.position and column.position <= len(fields):
            cells[column.field] = fields[column.position - 1]
    if not cells.get(Field.ACCOUNT, "").strip():
        return None
    return replace(line_of(template=template, number=number, raw=raw, cells=cells), readings=readings)


def split_fields(template: BankFileTemplate, raw: str) -> list[str]:
    """The fields of a line; quotes are heeded where there are any."""
    separator = "\t" if template.separator == "\\t" else template.separator or ";"
    if '"' not in raw:
        return raw.split(separator)
    return next(csv.reader([raw], delimiter=separator[0]), [])


def _tie(template: BankFileTemplate, totals: FileTotals, raw: str, warnings: list[str]) -> None:
    fields = split_fields(template, raw.removeprefix(template.total_prefix))

    def field(place: int | None) -> str | None:
        return fields[place - 1] if place and len(fields) >= place else None

    sign = template.decimal_sign
    count, amount, commission = (
        field(place) for place in (template.total_count, template.total_sum, template.total_commission)
    )
    read_count = int(count) if count and count.strip().isdigit() else None
    read_sum = parse_sum(amount, decimal_sign=sign) if amount is not None else None
    if (template.total_count and read_count is None) or (template.total_sum and read_sum is None):
        raise BankFileRefused("total_unreadable", raw[:120])
    read_commission = parse_sum(commission, decimal_sign=sign) if commission else None
    transferred = field(template.total_transferred)
    paid_over = parse_sum(transferred, decimal_sign=sign) if transferred else None
    for place, text, read in (
        (template.total_commission, commission, read_commission),
        (template.total_transferred, transferred, paid_over),
    ):
        if text and text.strip() and read is None:
            raise BankFileRefused("total_unreadable", raw[:120])
        if place and read is None:
            warnings.append(f"total_short|{raw[:100]}")
    totals.tie(
        count=read_count, amount=read_sum, commission=abs(read_commission) if read_commission is not None else None
    )
    if paid_over is not None and paid_over != totals.amount - totals.commission:
        raise BankFileRefused("total_transferred", f"{paid_over} / {totals.amount - totals.commission}")
