"""Content of a receipt, stored with it and never computed anew.

Sums in ₽, volumes in m³, dates inclusive. A positive balance is what the resident owes.
"""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from pydantic import BaseModel, ConfigDict

SCHEMA = 1


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Company(_Data):
    """Payee as it was on the day of issue."""

    name: str
    legal_name: str
    inn: str = ""
    kpp: str = ""
    bank_name: str = ""
    bank_account: str = ""
    bic: str = ""
    correspondent_account: str = ""
    address: str = ""
    office_hours: str = ""
    office_phone: str = ""
    emergency_phone: str = ""
    email: str = ""


class ReceiptLine(_Data):
    """One service, or a part of its month under one rate; without a volume, only what was recalculated."""

    service: str
    basis: str
    volume: Decimal | None = None
    rate: Decimal | None = None
    charged: Decimal = Decimal(0)
    raising: Decimal = Decimal(0)
    recalculation: Decimal = Decimal(0)
    total: Decimal


class Penalty(_Data):
    """Penalty on one month's debt: on how much, for how many days, by which yearly rate (percent)."""

    period: dt.date
    debt: Decimal
    days: int
    rate: Decimal
    amount: Decimal


class ReceiptMeter(_Data):
    """A meter's state at the closing; nothing is known of a reading that was not sent."""

    service: str
    number: str
    previous: Decimal | None = None
    previous_on: dt.date | None = None
    current: Decimal | None = None
    current_on: dt.date | None = None
    volume: Decimal | None = None
    verified_until: dt.date | None = None


class ReceiptNorm(_Data):
    """A norm in force, m³ per person per month; with the raising coefficient, 1 when there is none."""

    service: str
    value: Decimal
    raising: Decimal = Decimal(1)


class VatPart(_Data):
    """Sums of a receipt under one rate of VAT, %: what they come to, ₽, and the VAT within (both may be negative)."""

    rate: Decimal | None
    total: Decimal
    vat: Decimal


class ReceiptData(_Data):
    """All that stands on a receipt."""

    schema_version: int = SCHEMA
    number: str
    period: dt.date
    issued_on: dt.date
    due_on: dt.date
    company: Company
    payer: str
    last_name: str = ""
    address: str
    account: str
    els: str = ""
    izhku: str = ""
    persons: int
    owners_counted: bool = False
    area: Decimal | None = None
    lines: tuple[ReceiptLine, ...]
    penalties: tuple[Penalty, ...] = ()
    meters: tuple[ReceiptMeter, ...] = ()
    notes: tuple[str, ...] = ()
    norms: tuple[ReceiptNorm, ...] = ()
    opening: Decimal
    entered_debts: Decimal = Decimal(0)
    paid: Decimal
    corrections: Decimal = Decimal(0)
    corrected_since: Decimal = Decimal(0)
    """Corrections booked after the closing and before the issue, ₽."""
    penalty_total: Decimal = Decimal(0)
    to_pay: Decimal
    vat_rate: Decimal | None = None
    vat: Decimal = Decimal(0)
    vat_parts: tuple[VatPart, ...] = ()
    window_opens: int = 10
    window_closes: int = 20
    annuls: str = ""
    reason: str = ""
    as_of: dt.date | None = None
    """The day up to which payments and corrections are counted."""
    closed_on: dt.date | None = None
    up_to_entry: int = 0
    """The last entry of the ledger that `to_pay` counts."""


def breakdown_difference(data: Mapping[str, Any]) -> Decimal:
    """By how much, ₽, a stored receipt's parts miss what it asks to pay, or its penalties their total; 0 if they agree.

    The parts are the opening balance, debts entered since, payments (subtracted), lines, penalties, and corrections
    before the closing and after it.
    """
    lines = sum((Decimal(line["total"]) for line in data["lines"]), Decimal(0))
    penalties = sum((Decimal(penalty["amount"]) for penalty in data["penalties"]), Decimal(0))
    opening = Decimal(data["opening"]) + Decimal(data.get("entered_debts", 0))
    parts = opening - Decimal(data["paid"]) + lines + penalties + Decimal(data["corrections"])
    parts += Decimal(data.get("corrected_since", 0))
    return (parts - Decimal(data["to_pay"])) or (penalties - Decimal(data["penalty_total"]))
