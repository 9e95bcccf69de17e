"""Effect of another calendar of the month or other rules of calculation, shown before saving."""

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Sum

from portal.billing.enums import Basis, ChargeKind, NumberKind
from portal.billing.loading.facts import open_accounts
from portal.billing.models import BillingSettings, Charge
from portal.billing.number_types import TYPES
from portal.billing.questions import Question
from portal.billing.selectors.bills import due_on
from portal.billing.selectors.previews import charges_of_month, last_closed_month
from portal.core.calendars import default_calendar
from portal.core.models import MonthCalendar
from portal.core.money import from_kopecks
from portal.core.periods import Period
from portal.ledger.selectors import IN_KOPECKS

MORE_IS_UNUSUAL = ("estimate_limit", "average_months", "average_minimum")


@dataclass(frozen=True, slots=True)
class RuleLine:
    """One value that becomes another; numbers and yes or no."""

    label: str
    old: Any
    new: Any

    @property
    def is_switch(self) -> bool:
        """Whether it is yes or no."""
        return isinstance(self.new, bool)


@dataclass(frozen=True, slots=True)
class RulesPreview:
    """Values that change for months from `first` to `last` (inclusive; None: until others follow).

    `due`: when the bills of `first` fall due, before and after; None: on the same day. In `month`, the last closed
    one, `estimated` accounts were billed by the average, and `penalties` ₽ were charged; None for a calendar.
    """

    valid_from: dt.date
    first: Period
    last: Period | None
    lines: list[RuleLine]
    due: tuple[dt.date, dt.date] | None
    accounts: int
    month: Period | None
    estimated: int
    penalties: Decimal


def legal_values(kind: NumberKind, period: Period) -> MonthCalendar | BillingSettings:
    """Return what is in force for a period where the company has set nothing."""
    if kind == NumberKind.RULES:
        return BillingSettings()
    return default_calendar(period)


def preview_rules(
    kind: NumberKind, *, valid_from: dt.date, values: Mapping[str, Any] | None, without: Collection[int] = ()
) -> RulesPreview:
    """Return what values change from a month on (eight queries); None: the row is withdrawn and the former ones stay.

    `without`: rows that will be withdrawn with it.
    """
    numbered, period = TYPES[kind], Period.of(valid_from)
    model: Any = numbered.model
    others = model.objects.active().exclude(pk__in=without)
    before: Any = others.filter(valid_from__lte=valid_from).order_by("-valid_from").first()
    before = before or legal_values(kind, period)
    following = others.filter(valid_from__gt=valid_from).order_by("valid_from").first()
    old = {name: getattr(before, name) for name in numbered.fields if name != numbered.day}
    new: Mapping[str, Any] = values or {}
    if values is None:
        withdrawn = model.objects.get(pk=next(iter(without)))
        old, new = {name: getattr(withdrawn, name) for name in old}, old
    lines = [
        RuleLine(str(model._meta.get_field(name).verbose_name), old[name], new[name])
        for name in old
        if old[name] != new[name]
    ]
    month = last_closed_month() if kind == NumberKind.RULES else None
    averaged = charges_of_month(Charge.objects.filter(basis=Basis.AVERAGE), month, ChargeKind.CHARGE)
    penalties = charges_of_month(Charge.objects.all(), month, ChargeKind.PENALTY)
    return RulesPreview(
        valid_from=valid_from,
        first=period,
        last=Period.of(following.valid_from).previous if following else None,
        lines=lines,
        due=_due_days(period, old["due_day"], new["due_day"]) if kind == NumberKind.MONTH_CALENDAR else None,
        accounts=open_accounts(period).count(),
        month=month,
        estimated=averaged.values("account_id").distinct().count(),
        penalties=from_kopecks(penalties.aggregate(total=Sum(IN_KOPECKS))["total"] or 0),
    )


def _due_days(period: Period, before: int, after: int) -> tuple[dt.date, dt.date] | None:
    due = due_on(period, due_day=before), due_on(period, due_day=after)
    return due if due[0] != due[1] else None


def rule_questions(kind: NumberKind, values: Mapping[str, Any]) -> list[Question]:
    """Return what to ask about values that are not as the law has them: a due day before its own, another limit, a
    switch.
    """
    model = TYPES[kind].model
    legal = legal_values(kind, Period.of(values["valid_from"]))
    raised = []
    for name in TYPES[kind].fields:
        label = str(model._meta.get_field(name).verbose_name)  # type: ignore[union-attr]  # a column
        value, usual = values[name], getattr(legal, name)
        if usual is True and value is False:
            raised.append(Question("switched_off", label=label))
        elif (name == "due_day" and value < usual) or (name in MORE_IS_UNUSUAL and value != usual):
            raised.append(Question("unusual", old=Decimal(usual), new=Decimal(value), label=label))
    return raised
