"""Debts by age, the advance, and what a payment would settle."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from portal.accounts.models import Account
from portal.billing.calculation.facts import Receipt
from portal.billing.calculation.months import first_day, month_of
from portal.billing.calculation.penalties import settle
from portal.billing.calculation.state import AccountState
from portal.billing.calculation.units import kopecks, roubles
from portal.billing.loading.facts import Before, load_last
from portal.core.money import ZERO
from portal.core.periods import Period
from portal.ledger.enums import EntryKind
from portal.ledger.models import Entry
from portal.ledger.selectors import balance


@dataclass(frozen=True)
class DebtRow:
    """What is open of a month, ₽."""

    period: Period
    due_on: dt.date
    amount: Decimal
    open: Decimal
    days_overdue: int


@dataclass(frozen=True)
class DebtState:
    """Debts oldest first; `penalties` is what the balance holds beyond them; `advance` what no debt needs."""

    debts: tuple[DebtRow, ...]
    penalties: Decimal
    advance: Decimal
    balance: Decimal

    @property
    def overdue(self) -> Decimal:
        """₽ whose due day is past."""
        return sum((row.open for row in self.debts if row.days_overdue > 0), ZERO)


def debt_state(account: Account, *, today: dt.date) -> DebtState:
    """Debts of an account as they stand today, payments since the last closing counted (five queries at most)."""
    return _shown(_settled(account, today), balance(account), today)


def what_a_payment_settles(account: Account, *, amount: Decimal, today: dt.date) -> list[tuple[DebtRow, Decimal]]:
    """Which debts a payment of so many ₽ would settle today, with the part of each, oldest first."""
    state = _settled(account, today)
    owed = balance(account)
    before = _shown(state, owed, today)
    settle(state, [Receipt(today, kopecks(amount))])
    after = {row.period: row.open for row in _shown(state, owed, today).debts}
    parts = [(row, row.open - after.get(row.period, ZERO)) for row in before.debts]
    return [(row, part) for row, part in parts if part]


def _settled(account: Account, today: dt.date) -> AccountState:
    before = load_last(account.pk)
    settle(before.state, _receipts(account, before, today))
    return before.state


def _receipts(account: Account, before: Before, today: dt.date) -> list[Receipt]:
    entries = Entry.objects.filter(
        account=account, kind__in=[EntryKind.PAYMENT, EntryKind.REFUND], effective_on__lte=today
    ).order_by("effective_on", "pk")
    return [
        Receipt(day, -kopecks(amount), month_of(period) if period and kind == EntryKind.PAYMENT else None)
        for pk, day, amount, period, kind in entries.values_list("pk", "effective_on", "amount", "period", "kind")
        if before.closed_on is None or day > before.closed_on or pk > before.last_entry
    ]


def _shown(state: AccountState, owed: Decimal, today: dt.date) -> DebtState:
    rows = tuple(
        DebtRow(
            period=Period.of(first_day(debt.month)),
            due_on=debt.due,
            amount=roubles(debt.amount),
            open=roubles(debt.open),
            days_overdue=max(0, (today - debt.due).days),
        )
        for debt in state.debts
        if debt.open
    )
    beyond = owed - sum((row.open for row in rows), ZERO)
    return DebtState(rows, penalties=max(beyond, ZERO), advance=max(-owed, ZERO), balance=owed)
