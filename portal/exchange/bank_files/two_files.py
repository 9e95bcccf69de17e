"""Payment orders and their payments: two files that must tie, order by order. They come in one archive."""

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

from portal.exchange.bank_files.delimited import line_of_fields, split_fields
from portal.exchange.bank_files.lines import bad_line
from portal.exchange.bank_files.text import numbered_lines
from portal.exchange.bank_files.totals import FileTotals
from portal.exchange.bank_files.values import parse_sum
from portal.payments.enums import Field
from portal.payments.exceptions import BankFileRefused
from portal.payments.models import BankFileTemplate
from portal.payments.services.bank_files import ParsedLine

Order = tuple[int, Decimal]


def read_two_files(*, template: BankFileTemplate, text: str) -> Iterator[ParsedLine]:
    """Every payment, then each order is held against its payments; which file comes first does not matter.

    A line with the template's number of fields is a payment, a shorter one an order. Raises BankFileRefused.
    """
    columns = list(template.columns.all())
    place = next((column.position for column in columns if column.field == Field.ORDER), None) or 1
    orders: dict[str, Order] = {}
    totals: dict[str, FileTotals] = defaultdict(FileTotals)
    for number, raw in numbered_lines(text):
        if not raw.strip():
            continue
        fields = split_fields(template, raw)
        if len(fields) == template.fields:
            line = line_of_fields(template, columns, number, raw, fields)
            totals[_bare(fields[place - 1])].add(line)
            yield line
        elif (order := _order(template, fields)) is not None:
            if orders.setdefault(order[0], order[1]) != order[1]:
                raise BankFileRefused("orders_twice", order[0])
        else:
            yield bad_line(number=number, raw=raw, problem="fields", detail=f"{len(fields)} / {template.fields}")
    if not orders and not totals:
        raise BankFileRefused("empty")
    if orders.keys() != totals.keys():
        raise BankFileRefused("orders", ", ".join(sorted(orders.keys() ^ totals.keys()))[:120])
    for name, (count, amount) in orders.items():
        totals[name].tie(count=count, amount=amount)


def _order(template: BankFileTemplate, fields: list[str]) -> tuple[str, Order] | None:
    places = (template.total_order, template.total_sum, template.total_count)
    name, amount, count = (fields[place - 1] if place and place <= len(fields) else "" for place in places)
    read = parse_sum(amount, decimal_sign=template.decimal_sign)
    return (_bare(name), (int(count), read)) if read is not None and count.strip().isdigit() else None


def _bare(number: str) -> str:
    """A number of an order without its leading zeros."""
    return number.strip().lstrip("0")
