"""Switching the rule of two people off: the others are notified; for a day it does not apply to its author."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal

from django.db import models

from portal.accounts.models import User
from portal.approvals import notifications
from portal.approvals.models import ApprovalSettings
from portal.core import clock

STILL_WAITS = dt.timedelta(hours=24)
"""Real time for which what a person enters still waits after they switched a rule off."""
SUMS = ("second_person_above", "day_above")
MONEY = (*SUMS, "account_days", "two_people_corrections", "two_people_reductions")


def note_loosening(rules: ApprovalSettings, *, before: Mapping[str, str], after: Mapping[str, str], by: User) -> None:
    """Store who switched a rule off or raised a limit, and tell the others. Values as text by the fields' names."""
    changed = [field for field in rules._meta.concrete_fields if _is_looser(field, before, after)]
    if not changed:
        return
    now = clock.real_now()
    rules.loosened |= {field.name: {"by": by.pk, "at": now.isoformat()} for field in changed}
    rules.save(update_fields=["loosened"])
    names = [str(field.verbose_name) for field in changed]
    description = "; ".join(f"{name}: {_value_text(before[name])} → {_value_text(after[name])}" for name in names)
    notifications.notify_rules_loosened(by=by, what=description, event=f"approval-rules:{now.isoformat()}")


def _value_text(value: str) -> str:
    return {"True": "да", "False": "нет"}.get(value, value)


def _is_looser(field: "models.Field[object, object]", before: Mapping[str, str], after: Mapping[str, str]) -> bool:
    name = str(field.verbose_name)
    was, now = before.get(name), after.get(name)
    if was is None or now is None or was == now:
        return False
    if isinstance(field, models.BooleanField):
        return was == "True"
    if field.name in SUMS:
        return Decimal(now) > Decimal(was)
    return field.name == "account_days" and int(now) < int(was)


def still_waits(rules: ApprovalSettings, *fields: str, by: User) -> bool:
    """Whether a person switched one of the rules off within the last day: to them it still applies."""
    since = clock.real_now() - STILL_WAITS
    marks = [rules.loosened[name] for name in fields if name in rules.loosened]
    return any(mark["by"] == by.pk and dt.datetime.fromisoformat(mark["at"]) > since for mark in marks)
