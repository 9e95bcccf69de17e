"""The kinds of dated numbers: their table, the two-person rule they are under, and the values that make sense."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from portal.approvals.enums import NumberRule
from portal.billing.enums import NumberAction, NumberKind
from portal.billing.models import (
    BillingSettings,
    KeyRate,
    KeyRateCap,
    Norm,
    RaisingCoefficient,
    VatRate,
    WorkdayException,
    WorkdayYear,
)
from portal.core.dated_numbers import DatedNumber
from portal.core.models import MonthCalendar


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberChange:
    """Change of a number. `values` by field, to add or change; `number_id` and `reason`, unless added."""

    kind: NumberKind
    action: NumberAction
    number_id: int | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    reason: str = ""


RATE_BOUNDS = (Decimal("0.01"), Decimal(5000))
"""₽ per m³: hot water of the dearest settlements costs some hundreds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberType:
    """A kind of number: `day` is the field from which it counts, `value` the number itself.

    `remarks` are fields without effect on any sum: they may be corrected at any time. `bounds` are inclusive; a value
    outside them is refused.
    """

    model: type[DatedNumber]
    rule: NumberRule
    day: str
    value: str
    fields: tuple[str, ...]
    remarks: tuple[str, ...] = ()
    bounds: tuple[Decimal, Decimal] | None = None
    same: tuple[str, ...] = ()
    """Fields that tell numbers of one table apart: each service has its own norms."""


TYPES: Mapping[NumberKind, NumberType] = {
    NumberKind.NORM: NumberType(
        model=Norm,
        rule=NumberRule.NORM,
        day="valid_from",
        value="value",
        fields=("service", "valid_from", "value", "source"),
        remarks=("source",),
        bounds=(Decimal("0.001"), Decimal(30)),
        same=("service",),
    ),
    NumberKind.RAISING: NumberType(
        model=RaisingCoefficient,
        rule=NumberRule.COEFFICIENT,
        day="valid_from",
        value="value",
        fields=("service", "valid_from", "value", "source"),
        remarks=("source",),
        bounds=(Decimal(1), Decimal(10)),
        same=("service",),
    ),
    NumberKind.KEY_RATE: NumberType(
        model=KeyRate,
        rule=NumberRule.KEY_RATE,
        day="valid_from",
        value="percent",
        fields=("valid_from", "percent"),
        bounds=(Decimal("0.1"), Decimal(60)),
    ),
    NumberKind.KEY_RATE_CAP: NumberType(
        model=KeyRateCap,
        rule=NumberRule.KEY_RATE,
        day="valid_from",
        value="percent",
        fields=("valid_from", "valid_until", "percent", "source"),
        remarks=("source",),
        bounds=(Decimal("0.1"), Decimal(60)),
    ),
    NumberKind.VAT: NumberType(
        model=VatRate,
        rule=NumberRule.VAT,
        day="valid_from",
        value="percent",
        fields=("valid_from", "percent"),
        bounds=(Decimal(0), Decimal(40)),
    ),
    NumberKind.WORKDAY_YEAR: NumberType(
        model=WorkdayYear,
        rule=NumberRule.CALENDAR,
        day="year",
        value="year",
        fields=("year", "by_decree", "source"),
        remarks=("by_decree", "source"),
        bounds=(Decimal(2000), Decimal(2100)),
    ),
    NumberKind.WORKDAY: NumberType(
        model=WorkdayException,
        rule=NumberRule.CALENDAR,
        day="day",
        value="working",
        fields=("day", "working"),
    ),
    NumberKind.MONTH_CALENDAR: NumberType(
        model=MonthCalendar,
        rule=NumberRule.RULES,
        day="valid_from",
        value="due_day",
        fields=(
            "valid_from",
            "window_opens",
            "reminder",
            "window_closes",
            "closing_day",
            "receipts_day",
            "due_day",
        ),
        bounds=(Decimal(1), Decimal(28)),
    ),
    NumberKind.RULES: NumberType(
        model=BillingSettings,
        rule=NumberRule.RULES,
        day="valid_from",
        value="estimate_limit",
        fields=(
            "valid_from",
            "estimate_limit",
            "average_months",
            "average_minimum",
            "raising_where_feasible",
            "penalties",
        ),
        bounds=(Decimal(1), Decimal(12)),
    ),
}
SEVERAL_VALUES = frozenset({NumberKind.MONTH_CALENDAR, NumberKind.RULES})
"""Kinds whose rows hold several values of one weight, in force for whole months."""


def kind_of(model: type[Any]) -> NumberKind:
    """The kind of a table's numbers. Raises StopIteration for another table."""
    return next(kind for kind, numbered in TYPES.items() if numbered.model is model)


def rule_of(model: type[Any]) -> NumberRule | None:
    """The two-person rule of a table's numbers; None for prices, whose pages wait in their own workflow."""
    return next((numbered.rule for numbered in TYPES.values() if numbered.model is model), None)
