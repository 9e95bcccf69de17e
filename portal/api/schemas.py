"""Schemas of requests and answers: sums in ₽ and volumes in m³ are strings, days and moments are ISO 8601.

Descriptions are msgids: the schema is served in the language of the reader.
"""

import datetime as dt
import re
import uuid
from collections.abc import Callable
from decimal import Decimal
from typing import Annotated, Any

from django.utils.translation import gettext_noop as _
from ninja import Field, Schema
from pydantic import BeforeValidator, ConfigDict, StrictBool, StrictInt, WithJsonSchema

MAX_KEY = 2**63 - 1
"""The largest primary key that the databases take."""
LARGEST_PAGE, DEFAULT_PAGE = 100, 50
LARGEST_BILLS, DEFAULT_BILLS = 12, 6
LARGEST_NUMBER = 10**9
CUBIC_METRES = r"[0-9]{1,9}(\.[0-9]{1,3})?"
ROUBLES = r"(0\.(0[1-9]|[1-9][0-9]?)|[1-9][0-9]{0,8}(\.[0-9]{1,2})?)"


def _decimal(pattern: str) -> Callable[[Any], Decimal]:
    """Take a string of digits with a point, or a number of JSON; true, infinity and exponents are no numbers."""
    digits = re.compile(pattern)

    def read(value: Any) -> Decimal:
        if isinstance(value, str) and digits.fullmatch(value):
            return Decimal(value)
        if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < LARGEST_NUMBER:
            return Decimal(str(value))
        raise ValueError("not a decimal")

    return read


def _whole(value: Any) -> Any:
    """Take 1.0 for 1: to JSON Schema both are integers."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _either(pattern: str, **bounds: int) -> WithJsonSchema:
    number = {"type": "number", "exclusiveMaximum": LARGEST_NUMBER, **bounds}
    return WithJsonSchema({"anyOf": [{"type": "string", "pattern": f"^{pattern}$"}, number]})


Volume = Annotated[Decimal, BeforeValidator(_decimal(CUBIC_METRES)), _either(CUBIC_METRES, minimum=0)]
Amount = Annotated[Decimal, BeforeValidator(_decimal(ROUBLES)), _either(ROUBLES, exclusiveMinimum=0)]
Key = Annotated[StrictInt, Field(ge=1, le=MAX_KEY), BeforeValidator(_whole)]


class StrictSchema(Schema):
    """What clients send: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid")


class AccountOut(Schema):
    """An account that the login holds."""

    id: int = Field(description=_("The account in addresses of this API"))
    number: str = Field(description=_("Number of the account, as on receipts"))
    address: str = Field(description=_("Address of the premises"))
    balance: Decimal = Field(description=_("₽; above zero: to pay, below zero: an advance"))
    opened_on: dt.date = Field(description=_("First day of the account"))
    closed_on: dt.date | None = Field(description=_("Last day of a closed account"))


class WindowOut(Schema):
    """Days on which readings are accepted."""

    opens_on: dt.date = Field(description=_("First day of the window (inclusive)"))
    closes_on: dt.date = Field(description=_("Last day of the window (inclusive)"))
    is_open: bool = Field(description=_("Whether it is open today"))


class AccountDetailOut(AccountOut):
    """An account with what comes next."""

    due_on: dt.date | None = Field(description=_("By which day the last bill is to be paid"))
    window: WindowOut = Field(description=_("The window for readings that is open or opens next"))


class MeterOut(Schema):
    """An active meter and what the next volume is counted from."""

    id: int = Field(description=_("The meter in addresses and readings of this API"))
    service: str = Field(description=_("Service that it measures: cold_water, hot_water"))
    place: str = Field(description=_("Where it is installed"))
    serial_number: str = Field(description=_("Number on the meter"))
    digits: int = Field(description=_("Digits before the comma"))
    verified_until: dt.date = Field(description=_("Last day of its verification"))
    last_value: Decimal = Field(description=_("Last accepted reading, m³"))
    last_taken_on: dt.date = Field(description=_("Day of the last accepted reading"))


class ReadingIn(StrictSchema):
    """A reading to send."""

    meter: Key = Field(description=_("The meter, from the list of meters"))
    value: Volume = Field(description=_("m³, three decimal places at most"))
    confirmed_high: StrictBool = Field(False, description=_("true after unusually_high, when the value is right"))
    confirmed_rollover: StrictBool = Field(False, description=_("true when the meter turned past its last digit"))


class ReadingOut(Schema):
    """A reading."""

    number: str = Field(description=_("Number of the reading"))
    meter: int = Field(description=_("The meter, from the list of meters"))
    value: Decimal = Field(description=_("m³"))
    taken_on: dt.date = Field(description=_("Day of the reading"))
    source: str = Field(description=_("Where it came from: cabinet, phone, paper, file, bank, control, act"))
    status: str = Field(description=_("accepted, replaced or rejected"))
    volume: Decimal | None = Field(description=_("m³ since the accepted reading before it; empty if it does not count"))


class ReadingResult(ReadingOut):
    """The reading that stands now, and what becomes of it."""

    result: str = Field(description=_("accepted, or flagged: accepted, and our staff will look at it"))
    message: str = Field(description=_("The result as text"))
    flags: list[str] = Field(description=_("Why staff look at it: high, rollover, leak, zero"))
    counts_for: dt.date = Field(description=_("First day of the month that it is charged for"))
    counts_on: dt.date = Field(description=_("Day on which the month is closed and the reading is charged"))
    may_change_until: dt.date = Field(description=_("Until this day another value may be sent instead"))
    next_window: WindowOut = Field(description=_("The window for readings after this one"))


class EntryOut(Schema):
    """An entry of the ledger."""

    id: int = Field(description=_("Number of the entry"))
    date: dt.date = Field(description=_("Day on which it counts"))
    kind: str = Field(description=_("charge, payment, penalty, recalculation, outage, correction, refund, opening"))
    amount: Decimal = Field(description=_("₽; above zero raises what is owed"))
    balance_after: Decimal = Field(description=_("₽ owed after it"))
    period: dt.date | None = Field(description=_("First day of the month that it is for"))


class ChargeOut(Schema):
    """A line of a bill with its reasons."""

    title: str = Field(description=_("Name of the line"))
    kind: str = Field(description=_("charge, outage, recalculation, correction or penalty"))
    service: str = Field(description=_("Service; empty for lines without one"))
    for_month: dt.date = Field(description=_("First day of the month that it is for"))
    volume: Decimal | None = Field(description=_("m³"))
    price: Decimal | None = Field(description=_("₽ per m³"))
    amount: Decimal = Field(description=_("₽"))
    reasons: list[str] = Field(description=_("Why it is this sum, sentence by sentence"))


class BillOut(Schema):
    """The charges of a closed month."""

    period: dt.date = Field(description=_("First day of the month"))
    closed_on: dt.date = Field(description=_("Day on which the month was closed"))
    due_on: dt.date = Field(description=_("By which day it is to be paid"))
    total: Decimal = Field(description=_("₽"))
    charges: list[ChargeOut] = Field(description=_("Lines of the bill"))


class ReceiptOut(Schema):
    """A receipt; its PDF has an address of its own."""

    id: int = Field(description=_("The receipt in addresses of this API"))
    number: str = Field(description=_("Number of the receipt"))
    period: dt.date = Field(description=_("First day of the month"))
    issued_on: dt.date = Field(description=_("Day of issue"))
    due_on: dt.date = Field(description=_("By which day it is to be paid"))
    to_pay: Decimal = Field(description=_("₽ to pay"))
    pdf: str = Field(description=_("Address of the PDF"))


class PaymentIn(StrictSchema):
    """A payment to begin."""

    amount: Amount = Field(description=_("₽, two decimal places at most"))
    contact: str = Field(
        "", max_length=254, description=_("Where the electronic receipt goes: e-mail or +7 and ten digits")
    )
    confirm_duplicate: StrictBool = Field(False, description=_("true after similar_payment_open, for a second payment"))


class PaymentOut(Schema):
    """A payment, and where its payer goes on."""

    reference: uuid.UUID = Field(description=_("The payment in addresses of this API"))
    state: str = Field(description=_("created, pending, waiting_for_capture, succeeded or canceled"))
    amount: Decimal = Field(description=_("₽"))
    refunded: Decimal = Field(description=_("₽ returned"))
    channel: str = Field(description=_("card, bank, post, office or transfer"))
    created_at: dt.datetime = Field(description=_("When it began"))
    paid_on: dt.date | None = Field(description=_("Day of the payment; empty until it is paid"))
    page: str = Field(description=_("The bank's page where the payer pays; empty once there is nothing to do there"))


class OutageOut(Schema):
    """An outage that concerns the account's house."""

    id: int = Field(description=_("Number of the outage"))
    kind: str = Field(description=_("planned or emergency"))
    services: list[str] = Field(description=_("Services that are off"))
    starts_at: dt.datetime = Field(description=_("When it begins"))
    ends_at: dt.datetime = Field(description=_("When it is expected to end"))
    reason: str = Field(description=_("Reason"))
    delivery: str = Field(description=_("Where water is delivered"))


class ProblemError(Schema):
    """One wrong field or parameter."""

    detail: str = Field(description=_("What is wrong"))
    pointer: str | None = Field(None, description=_("JSON pointer to the field of the body, as #/value"))
    parameter: str | None = Field(None, description=_("Name of the parameter of the address, path or header"))


class ProblemOut(Schema):
    """Problem details (RFC 9457): why a request was not done."""

    model_config = ConfigDict(extra="allow")

    type: str = Field(description=_("Address of the description of this kind of error"))
    title: str = Field(description=_("The kind of error as text"))
    status: int = Field(description=_("HTTP status"))
    detail: str = Field(description=_("What happened, in the language of Accept-Language; show it to the person"))
    instance: str = Field(description=_("Id of the request, also in X-Request-ID: quote it when you write to us"))
    code: str = Field(description=_("Code for programs"))
    errors: list[ProblemError] | None = Field(None, description=_("Wrong fields and parameters"))
    next_window: WindowOut | None = Field(None, description=_("When a refused reading can be sent"))
