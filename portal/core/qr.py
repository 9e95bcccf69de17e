"""The payment string of ГОСТ Р 56042-2014, which any bank's application reads from a QR code.

Strict in what it writes: a receipt with a broken code is worse than a receipt not issued.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from portal.core.money import kopecks
from portal.core.periods import Period

FORMAT = "ST"
VERSION = "0001"
ENCODINGS = {"utf-8": "2", "cp1251": "1"}
"""The standard's digits of the encodings that are written."""
MAX_BYTES = 300
HOUSING_SERVICES = "02"  # the standard's technical code for housing and communal services
SEPARATORS = "|~_#$^&*/`@%"

NAME_LENGTH = 160
BANK_NAME_LENGTH = 45
SUM_DIGITS = 18

LEGAL_FORMS = (
    ("федеральное государственное унитарное предприятие", "ФГУП"),
    ("государственное унитарное предприятие", "ГУП"),
    ("муниципальное унитарное предприятие", "МУП"),
    ("муниципальное казенное предприятие", "МКП"),
    ("муниципальное бюджетное учреждение", "МБУ"),
    ("муниципальное казенное учреждение", "МКУ"),
    ("государственное бюджетное учреждение", "ГБУ"),
    ("общество с ограниченной ответственностью", "ООО"),
    ("публичное акционерное общество", "ПАО"),
    ("открытое акционерное общество", "ОАО"),
    ("закрытое акционерное общество", "ЗАО"),
    ("непубличное акционерное общество", "НАО"),
    ("акционерное общество", "АО"),
)

Field = tuple[str, str]


class PaymentStringError(ValueError):
    """A value that the standard does not allow; `field` is the standard's name of it."""

    def __init__(self, field: str, reason: str) -> None:
        self.field = field
        self.reason = reason
        super().__init__(f"{field}: {reason}")


@dataclass(frozen=True, slots=True)
class Payee:
    """Payee. `correspondent_account` is empty for a bank that has none (a branch of the Treasury)."""

    name: str
    account: str
    bank_name: str
    bic: str
    correspondent_account: str = ""
    inn: str = ""
    kpp: str = ""


@dataclass(frozen=True, slots=True)
class PaymentOrder:
    """Payment order. Without an amount (or with none due) the payer types the sum."""

    payee: Payee
    amount: Decimal | None = None
    personal_account: str = ""
    period: Period | None = None
    last_name: str = ""
    address: str = ""
    purpose: str = ""


@dataclass(frozen=True, slots=True)
class PaymentCode:
    """The string as bytes of its encoding, and what was given up to stay within the standard's 300 bytes."""

    data: bytes
    encoding: str
    fields: tuple[Field, ...]
    left_out: tuple[str, ...]
    name_shortened: bool


def payment_string(order: PaymentOrder) -> bytes:
    """The bytes of `payment_code`. Raises PaymentStringError."""
    return payment_code(order).data


def payment_code(order: PaymentOrder) -> PaymentCode:
    """The payment string, at most 300 bytes in its encoding; a value is never cut.

    Required fields come first, in the standard's order; the account number and the sum are always there. What does not
    fit goes in the order of harm: purpose, address and last name of the payer; UTF-8 (cp1251 takes a byte a letter);
    KPP; the long form of the name («Муниципальное унитарное предприятие» becomes «МУП»); the technical code; INN; the
    period. The separator is «|», or another one when a value contains it.

    Raises PaymentStringError when a required value is missing or malformed, or the string does not fit even so.
    """
    required, optional = _required(order.payee), [field for field in _optional(order) if field[1]]
    for encoding, shortened, given_up in _attempts():
        fields = _shortened(required) if shortened else required
        remaining = [field for field in optional if field[0] not in given_up and field[0] not in _PAYER]
        code = _fitted(fields, remaining, encoding)
        if code is None:
            continue
        payer = [field for field in optional if field[0] in _PAYER]
        chosen = _with_payer(fields, remaining, payer, optional, encoding)
        written = {key for key, _value in chosen}
        left_out = tuple(key for key, _value in optional if key not in written)
        name_shortened = fields[0] != required[0]
        return PaymentCode(_joined(chosen, encoding), encoding, tuple(chosen), left_out, name_shortened)
    raise PaymentStringError("Name", f"the fields that must be there take more than {MAX_BYTES} bytes")


_PAYER = ("LastName", "PayerAddress", "Purpose")
_GIVEN_UP = ("KPP", "TechCode", "PayeeINN", "PaymPeriod")


def _attempts() -> Iterator[tuple[str, bool, frozenset[str]]]:
    """(encoding, whether the name is shortened, fields left out), from the least harm to the most."""
    yield "utf-8", False, frozenset()
    yield "cp1251", False, frozenset()
    yield "cp1251", False, frozenset(_GIVEN_UP[:1])
    for encoding in ("cp1251", "utf-8"):  # a name with letters that cp1251 lacks
        for count in range(1, len(_GIVEN_UP) + 1):
            yield encoding, True, frozenset(_GIVEN_UP[:count])


def _fitted(required: Sequence[Field], optional: Sequence[Field], encoding: str) -> bytes | None:
    """The joined fields, or None when they take too many bytes or the encoding lacks a letter."""
    try:
        data = _joined([*required, *optional], encoding)
    except UnicodeEncodeError:
        return None
    return data if len(data) <= MAX_BYTES else None


def _with_payer(
    required: Sequence[Field], remaining: Sequence[Field], payer: Sequence[Field], order: Sequence[Field], encoding: str
) -> list[Field]:
    """The fields with those of the payer that still fit, in the standard's order."""
    chosen = list(remaining)
    for field in payer:
        if _fitted(required, [*chosen, field], encoding) is not None:
            chosen.append(field)
    return [*required, *(field for field in order if field in chosen)]


def _shortened(required: Sequence[Field]) -> list[Field]:
    """The required fields with the legal form of the name as its abbreviation."""
    (key, name), *rest = required
    folded = name.lower().replace("ё", "е")
    for form, abbreviation in LEGAL_FORMS:
        place = folded.find(form)
        if place >= 0:
            name = _clean(f"{name[:place]}{abbreviation} {name[place + len(form) :]}")
            break
    return [(key, name), *rest]


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


def _joined(fields: Iterable[Field], encoding: str) -> bytes:
    """The string in an encoding. Raises UnicodeEncodeError where it lacks a letter."""
    written = list(fields)
    separator = _separator(value for _key, value in written)
    parts = [FORMAT + VERSION + ENCODINGS[encoding], *(f"{key}={value}" for key, value in written)]
    return separator.join(parts).encode(encoding)
