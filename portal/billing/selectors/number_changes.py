"""Effect of a change of a dated number: the number that begins, the one that is withdrawn, and what to ask about it."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet, Sum

from portal.accounts.enums import Service
from portal.approvals.models import ApprovalSettings
from portal.billing.enums import ChargeKind, NumberAction, NumberKind
from portal.billing.exceptions import NumberGone
from portal.billing.models import Charge, Rate, VatRate
from portal.billing.number_types import SEVERAL_VALUES, TYPES, NumberChange
from portal.billing.questions import A_YEAR, Question, questions
from portal.billing.selectors.previews import (
    KeyRatePreview,
    NumberPreview,
    around,
    last_closed_month,
    preview_cap,
    preview_key_rate,
    preview_number,
    preview_rate,
)
from portal.billing.selectors.rule_changes import RulesPreview, preview_rules, rule_questions
from portal.billing.usage import due_days_moved
from portal.core.money import from_kopecks, included_vat
from portal.core.periods import Period
from portal.ledger.selectors import IN_KOPECKS


@dataclass(frozen=True, slots=True)
class VatPreview:
    """`old_vat` and `new_vat` are within what was charged in `month`, ₽; the sums to pay stay as they are."""

    valid_from: dt.date
    old: Decimal | None
    new: Decimal | None
    until: dt.date | None
    month: Period | None
    charged: Decimal
    old_vat: Decimal
    new_vat: Decimal


@dataclass(frozen=True, slots=True)
class WorkdayPreview:
    """Months that fall due on another day: the month, its due day without the transferred day, and with it."""

    valid_from: dt.date
    moved: list[tuple[Period, dt.date, dt.date]]


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """A number that will count no longer: what stays in force in its place, since when; None: nothing does.

    `extra` is what the accounts would have paid more in `month` than with the number, ₽ (negative: less).
    """

    number: Any
    value: Decimal | None
    stays: Decimal | None
    stays_since: dt.date | None
    month: Period | None
    extra: Decimal | None


Effect = NumberPreview | KeyRatePreview | VatPreview | WorkdayPreview | RulesPreview


@dataclass(frozen=True, slots=True)
class ChangePreview:
    """All that a change of a number does, and what whoever enters or approves it is asked about."""

    change: NumberChange
    effect: Effect | None
    withdrawn: Withdrawal | None
    questions: list[Question]

    @property
    def extra(self) -> Decimal | None:
        """₽ a month more, where it is known."""
        return getattr(self.effect or self.withdrawn, "extra", None)


def preview_vat(*, valid_from: dt.date, percent: Decimal | None, without: Collection[int] = ()) -> VatPreview:
    """Return what another rate of VAT changes within the same sums (a few queries)."""
    old, until = around(VatRate.objects.active().exclude(pk__in=without), "percent", valid_from)
    month = last_closed_month()
    lines = Charge.objects.none()
    if month is not None:
        lines = Charge.objects.filter(period=month.first_day, reversed_at=None).exclude(kind=ChargeKind.PENALTY)
    charged = from_kopecks(lines.order_by().aggregate(total=Sum(IN_KOPECKS))["total"] or 0)
    return VatPreview(
        valid_from, old, percent, until, month, charged, included_vat(charged, old), included_vat(charged, percent)
    )


def preview_number_change(change: NumberChange, *, today: dt.date) -> ChangePreview:
    """Return what a change does (a dozen queries or two). Raises NumberGone when the number counts no longer."""
    row: Any = None
    if change.action != NumberAction.ADD:
        row = TYPES[change.kind].model.objects.active().filter(pk=change.number_id).first()
        if row is None:
            raise NumberGone
    without = () if row is None else (row.pk,)
    effect = _withdrawal_effect(change, row) if change.action == NumberAction.WITHDRAW else _effect(change, without)
    raised = [] if change.action == NumberAction.WITHDRAW else _questions(change, effect, today=today)
    withdrawn = None if row is None else preview_withdrawal(change.kind, row)
    return ChangePreview(change, effect, withdrawn, raised)


def _withdrawal_effect(change: NumberChange, row: Any) -> Effect | None:
    """Of a row with several values those that change back; of a single number `Withdrawal` says it all."""
    if change.kind not in SEVERAL_VALUES:
        return None
    return preview_rules(change.kind, valid_from=row.valid_from, values=None, without=(row.pk,))


def _questions(change: NumberChange, effect: Effect | None, *, today: dt.date) -> list[Question]:
    rules = {"today": today, "factor": ApprovalSettings.load().factor(TYPES[change.kind].rule)}
    values = change.values
    if change.kind == NumberKind.WORKDAY_YEAR:
        return questions(valid_from=dt.date(values["year"], 1, 1), expected_from=dt.date(today.year, 1, 1), **rules)
    if isinstance(effect, RulesPreview):
        next_month = Period.of(today).next.first_day
        days = questions(valid_from=effect.valid_from, expected_from=next_month, **rules)
        return [*rule_questions(change.kind, values), *days]
    if effect is None or isinstance(effect, WorkdayPreview):
        return questions(valid_from=values["day"], expected_from=today, **rules)
    return questions(
        old=effect.old,
        new=effect.new,
        may_be_none=change.kind == NumberKind.VAT,
        valid_from=effect.valid_from,
        valid_until=values.get("valid_until"),
        expected_from=today - A_YEAR if effect.until is not None and change.kind != NumberKind.KEY_RATE_CAP else None,
        **rules,
    )


def _effect(change: NumberChange, without: Collection[int]) -> Effect | None:
    values = change.values
    match change.kind:
        case NumberKind.NORM | NumberKind.RAISING:
            model: Any = TYPES[change.kind].model
            return preview_number(
                model=model,
                service=Service(values["service"]),
                valid_from=values["valid_from"],
                value=values["value"],
                without=without,
            )
        case NumberKind.KEY_RATE:
            return preview_key_rate(valid_from=values["valid_from"], percent=values["percent"], without=without)
        case NumberKind.KEY_RATE_CAP:
            return preview_cap(
                valid_from=values["valid_from"],
                valid_until=values["valid_until"],
                percent=values["percent"],
                without=without,
            )
        case NumberKind.VAT:
            return preview_vat(valid_from=values["valid_from"], percent=values["percent"], without=without)
        case NumberKind.WORKDAY:
            moved = due_days_moved(values["day"], working=values["working"], pk=next(iter(without), None))
            return WorkdayPreview(values["day"], list(moved))
        case NumberKind.MONTH_CALENDAR | NumberKind.RULES:
            return preview_rules(change.kind, valid_from=values["valid_from"], values=values, without=without)
    return None


def preview_withdrawal(kind: NumberKind, row: Any) -> Withdrawal:
    """Return what stays in force when a number is withdrawn (a dozen queries)."""
    if kind in (NumberKind.WORKDAY, NumberKind.WORKDAY_YEAR, *SEVERAL_VALUES):
        return Withdrawal(row, None, None, None, None, None)
    numbered = TYPES[kind]
    same = {name: getattr(row, name) for name in numbered.same}
    others = numbered.model.objects.active().filter(**same).exclude(pk=row.pk)
    fields = {name: getattr(row, name) for name in numbered.fields}
    effect = _effect(NumberChange(kind=kind, action=NumberAction.ADD, values=fields), (row.pk,))
    return _withdrawal(row, getattr(row, numbered.value), others, numbered.value, getattr(effect, "extra", None))


def preview_rate_withdrawal(row: Rate) -> Withdrawal:
    """Return what stays in force when a price that no closing has used is withdrawn (eight queries)."""
    others = Rate.objects.active().filter(service=row.service).exclude(pk=row.pk)
    effect = preview_rate(service=Service(row.service), valid_from=row.valid_from, price=row.price, without=(row.pk,))
    return _withdrawal(row, row.price, others, "price", effect.extra)


def _withdrawal(
    row: Any, value: Decimal | None, others: "QuerySet[Any]", column: str, extra: Decimal | None
) -> Withdrawal:
    before = others.filter(valid_from__lte=row.valid_from).order_by("-valid_from").first()
    return Withdrawal(
        number=row,
        value=value,
        stays=getattr(before, column) if before else None,
        stays_since=before.valid_from if before else None,
        month=last_closed_month(),
        extra=None if extra is None else -extra,
    )
