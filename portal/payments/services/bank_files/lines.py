"""A line of a bank's file as its parser read it, and the texts by which rules know it."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from portal.core.money import ZERO
from portal.payments.models import BankFileLine


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedLine:
    """A line as the parser read it, ₽. `problem` is a code of what cannot be read; `detail` what was seen."""

    number: int
    raw: str
    problem: str = ""
    detail: str = ""
    account_text: str = ""
    amount: Decimal | None = None
    commission: Decimal = ZERO
    question: str = ""
    """Code of what must be decided before the line is credited."""
    question_detail: str = ""
    remark: str = ""
    """Code of what was not read of a line that is credited all the same."""
    remark_detail: str = ""
    paid_on: dt.date | None = None
    period: dt.date | None = None
    operation: str = ""
    payer: str = ""
    address: str = ""
    purpose: str = ""
    readings: str = ""


def normalised(text: str) -> str:
    """A text by which a rule is remembered: small letters, single spaces."""
    return " ".join(text.lower().replace("ё", "е").split())[:200]


def payer_key(line: ParsedLine | BankFileLine) -> str:
    """A payer by name and address."""
    return normalised(f"{line.payer} {line.address}")
