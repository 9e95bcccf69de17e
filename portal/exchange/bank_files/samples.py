"""A sample of a bank's payment file by its template: two payments of a day, as the template reads them."""

import datetime as dt
import io
import struct
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from portal.core.money import ZERO
from portal.exchange.bank_files.dbase import END
from portal.exchange.bank_files.statement import FIRST, LAST
from portal.payments.enums import Encoding, Field, Layout
from portal.payments.models import BankFileColumn, BankFileTemplate

ORDER = "000417"
IGNORED = "0"
WIDTH = 40
"""Characters of a field of a dBase file."""


@dataclass(frozen=True, slots=True)
class _Payment:
    account: str
    payer: str
    address: str
    amount: Decimal
    commission: Decimal
    operation: str
    reading: str


PAYMENTS = (
    _Payment("0010001", "ИВАНОВА АННА", "РЕЧНАЯ 4/2 17", Decimal("700.14"), Decimal("7.00"), "100001", "141,455"),
    _Payment("0010002", "ПЕТРОВ БОРИС", "НОВАЯ 7А", Decimal("1240.50"), Decimal("12.40"), "100002", "80,120"),
)


def bank_file_sample(template: BankFileTemplate, *, day: dt.date) -> tuple[str, bytes]:
    """Name and content of a file that the template reads without a remark, with payments of a day."""
    columns = list(template.columns.all())
    rows = [_cells(template, payment, day) for payment in PAYMENTS]
    match template.layout:
        case Layout.DBF:
            return f"{template.code}.dbf", _dbase(template, columns, rows)
        case Layout.TWO_FILES:
            return f"{template.code}.zip", _two_files(template, columns, rows, day)
        case Layout.TABLE:
            return f"{template.code}.csv", _encoded(template, _table(template, columns, rows))
        case Layout.EXCHANGE_1C:
            return f"{template.code}.txt", _encoded(template, _statement(template, day))
    lines = [_line(template, columns, row) for row in rows]
    above = [f"{template.comment_prefix.split()[0]}"] if template.comment_prefix else []
    below = [_total(template)] if template.total_prefix else []
    return f"{template.code}.txt", _encoded(template, [*_skipped(template), *above, *lines, *below])


def _cells(template: BankFileTemplate, payment: _Payment, day: dt.date) -> dict[str, str]:
    moment = dt.datetime.combine(day, dt.time(12, 30, 15))
    return {
        Field.DATE: f"{moment:{template.date_format}}",
        Field.TIME: f"{moment:{template.time_format or '%H:%M:%S'}}",
        Field.ACCOUNT: payment.account,
        Field.AMOUNT: _sum(template, payment.amount),
        Field.COMMISSION: _sum(template, payment.commission),
        Field.TRANSFERRED: _sum(template, payment.amount - payment.commission),
        Field.OPERATION: payment.operation,
        Field.PAYER: payment.payer,
        Field.ADDRESS: payment.address,
        Field.PERIOD: f"{day:%m%y}",
        Field.PURPOSE: f"Вода, л/с {payment.account}",
        Field.CURRENCY: "RUB",
        Field.VAT: _sum(template, ZERO),
        Field.ORDER: ORDER,
        Field.READING: payment.reading,
        Field.IGNORED: IGNORED,
    }


def _sum(template: BankFileTemplate, amount: Decimal) -> str:
    return f"{amount:.2f}".replace(".", template.decimal_sign)


def _encoded(template: BankFileTemplate, lines: Sequence[str]) -> bytes:
    encoding = "cp1251" if template.encoding == Encoding.AUTO else template.encoding
    return ("\r\n".join(lines) + "\r\n").encode(encoding)


def _skipped(template: BankFileTemplate) -> list[str]:
    return ["Образец"] * template.skip_first


def _separator(template: BankFileTemplate) -> str:
    return "\t" if template.separator == "\\t" else template.separator or ";"


def _line(template: BankFileTemplate, columns: Sequence[BankFileColumn], row: Mapping[str, str]) -> str:
    if template.layout == Layout.FIXED:
        length = max((column.position or 1) - 1 + (column.width or WIDTH) for column in columns)
        text = " " * length
        for column in columns:
            start, width = (column.position or 1) - 1, column.width or WIDTH
            text = text[:start] + row[column.field][:width].ljust(width) + text[start + width :]
        return text
    placed = {column.position: row[column.field] for column in columns if column.position and not column.heading}
    count = template.fields or max(placed, default=0)
    cells = [placed.get(place, IGNORED) for place in range(1, count + 1)]
    named = [f"{_heading(column)}:{row[column.field]}" for column in columns if template.layout == Layout.NAMED]
    return _separator(template).join([*cells, *(cell for cell in named if not cell.startswith(":"))])


def _heading(column: BankFileColumn) -> str:
    """The heading of a column, the first of several; that of readings is the beginning of a name."""
    heading = column.heading.partition("|")[0]
    return f"{heading}1" if heading and column.field == Field.READING else heading


def _totals() -> tuple[Decimal, Decimal]:
    amount = sum((payment.amount for payment in PAYMENTS), ZERO)
    return amount, sum((payment.commission for payment in PAYMENTS), ZERO)


def _total(template: BankFileTemplate) -> str:
    amount, commission = _totals()
    placed = {
        template.total_count: str(len(PAYMENTS)),
        template.total_sum: _sum(template, amount),
        template.total_transferred: _sum(template, amount - commission),
        template.total_commission: _sum(template, commission),
    }
    last = max((place for place in placed if place), default=0)
    return template.total_prefix + _separator(template).join(placed.get(place, "") for place in range(1, last + 1))


def _table(
    template: BankFileTemplate, columns: Sequence[BankFileColumn], rows: Sequence[Mapping[str, str]]
) -> list[str]:
    separator, lines = _separator(template)[0], _skipped(template)
    headed = [column for column in columns if column.heading]
    if headed:
        lines.append(separator.join(_heading(column) for column in headed))
        lines += [separator.join(row[column.field] for column in headed) for row in rows]
    else:
        lines += [_line(template, columns, row) for row in rows]
    if template.total_prefix:
        lines.append(f"{template.total_prefix}: {_sum(template, _totals()[0])}")
    if template.total_count_prefix:
        lines.append(f"{template.total_count_prefix}: {len(PAYMENTS)}")
    return lines


def _two_files(
    template: BankFileTemplate,
    columns: Sequence[BankFileColumn],
    rows: Sequence[Mapping[str, str]],
    day: dt.date,
) -> bytes:
    placed = {
        template.total_order: ORDER,
        template.total_sum: _sum(template, _totals()[0]),
        template.total_count: str(len(PAYMENTS)),
    }
    last = max((place for place in placed if place), default=0)
    date = f"{day:{template.date_format}}"
    order = _separator(template).join(placed.get(place, date) for place in range(1, last + 1))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("orders.txt", _encoded(template, [order]))
        archive.writestr("payments.txt", _encoded(template, [_line(template, columns, row) for row in rows]))
    return out.getvalue()


def _statement(template: BankFileTemplate, day: dt.date) -> list[str]:
    date, account_label = f"{day:%d.%m.%Y}", template.account_pattern.partition("|")[0] or "л/с"
    lines = [FIRST, "ВерсияФормата=1.03", f"ДатаНачала={date}", f"ДатаКонца={date}"]
    for payment in PAYMENTS:
        lines += [
            "СекцияДокумент=Платежное поручение",
            f"Номер={payment.operation}",
            f"Дата={date}",
            f"Сумма={payment.amount}",
            f"ДатаПоступило={date}",
            f"Плательщик1={payment.payer}",
            f"НазначениеПлатежа=Вода, {account_label} {payment.account}",
            "КонецДокумента",
        ]
    return [*lines, LAST]


def _dbase(template: BankFileTemplate, columns: Sequence[BankFileColumn], rows: Sequence[Mapping[str, str]]) -> bytes:
    encoding = "cp866" if template.encoding == Encoding.AUTO else template.encoding
    named = [column for column in columns if column.heading]
    fields = b"".join(struct.pack("<11sc4xB15x", _heading(column).encode("ascii"), b"C", WIDTH) for column in named)
    head = fields + bytes([END])
    start = struct.pack("<B3xIHH20x", 3, len(rows), 32 + len(head), 1 + WIDTH * len(named))
    body = b"".join(
        b" " + b"".join(row[column.field].encode(encoding)[:WIDTH].ljust(WIDTH) for column in named) for row in rows
    )
    return start + head + body + b"\x1a"
