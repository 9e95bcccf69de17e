"""Review of flagged readings by staff: accept, ask the resident, set aside. The value itself is never changed."""

import datetime as dt

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.db.models import QuerySet

from portal.accounts import audit
from portal.accounts.models import Account
from portal.core.formatting import date_text
from portal.core.periods import Period
from portal.metering.enums import Status
from portal.metering.exceptions import MonthPassed
from portal.metering.models import Reading
from portal.metering.notifications import ask_about_reading


def flagged_readings() -> QuerySet[Reading]:
    """Accepted readings that carry a flag and nobody looked at, oldest first, with meter and address."""
    waiting = Reading.objects.filter(status=Status.ACCEPTED, reviewed_at=None).exclude(flags=[])
    return waiting.select_related("meter__account__premises__house__street", "meter__type").order_by("taken_on", "pk")


def accept_flagged(*, reading: Reading, by: AbstractBaseUser | None, moment: dt.datetime) -> bool:
    """Accept a flagged reading; returns False when it was reviewed before."""
    waiting = Reading.objects.filter(pk=reading.pk, reviewed_at=None, status=Status.ACCEPTED)
    return _decided(reading, by, "принято", waiting.update(reviewed_at=moment, reviewed_by_id=by.pk if by else None))


def set_aside(*, reading: Reading, by: AbstractBaseUser | None, moment: dt.datetime) -> bool:
    """Exclude a wrong reading of the current month; the reading that it replaced does not come back.

    Returns False when it did not count any more. Raises MonthPassed for a reading of an earlier month.
    """
    if reading.taken_on not in Period.of(moment.date()):
        raise MonthPassed(str(reading.taken_on))
    waiting = Reading.objects.filter(pk=reading.pk, status=Status.ACCEPTED)
    changed = waiting.update(status=Status.REJECTED, reviewed_at=moment, reviewed_by_id=by.pk if by else None)
    return _decided(reading, by, "отложено, не считается", changed)


def _decided(reading: Reading, by: AbstractBaseUser | None, what: str, changed: int) -> bool:
    """Note a decision in the audit of the account; returns whether there was one."""
    if changed:
        description = f"Показание под вопросом: {reading.meter.serial_number}, {date_text(reading.taken_on, year=True)}"
        audit.decided(reading.meter.account, by=by, what=description, after=what)
    return bool(changed)


@transaction.atomic
def ask_about(*, reading: Reading, account: Account) -> int:
    """Ask everybody who holds the account to check a reading, once; returns how many messages went out."""
    return ask_about_reading(reading, account=account)
