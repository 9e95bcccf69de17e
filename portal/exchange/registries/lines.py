"""Raw fields to a line: the same for every layout."""

import datetime as dt
from collections.abc import Iterable, Mapping

from portal.core.money import ZERO
from portal.exchange.registries.values import parse_date, parse_period, parse_sum
from portal.payments.enums import Field
from portal.payments.models import RegistryTemplate
from portal.payments.services.registries import ParsedLine

Cells = Mapping[str, str]


def cells_of(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Texts by what they hold; several readings stand one beside the other."""
    cells: dict[str, str] = {}
    for field, text in pairs:
        told = cells.get(field, "") if field == Field.READING else ""
        cells[field] = "; ".join(filter(None, (told, text.strip()))) if field == Field.READING else text
    return cells


def line_of(*, template: RegistryTemplate, number: int, raw: str, cells: Cells) -> ParsedLine:
    """A line from the text of its fields; what cannot be read is named."""
    amount = parse_sum(cells.get(Field.AMOUNT, ""), decimal_sign=template.decimal_sign)
    day = parse_date(cells.get(Field.DATE, ""), formats=template.date_format)
    problem = detail = ""
    if amount is None:
        problem, detail = "no_sum", cells.get(Field.AMOUNT, "")
    elif day is None:
        problem, detail = "no_date", cells.get(Field.DATE, "")
    elif cells.get(Field.CURRENCY, "RUB").strip().upper() not in {"", "RUB", "RUR", "643", "810", "РУБ"}:
        problem, detail = "currency", cells[Field.CURRENCY]
    return ParsedLine(
        number=number,
        raw=raw,
        problem=problem,
        detail=detail,
        account_text=cells.get(Field.ACCOUNT, "").strip().replace("\u00a0", ""),
        amount=amount,
        commission=parse_sum(cells.get(Field.COMMISSION, ""), decimal_sign=template.decimal_sign) or ZERO,
        paid_on=day if day is None or dt.date(1991, 1, 1) < day < dt.date(2200, 1, 1) else None,
        period=parse_period(cells.get(Field.PERIOD, "")),
        operation=cells.get(Field.OPERATION, "").strip(),
        payer=" ".join(cells.get(Field.PAYER, "").split()),
        address=" ".join(cells.get(Field.ADDRESS, "").split()),
        purpose=" ".join(cells.get(Field.PURPOSE, "").split()),
        readings=cells.get(Field.READING, "").strip(),
    )


def bad_line(*, number: int, raw: str, problem: str, detail: str = "") -> ParsedLine:
    """A line that is not a line of this layout."""
    return ParsedLine(number=number, raw=raw, problem=problem, detail=detail)
