"""Guessing of passwords, codes and keys is counted for one login and for one address, in the database: staff see
who waits, and let them in.

An attempt is counted before the password is looked at, so parallel tries gain nothing; a right password gives
its own count back.
"""

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.utils.crypto import salted_hmac
from django_q.tasks import async_task

from portal.accounts.enums import ThrottleScope
from portal.accounts.exceptions import TooManyAttempts
from portal.accounts.models import Throttle, User

NOTIFY_OWNER = "portal.accounts.jobs.notify_owner_of_guessing"
NOTIFIED_SCOPES = (ThrottleScope.LOGIN, ThrottleScope.CODE)
"""Scopes whose pause the owner of the login is notified of."""


@dataclass(frozen=True, slots=True)
class FailureLimit:
    """So many failures within the pause's length, then the pause."""

    attempts: int
    pause: dt.timedelta


def key_of(scope: ThrottleScope, label: str) -> str:
    """Return what a login or an address is counted under: its hash, whatever its case."""
    return salted_hmac(f"accounts.throttle.{scope}", label.strip().lower()).hexdigest()


def count_attempt(
    *,
    scope: ThrottleScope,
    label: str,
    limit: FailureLimit,
    moment: dt.datetime,
    shown: str = "",
    user: User | None = None,
) -> None:
    """Count one attempt. Raises TooManyAttempts while paused, and when this one is over the limit.

    `label` is what is counted, `shown` what staff read instead of it, `user` the login that it is about. When a pause
    of a login begins, a job tells its owner; it is queued for what is no login too, so that both cost the same.
    """
    with transaction.atomic():
        key = key_of(scope, label)
        first = Throttle(
            scope=scope, key=key, label=(shown or label).strip()[:254], user=user, counting_until=moment + limit.pause
        )
        # One upsert: as many queries for the first attempt as later, and nobody deletes the row before it is read.
        Throttle.objects.bulk_create(
            [first], update_conflicts=True, unique_fields=["scope", "key"], update_fields=["scope"]
        )
        row = Throttle.objects.select_for_update().get(scope=scope, key=key)
        if row.blocked_until is None or row.blocked_until <= moment:
            _count(row, limit, moment)
            if row.blocked_until is not None and scope in NOTIFIED_SCOPES:
                async_task(NOTIFY_OWNER, user.pk if user is not None else 0, scope.value)
    if row.blocked_until is not None and row.blocked_until > moment:
        raise TooManyAttempts(wait=row.blocked_until - moment)


def _count(row: Throttle, limit: FailureLimit, moment: dt.datetime) -> None:
    if row.blocked_until is not None or row.counting_until <= moment:
        row.failures, row.blocked_until, row.counting_until = 0, None, moment + limit.pause
    row.failures += 1
    if row.failures > limit.attempts:
        row.blocked_until = moment + limit.pause
    row.save(update_fields=["failures", "blocked_until", "counting_until"])


def give_back(*, scope: ThrottleScope, label: str) -> None:
    """Take one counted attempt back: it was right."""
    with transaction.atomic():
        row = Throttle.objects.select_for_update().filter(scope=scope, key=key_of(scope, label)).first()
        if row is not None and row.failures:
            row.failures -= 1
            row.save(update_fields=["failures"])


def check(*, scope: ThrottleScope, label: str, moment: dt.datetime) -> None:
    """Count nothing. Raises TooManyAttempts while paused (one query)."""
    row = Throttle.objects.filter(scope=scope, key=key_of(scope, label), blocked_until__gt=moment).first()
    if row is not None and row.blocked_until is not None:
        raise TooManyAttempts(wait=row.blocked_until - moment)


def lift(*, user: User) -> None:
    """The owner of a login proved who they are: its passwords are counted from nothing, for every browser.

    Codes stay counted: who can read the owner's mail must not get new tries at the second factor.
    """
    Throttle.objects.filter(scope=ThrottleScope.LOGIN, user=user).delete()


def forget(*, scope: ThrottleScope, label: str) -> None:
    """Count from nothing again."""
    Throttle.objects.filter(scope=scope, key=key_of(scope, label)).delete()


def unlock(throttle: Throttle) -> None:
    """Staff let a login or an address in at once."""
    Throttle.objects.filter(pk=throttle.pk).delete()


def sweep(*, moment: dt.datetime) -> int:
    """Forget what has ended long ago; returns how many rows went."""
    day = moment - dt.timedelta(days=1)
    return Throttle.objects.filter(counting_until__lt=day).exclude(blocked_until__gt=day).delete()[0]
