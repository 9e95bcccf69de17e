"""Raw fields to a line: the same for every layout."""

import datetime as dt
from collections.abc import Iterable, Mapping
from decimal import Decimal

from portal.core.money import ZERO
from portal.exchange.bank_files.values import parse_date, parse_period, parse_sum
from portal.payments.enums import Field
from portal.payments.models import BankFileTemplate
from portal.payments.services.bank_files import ParsedLine

Cells = Mapping[str, str]
_NOTHING = "0-–— "


def cells_of(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Texts by what they hold; several readings stand one beside the other."""
    cells: dict[str, str] = {}
    for field, text in pairs:
        reported = cells.get(field, "") if field == Field.READING else ""
        cells[field] = "; ".join(filter(None, (reported, text.strip()))) if field == Field.READING else text
    return cells


def line_of(*, template: BankFileTemplate, number: int, raw: str, cells: Cells) -> ParsedLine:
    """A line from the text of its fields; what cannot be read is named."""
    sign = template.decimal_sign
    amount = parse_sum(cells.get(Field.AMOUNT, ""), decimal_sign=sign)
    question, question_detail = _tied(amount, cells, sign)
    remark, remark_detail = _unreadable(cells, sign)
    day = parse_date(cells.get(Field.DATE, ""), formats=template.date_format)
    problem = detail = ""
    if amount is None:
        problem, detail = "no_sum", cells.get(Field.AMOUNT, "")
    elif day is None and Field.DATE in cells:
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
        commission=_commission(cells, sign),
        question=question,
        question_detail=question_detail,
        remark=remark,
        remark_detail=remark_detail,
        paid_on=day if day is None or dt.date(1991, 1, 1) < day < dt.date(2200, 1, 1) else None,
        period=parse_period(cells.get(Field.PERIOD, "")),
        operation=cells.get(Field.OPERATION, "").strip(),
        payer=" ".join(cells.get(Field.PAYER, "").split()),
        address=" ".join(cells.get(Field.ADDRESS, "").split()),
        purpose=" ".join(cells.get(Field.PURPOSE, "").split()),
        readings=cells.get(Field.READING, "").strip(),
    )


def _commission(cells: Cells, sign: str) -> Decimal:
    """The bank's commission with its VAT where that stands apart, ₽."""
    parts = (parse_sum(cells.get(field, ""), decimal_sign=sign) for field in (Field.COMMISSION, Field.VAT))
    return sum((part for part in parts if part is not None), ZERO)


def _tied(amount: Decimal | None, cells: Cells, sign: str) -> tuple[str, str]:
    """A question where the sum is neither what is transferred nor that with the commission."""
    transferred = parse_sum(cells.get(Field.TRANSFERRED, ""), decimal_sign=sign)
    if amount is None or transferred is None or Field.COMMISSION not in cells:
        return "", ""
    commission = _commission(cells, sign)
    if amount in {transferred, transferred + abs(commission)}:
        return "", ""
    return "not_tied", f"{amount} / {transferred} + {commission}"


def _unreadable(cells: Cells, sign: str) -> tuple[str, str]:
    """A remark on a field that is not needed for crediting and cannot be read."""
    for field in (Field.COMMISSION, Field.VAT, Field.TRANSFERRED):
        text = cells.get(field, "").strip()
        if text.strip(_NOTHING) and parse_sum(text, decimal_sign=sign) is None:
            return f"{field}_unreadable", text
    period = cells.get(Field.PERIOD, "").strip()
    if period.strip(_NOTHING) and parse_period(period) is None:
        return "period_unreadable", period
    return "", ""


def bad_line(*, number: int, raw: str, problem: str, detail: str = "") -> ParsedLine:
    """A line that is not a line of this layout."""
    return ParsedLine(number=number, raw=raw, problem=problem, detail=detail)
