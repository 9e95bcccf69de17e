"""What a fact that is about to change would do to months that are closed: shown before it is entered."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction

from portal.accounts.models import Account
from portal.billing.calculation.restate import MONTHS_BACK
from portal.billing.models import AccountClosing
from portal.billing.services.recalculation import Difference, preview_recalculation
from portal.core.money import ZERO
from portal.core.periods import Period


@dataclass(frozen=True, slots=True)
class Effect:
    """Differences of closed months, ₽; the next closing books them by itself for its last twelve months.

    `months` are closed since the day; `too_old` says that the day lies before those twelve: an accountant recalculates
    the rest.
    """

    months: int
    lines: list[Difference]
    too_old: bool

    @property
    def total(self) -> Decimal:
        """The sum of the differences, ₽; negative: taken off."""
        return sum((line.amount for line in self.lines), ZERO)


def preview_change(*, account: Account, since: dt.date, change: Callable[[], object]) -> Effect:
    """What closed months would come to after `change`, which is called and rolled back.

    Raises what `change` raises, and NotComputable.
    """
    last = AccountClosing.objects.filter(account=account, reversed_at=None).order_by("-period").first()
    months = Period.of(since).months_until(Period.of(last.period)) + 1 if last is not None else 0
    with transaction.atomic():
        change()
        counted = min(max(months, 0), MONTHS_BACK)
        lines = preview_recalculation(account=account, months=counted) if counted else []
        transaction.set_rollback(True)
    return Effect(months=max(months, 0), lines=lines, too_old=months > MONTHS_BACK)
