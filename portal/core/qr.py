"""The payment string of ГОСТ Р 56042-2014, which any bank's application reads from a QR code.

Strict in what it writes: a receipt with a broken code is worse than a receipt not issued.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from portal.core.money import kopecks
from portal.core.periods import Period

FORMAT = "ST"
VERSION = "0001"
UTF_8 = "2"
MAX_BYTES = 300
HOUSING_SERVICES = "02"  # the standard's technical code for housing and communal services
SEPARATORS = "|~_#$^&*/`@%"

NAME_LENGTH = 160
BANK_NAME_LENGTH = 45
SUM_DIGITS = 18

Field = tuple[str, str]


class PaymentStringError(ValueError):
    """A value that the standard does not allow; `field` is the standard's name of it."""

    def __init__(self, field: str, reason: str) -> None:
        self.field = field
        self.reason = reason
        super().__init__(f"{field}: {reason}")


@dataclass(frozen=True, slots=True)
class Payee:
    """Who is paid. `correspondent_account` is empty for a bank that has none (a branch of the Treasury)."""

    name: str
    account: str
    bank_name: str
    bic: str
    correspondent_account: str = ""
    inn: str = ""
    kpp: str = ""


@dataclass(frozen=True, slots=True)
class PaymentOrder:
    """What is paid for. Without an amount (or with none due) the payer types the sum."""

    payee: Payee
    amount: Decimal | None = None
    personal_account: str = ""
    period: Period | None = None
    last_name: str = ""
    address: str = ""
    purpose: str = ""


def payment_string(order: PaymentOrder) -> bytes:
    """Return the string in UTF-8, at most 300 bytes.

    Required fields come first, in the standard's order. The others follow as far as the whole stays within the
    limit: the sum, the account and the period before name, address and purpose; a value is never cut.
    The separator is «|», or another one when a value contains it.

    Raises PaymentStringError when a required value is missing or malformed, or the required part is too long.
    """
    required = _required(order.payee)
    optional = [field for field in _optional(order) if field[1]]
    separator = _separator(value for _, value in (*required, *optional))
    size = len(_joined(required, separator))
    if size > MAX_BYTES:
        raise PaymentStringError("Name", f"the required fields take {size} bytes, the limit is {MAX_BYTES}")
    chosen: set[str] = set()
    for key, value in sorted(optional, key=lambda field: field[0] in _GIVEN_UP_FIRST):
        added = len(f"{separator}{key}={value}".encode())
        if size + added <= MAX_BYTES:
            chosen.add(key)
            size += added
    return _joined([*required, *(field for field in optional if field[0] in chosen)], separator)


_GIVEN_UP_FIRST = frozenset({"LastName", "PayerAddress", "Purpose"})


def _required(payee: Payee) -> list[Field]:
    return [
        ("Name", _text("Name", payee.name, NAME_LENGTH)),
        ("PersonalAcc", _digits("PersonalAcc", payee.account, 20)),
        ("BankName", _text("BankName", payee.bank_name, BANK_NAME_LENGTH)),
        ("BIC", _digits("BIC", payee.bic, 9)),
        ("CorrespAcc", _digits("CorrespAcc", payee.correspondent_account or "0", 20, 1)),
    ]


def _optional(order: PaymentOrder) -> list[Field]:
    payee = order.payee
    return [
        ("PayeeINN", _digits("PayeeINN", payee.inn, 10, 12) if payee.inn else ""),
        ("KPP", _digits("KPP", payee.kpp, 9) if payee.kpp else ""),
        ("Sum", _sum(order.amount)),
        ("PersAcc", _clean(order.personal_account)),
        ("PaymPeriod", f"{order.period.month:02}{order.period.year:04}" if order.period else ""),
        ("LastName", _clean(order.last_name)),
        ("PayerAddress", _clean(order.address)),
        ("Purpose", _clean(order.purpose)),
        ("TechCode", HOUSING_SERVICES),
    ]


def _sum(amount: Decimal | None) -> str:
    if amount is None or amount <= 0:
        return ""
    text = str(kopecks(amount))
    if len(text) > SUM_DIGITS:
        raise PaymentStringError("Sum", f"longer than {SUM_DIGITS} digits")
    return text


def _clean(value: str) -> str:
    """One line without control characters."""
    return " ".join(re.sub(r"[\x00-\x1f\x7f-\x9f]", " ", value).split())


def _text(field: str, value: str, limit: int) -> str:
    value = _clean(value)
    if not value:
        raise PaymentStringError(field, "is empty")
    if len(value) > limit:
        raise PaymentStringError(field, f"longer than {limit} characters")
    return value


def _digits(field: str, value: str, *lengths: int) -> str:
    if not (value.isascii() and value.isdigit() and len(value) in lengths):
        raise PaymentStringError(field, f"needs {' or '.join(map(str, lengths))} digits")
    return value


def _separator(values: Iterable[str]) -> str:
    used = "".join(values)
    for separator in SEPARATORS:
        if separator not in used:
            return separator
    raise PaymentStringError("Name", "no separator is left: the values contain all of them")


def _joined(fields: Iterable[Field], separator: str) -> bytes:
    parts = [FORMAT + VERSION + UTF_8, *(f"{key}={value}" for key, value in fields)]
    return separator.join(parts).encode()
