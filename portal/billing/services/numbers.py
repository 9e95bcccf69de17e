"""Adding, changing and withdrawing dated numbers. No change reaches into a month that a closing has used it for.

A change is checked and made under one lock that a closing takes too when it starts: whichever comes first, the other
sees it.
"""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db import transaction

from portal.accounts import audit
from portal.accounts.enums import Service
from portal.accounts.models import AccountService, User
from portal.billing.enums import NumberAction, NumberKind
from portal.billing.exceptions import (
    DueDayCounted,
    KeyRateInFuture,
    MonthsClosed,
    NormMissing,
    NumberGone,
    NumberOutOfBounds,
    NumberStands,
    NumberUsed,
)
from portal.billing.models import KeyRate, KeyRateCap, Norm, PeriodRun
from portal.billing.number_types import TYPES, NumberChange, NumberType
from portal.billing.selectors.opening import billed_until
from portal.billing.usage import due_days_moved, used_by
from portal.core import cache_version, clock
from portal.core.dated_numbers import DatedNumber
from portal.core.locks import lock_until_commit
from portal.core.periods import Period

DAY = dt.timedelta(days=1)


def lock_numbers() -> None:
    """Let one writer of numbers or starting closing pass at a time, until the transaction ends."""
    lock_until_commit("billing.numbers")


def existing_number(*, kind: NumberKind, pk: int | None) -> DatedNumber:
    """A number that counts. Raises NumberGone when it was withdrawn meanwhile, or never was."""
    existing: DatedNumber | None = TYPES[kind].model.objects.active().filter(pk=pk).first()
    if existing is None:
        raise NumberGone
    return existing


@transaction.atomic
def apply_change(
    change: NumberChange, *, by: User | None, today: dt.date, approved_by: User | None = None
) -> DatedNumber:
    """Make a change, note it in the audit, return the number (of a withdrawal: the row that no longer counts).

    A number that changes is withdrawn and entered anew, so that its table shows both. Remarks (the source, the mark
    of the decree) and the end of a limit after the last closing change in place. Raises NumberUsed, NumberGone,
    NumberStands, NumberOutOfBounds, MonthsClosed, NormMissing, KeyRateInFuture, DueDayCounted.
    """
    lock_numbers()
    numbered = TYPES[change.kind]
    if change.action == NumberAction.ADD:
        made = _add(change, by=by, approved_by=approved_by, today=today)
        _note(made, by=by, what="добавлено", after=_described(made, numbered))
        return made
    existing = existing_number(kind=change.kind, pk=change.number_id)
    before = _described(existing, numbered)
    if change.action == NumberAction.CHANGE and _in_place(existing, change, numbered):
        _note(existing, by=by, what=f"исправлено: {change.reason}", before=before, after=_described(existing, numbered))
        return existing
    require_unused(existing)
    withdraw_row(existing, by=by, reason=change.reason)
    if change.action == NumberAction.WITHDRAW:
        _note(existing, by=by, what=f"отозвано: {change.reason}", before=before)
        return existing
    made = _add(change, by=by, approved_by=approved_by, today=today)
    _note(made, by=by, what=f"заменено: {change.reason}", before=before, after=_described(made, numbered))
    return made


def check_change(change: NumberChange, *, today: dt.date) -> None:
    """Raise what `apply_change` would raise; changes nothing."""
    with transaction.atomic():
        try:
            apply_change(change, by=None, today=today)
        finally:
            transaction.set_rollback(True)


def require_unused(number: DatedNumber) -> None:
    """Raise NumberUsed when a closing has used a number."""
    used = used_by(number)
    if used is not None:
        raise NumberUsed(period=used, earliest=first_open_day(number), what=str(number))


def first_open_day(number: DatedNumber) -> dt.date:
    """From which day another number of its kind may begin."""
    last = PeriodRun.objects.active().newest()
    if last is None:
        return dt.date.min
    counted = last.closing_day if isinstance(number, KeyRate | KeyRateCap) else Period.of(last.period).last_day
    return counted + DAY


def withdraw_row(number: DatedNumber, *, by: User | None, reason: str) -> None:
    """Let a row count no longer; it stays in its table with who, when and why. For a caller that holds the lock."""
    number.withdrawn_at, number.withdrawn_by = clock.now(), by
    number.withdrawal_reason = reason[:250]
    number.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawal_reason"])
    cache_version.bump()


def _in_place(existing: Any, change: NumberChange, numbered: NumberType) -> bool:
    """Change what has no effect on closed months in the row itself; False when more is to change."""
    changed = {name for name in numbered.fields if getattr(existing, name) != change.values[name]}
    only_end = not changed - {*numbered.remarks, "valid_until"}
    if changed - set(numbered.remarks) and not (only_end and _ends_ahead(existing, change)):
        return False
    for name in changed:
        setattr(existing, name, change.values[name])
    existing.save(update_fields=sorted(changed))
    cache_version.bump()
    return True


def _ends_ahead(existing: Any, change: NumberChange) -> bool:
    """Whether a limit ended, and would end, after the last closing day: nothing was counted by the days between."""
    last = PeriodRun.objects.active().newest()
    earliest = max(existing.valid_from, last.closing_day) if last else existing.valid_from
    return all(end is None or end >= earliest for end in (existing.valid_until, change.values["valid_until"]))


def _add(change: NumberChange, *, by: User | None, approved_by: User | None, today: dt.date) -> DatedNumber:
    numbered, values = TYPES[change.kind], dict(change.values)
    _require_bounds(numbered, values)
    _require_begin(change.kind, values, today=today)
    same = {name: values[name] for name in (*numbered.same, numbered.day)}
    if numbered.model.objects.active().filter(**same).exists():
        raise NumberStands
    made: DatedNumber = numbered.model.objects.create(**values, entered_by=by, approved_by=approved_by)
    cache_version.bump()
    return made


def _require_bounds(numbered: NumberType, values: Mapping[str, Any]) -> None:
    value = values[numbered.value]
    if numbered.bounds is None or value is None:
        return
    least, most = numbered.bounds
    if not least <= value <= most:
        raise NumberOutOfBounds(value=Decimal(value), least=least, most=most)


def _require_begin(kind: NumberKind, values: Mapping[str, Any], *, today: dt.date) -> None:
    match kind:
        case NumberKind.NORM:
            _require_norm(service=Service(values["service"]), valid_from=values["valid_from"])
        case NumberKind.RAISING | NumberKind.VAT | NumberKind.MONTH_CALENDAR | NumberKind.RULES:
            require_open(values["valid_from"])
        case NumberKind.KEY_RATE:
            _require_key_rate(valid_from=values["valid_from"], today=today)
        case NumberKind.KEY_RATE_CAP:
            _require_after_closing(values["valid_from"])
        case NumberKind.WORKDAY:
            _require_due_days(values["day"], working=values["working"])


def require_open(valid_from: dt.date) -> None:
    """Raise MonthsClosed when a day lies in a closed month or before it."""
    closed = billed_until()
    if closed is not None and valid_from <= closed:
        raise MonthsClosed(earliest=closed + DAY)


def _require_norm(*, service: Service, valid_from: dt.date) -> None:
    """Raise MonthsClosed, or NormMissing when months between the last closed one and the new norm would have none.

    Where no norm was in force nobody can have been billed by one: there a norm may begin in a closed month, so that
    the accounts that wait for it can be closed. Without a coefficient accounts were billed by 1.
    """
    if Norm.objects.active().filter(service=service, valid_from__lte=valid_from).exists():
        require_open(valid_from)
        return
    first_open = _first_open_month(service)
    first_counted = Period.of(valid_from) if valid_from.day == 1 else Period.of(valid_from).next
    if first_open is not None and first_counted > first_open:
        raise NormMissing(service=service, first=first_open, last=first_counted.previous)


def _first_open_month(service: Service) -> Period | None:
    """The first month not closed in which the service is supplied to anybody."""
    since = AccountService.objects.filter(service=service).order_by("since").values_list("since", flat=True).first()
    closed = billed_until()
    if since is None:
        return None
    return Period.of(since) if closed is None else max(Period.of(since), Period.of(closed).next)


def _require_key_rate(*, valid_from: dt.date, today: dt.date) -> None:
    """Raise KeyRateInFuture, or MonthsClosed when penalties were counted by another rate on that day (inclusive)."""
    if valid_from > today:
        raise KeyRateInFuture(valid_from=valid_from)
    if KeyRate.objects.active().filter(valid_from__lte=valid_from).exists():
        _require_after_closing(valid_from)


def _require_after_closing(valid_from: dt.date) -> None:
    last = PeriodRun.objects.active().newest()
    if last is not None and valid_from <= last.closing_day:
        raise MonthsClosed(earliest=last.closing_day + DAY)


def _require_due_days(day: dt.date, *, working: bool) -> None:
    """Raise DueDayCounted when a transferred day would move the due day of a closed month."""
    closed = {Period.of(run.period) for run in PeriodRun.objects.active()}
    for period, before, _after in due_days_moved(day, working=working):
        if period in closed:
            raise DueDayCounted(period=period, due_on=before)


def _described(number: DatedNumber, numbered: NumberType) -> str:
    """A number with its fields, for the audit: «Холодное водоснабжение; 2026-12-01; 4.331; Распоряжение № 7»."""
    shown = []
    for name in numbered.fields:
        label = getattr(number, f"get_{name}_display", None)
        shown.append(str(label() if label else getattr(number, name)))
    return "; ".join(shown)


def _note(number: DatedNumber, *, by: User | None, what: str, before: str = "", after: str = "") -> None:
    title = number._meta.verbose_name
    audit.setting_changed(number, by=by, what=f"{title}: {what}", before=before, after=after)
