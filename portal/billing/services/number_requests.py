"""Numbers by two people: a change waits as a request and is made when somebody else approves it."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import translation

from portal.accounts.models import User
from portal.approvals.enums import OperationState
from portal.approvals.models import NumberRequest
from portal.approvals.services import NewNumberRequest, needs_two, request_number
from portal.billing.enums import NumberAction, NumberKind
from portal.billing.number_types import SEVERAL_VALUES, TYPES, NumberChange
from portal.billing.services.numbers import apply_change, check_change, existing_number
from portal.core import clock
from portal.core.dated_numbers import DatedNumber
from portal.core.formatting import date_text, exact_text
from portal.core.periods import Period

OWNER = "billing.number"
BEFORE_DAYS = {"valid_from": "с", "valid_until": "по"}


@transaction.atomic
def submit_change(change: NumberChange, *, by: User, today: dt.date, now: dt.datetime) -> DatedNumber | NumberRequest:
    """Make a change, or let it wait for a second person where the rules want one. Raises as `apply_change`.

    Remarks that change no sum never wait.
    """
    if not needs_two(TYPES[change.kind].rule, by=by) or _only_remarks(change):
        return apply_change(change, by=by, today=today)
    check_change(change, today=today)
    numbered = TYPES[change.kind]
    number_request, _created = request_number(
        NewNumberRequest(
            rule=numbered.rule,
            owner=OWNER,
            title=described(change),
            details={
                "kind": change.kind.value,
                "action": change.action.value,
                "number_id": change.number_id,
                "values": {name: None if value is None else str(value) for name, value in change.values.items()},
            },
            reason=change.reason,
        ),
        by=by,
        now=now,
    )
    return number_request


def _only_remarks(change: NumberChange) -> bool:
    if change.action != NumberAction.CHANGE:
        return False
    existing, numbered = existing_number(kind=change.kind, pk=change.number_id), TYPES[change.kind]
    return all(
        getattr(existing, name) == change.values[name] for name in numbered.fields if name not in numbered.remarks
    )


def book_request(request: NumberRequest, now: dt.datetime) -> None:
    """Make what a second person has just approved. Raises as `apply_change`: a closing may have come in between."""
    apply_change(
        change_of(request),
        by=request.made_by,
        approved_by=request.decided_by,
        today=clock.date_of(now),
    )


def change_of(request: NumberRequest) -> NumberChange:
    """The change that a request waits with."""
    details = request.details
    kind = NumberKind(details["kind"])
    return NumberChange(
        kind=kind,
        action=NumberAction(details["action"]),
        number_id=details["number_id"],
        values=_read(kind, details["values"]),
        reason=request.reason,
    )


def _read(kind: NumberKind, values: Mapping[str, str | None]) -> dict[str, Any]:
    fields = TYPES[kind].model._meta
    return {
        name: None if value is None else fields.get_field(name).to_python(value)  # type: ignore[union-attr]
        for name, value in values.items()
    }


def waiting_for_month(period: Period, *, closing_day: dt.date) -> list[NumberRequest]:
    """Requests that wait and would count in a month if they were approved, the oldest first (a few queries).

    Of requests without a day of their own (a page that comes down, a reduction) all.
    """
    waiting = NumberRequest.objects.filter(state=OperationState.WAITING).select_related("made_by").order_by("made_at")
    return [
        request for request in waiting if request.owner != OWNER or _counts_by(change_of(request), period, closing_day)
    ]


def _counts_by(change: NumberChange, period: Period, closing_day: dt.date) -> bool:
    numbered = TYPES[change.kind]
    current = numbered.model.objects.filter(pk=change.number_id).first() if change.number_id else None
    days = [change.values.get(numbered.day), getattr(current, numbered.day, None)]
    first = min(dt.date(day, 1, 1) if isinstance(day, int) else day for day in days if day is not None)
    if change.kind in (NumberKind.KEY_RATE, NumberKind.KEY_RATE_CAP):
        return first <= closing_day
    if change.kind in (NumberKind.WORKDAY, NumberKind.WORKDAY_YEAR):  # a month falls due in the next one
        return first <= period.next.last_day
    return first <= period.last_day


def described(change: NumberChange) -> str:
    """«Норматив: Холодное водоснабжение, 4,331 → 5 с 1 декабря 2026», in Russian."""
    numbered = TYPES[change.kind]
    with translation.override("ru"):
        before = None
        if change.action != NumberAction.ADD:
            before = existing_number(kind=change.kind, pk=change.number_id)
        title, fields = str(change.kind.label), _fields_to_show(change, before)
        if change.action == NumberAction.WITHDRAW:
            return f"{title}: отозвать «{_shown(before, fields)}»"
        after = _shown(numbered.model(**change.values), fields)
        if before is not None:
            return f"{title}: «{_shown(before, fields)}» заменить на «{after}»"
        return f"{title}: {after}"


def _fields_to_show(change: NumberChange, before: Any) -> tuple[str, ...]:
    """Of a row with several values its day and those that change; of any other all."""
    numbered = TYPES[change.kind]
    if change.kind not in SEVERAL_VALUES:
        return numbered.fields
    current = numbered.model() if before is None else before
    return tuple(
        name
        for name in numbered.fields
        if name == numbered.day or change.values.get(name, getattr(current, name)) != getattr(current, name)
    )


def _shown(number: Any, fields: tuple[str, ...]) -> str:
    parts = []
    for name in fields:
        label = getattr(number, f"get_{name}_display", None)
        value = label() if label else getattr(number, name)
        if name == "source" or value is None or value == "":
            continue
        if isinstance(value, bool):
            value = f"{number._meta.get_field(name).verbose_name}: {'да' if value else 'нет'}"
        elif isinstance(value, dt.date):
            value = f"{BEFORE_DAYS.get(name, '')} {date_text(value, year=True)}"
        elif isinstance(value, int) and name != "year":
            value = f"{number._meta.get_field(name).verbose_name}: {value}"
        elif not isinstance(value, str | int):
            value = exact_text(value)
        parts.append(str(value).strip())
    return ", ".join(parts)
