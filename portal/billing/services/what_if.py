"""Effect of a changed fact on closed months, shown before it is entered."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal

from django.db import transaction

from portal.accounts.models import Account
from portal.billing.calculation.exceptions import NotComputable
from portal.billing.calculation.restate import MONTHS_BACK
from portal.billing.models import AccountClosing
from portal.billing.services.recalculation import RecalculatedMonth, preview_recalculation
from portal.core.money import ZERO
from portal.core.periods import Period


@dataclass(frozen=True, slots=True)
class Effect:
    """Differences of closed months, ₽; the next closing books them by itself for its last twelve months.

    `months` are closed since the day; `too_old` says that the day lies before those twelve: an accountant recalculates
    the rest. `waiting` are differences of changes entered before, which the next closing books too.
    """

    months: int
    lines: list[RecalculatedMonth]
    too_old: bool
    waiting: Decimal = ZERO

    @property
    def total(self) -> Decimal:
        """The sum of the differences, ₽; negative: taken off."""
        return sum((line.amount for line in self.lines), ZERO)


def preview_account_change(*, account: Account, since: dt.date, change: Callable[[], object]) -> Effect:
    """Return what `change`, which is called and rolled back, would do to closed months.

    Changes that were entered before and wait for the next closing are not counted: `was` is what the months come to
    with them. Raises what `change` raises, and NotComputable.
    """
    last = AccountClosing.objects.filter(account=account, reversed_at=None).order_by("-period").first()
    months = Period.of(since).months_until(Period.of(last.period)) + 1 if last is not None else 0
    counted = min(max(months, 0), MONTHS_BACK)
    waiting = _waiting_differences(account, counted)
    with transaction.atomic():
        change()
        lines = preview_recalculation(account=account, months=counted) if counted else []
        transaction.set_rollback(True)
    return Effect(
        months=max(months, 0),
        lines=_less(lines, waiting),
        too_old=months > MONTHS_BACK,
        waiting=sum((line.amount for line in waiting), ZERO),
    )


def _waiting_differences(account: Account, months: int) -> list[RecalculatedMonth]:
    """Return what the next closing recalculates without the change; nothing where it cannot be computed yet."""
    try:
        return preview_recalculation(account=account, months=months) if months else []
    except NotComputable:
        return []


def _less(lines: list[RecalculatedMonth], waiting: list[RecalculatedMonth]) -> list[RecalculatedMonth]:
    """The differences without those that were waiting before, by service, month and price."""
    own = {_key(line): line for line in lines}
    for before in waiting:
        now = own.pop(_key(before), replace(before, should_be=before.was, volume=ZERO, amount=ZERO))
        volume, amount = now.volume - before.volume, now.amount - before.amount
        if volume or amount:
            own[_key(before)] = replace(now, was=before.should_be, volume=volume, amount=amount)
    return [own[key] for key in sorted(own)]


def _key(line: RecalculatedMonth) -> tuple[str, dt.date, Decimal]:
    return line.service, line.for_period.first_day, line.price
