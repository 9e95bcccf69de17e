"""Debts of all accounts by how long they are overdue."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from django.core.cache import cache

from portal.accounts.models import Account
from portal.billing.selectors.closing_previews import last_entry
from portal.billing.selectors.debts import DebtState, debt_states
from portal.core.money import ZERO
from portal.ledger.selectors import balances

AGES = (30, 60, 90, 365)
"""Last days overdue (inclusive) of each age but the oldest, which has no end: 1–30, 31–60, 61–90, 91–365, 366 on."""
CHUNK = 500
REMEMBERED = dt.timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class AgedDebt:
    """What one account owes, ₽. `overdue` has a sum for each age; the parts add up to `balance`."""

    account_id: int
    balance: Decimal
    not_due: Decimal
    overdue: tuple[Decimal, ...]
    penalties: Decimal
    undated: Decimal
    """What was owed before the portal and has no due day."""
    oldest_due_on: dt.date | None

    def overdue_from(self, days: int) -> Decimal:
        """₽ overdue for so many days or more, where `days` is the first day of an age (1, 31, 61, 91, 366)."""
        return sum((part for first, part in zip(first_days(), self.overdue, strict=True) if first >= days), ZERO)


def first_days() -> tuple[int, ...]:
    """First days overdue of each age."""
    return (1, *(last + 1 for last in AGES))


def debts_by_age(*, today: dt.date) -> list[AgedDebt]:
    """Every account that owes something today, closed ones too, the largest overdue debt first.

    Worked out for all accounts in parts and remembered for ten minutes, or until the ledger grows.
    """
    key = f"billing:debt-ages:{today}:{last_entry()}"
    rows: list[AgedDebt] | None = cache.get(key)
    if rows is None:
        rows = sorted(_worked_out(today), key=lambda row: (-row.overdue_from(1), -row.balance, row.account_id))
        cache.set(key, rows, REMEMBERED.total_seconds())
    return rows


def _worked_out(today: dt.date) -> Iterator[AgedDebt]:
    last = 0
    ids = Account.objects.order_by("pk").values_list("pk", flat=True)
    while chunk := list(ids.filter(pk__gt=last)[:CHUNK]):
        owed = balances(chunk)
        owing = [pk for pk in chunk if owed.get(pk, ZERO) > 0]
        for pk, state in debt_states(owing, today=today).items():
            yield _aged(pk, state)
        last = chunk[-1]


def _aged(account_id: int, state: DebtState) -> AgedDebt:
    parts = [ZERO] * (len(AGES) + 1)
    for row in state.debts:
        if row.days_overdue > 0:
            parts[_age(row.days_overdue)] += row.open
    return AgedDebt(
        account_id=account_id,
        balance=state.balance,
        not_due=sum((row.open for row in state.debts if row.days_overdue == 0), ZERO),
        overdue=tuple(parts),
        penalties=state.penalties,
        undated=state.earlier,
        oldest_due_on=min((row.due_on for row in state.debts if row.days_overdue > 0), default=None),
    )


def _age(days: int) -> int:
    """The age, counted from 0, of a debt overdue for so many days."""
    return next((number for number, last in enumerate(AGES) if days <= last), len(AGES))
