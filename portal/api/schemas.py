"""Schemas of requests and answers: sums in ₽ and volumes in m³ are strings, days are ISO dates."""

import datetime as dt
from decimal import Decimal

from ninja import Field, Schema

MAX_KEY = 2**63 - 1
"""The largest primary key that the databases take."""
MAX_DIGITS = 20


class AccountOut(Schema):
    """An account of the login."""

    number: str
    address: str
    balance: Decimal = Field(description="₽; positive: to pay, negative: an advance")


class MeterOut(Schema):
    """An active meter and what the next volume is counted from."""

    id: int
    service: str
    place: str
    serial_number: str
    digits: int
    verified_until: dt.date
    last_value: Decimal = Field(description="m³")
    last_taken_on: dt.date


class ReadingIn(Schema):
    """A reading to send."""

    meter: int = Field(ge=1, le=MAX_KEY)
    value: Decimal = Field(max_digits=MAX_DIGITS, description="m³, three places at most")
    confirmed_high: bool = Field(False, description="true after the answer unusually_high, when the value is right")
    confirmed_rollover: bool = Field(False, description="true when the meter turned past its last digit")


class ReadingOut(Schema):
    """An accepted reading."""

    number: str
    meter: int
    value: Decimal
    taken_on: dt.date
    source: str
    status: str


class EntryOut(Schema):
    """An entry of the ledger."""

    id: int
    date: dt.date
    kind: str
    amount: Decimal = Field(description="₽; positive raises what is owed")
    balance_after: Decimal
    period: dt.date | None


class Refusal(Schema):
    """Why a request was not done: a code for programs, words for people."""

    code: str
    message: str
