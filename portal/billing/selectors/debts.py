"""Debts by age and the advance."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q

from portal.accounts.models import Account
from portal.billing.calculation.facts import IncomingPayment
from portal.billing.calculation.months import first_day
from portal.billing.calculation.penalties import settle
from portal.billing.calculation.state import AccountState
from portal.billing.calculation.units import kopecks
from portal.billing.loading.facts import MOVES_DEBTS, SETTLES, load_before, load_last, receipt_of
from portal.core.money import ZERO, from_kopecks
from portal.core.periods import Period
from portal.ledger.enums import EntryKind
from portal.ledger.models import Entry
from portal.ledger.selectors import balance, balances

COUNTED = MOVES_DEBTS | Q(kind=EntryKind.PENALTY)


@dataclass(frozen=True)
class DebtRow:
    """Open debt of a month, ₽."""

    period: Period
    due_on: dt.date
    amount: Decimal
    open: Decimal
    days_overdue: int


@dataclass(frozen=True)
class DebtState:
    """Debts of months, oldest first; what the balance holds beyond them is `penalties` and, when it is more than was
    ever booked as penalties, `earlier`. `advance` is what no debt needs.
    """

    debts: tuple[DebtRow, ...]
    penalties: Decimal
    earlier: Decimal
    advance: Decimal
    balance: Decimal

    @property
    def overdue(self) -> Decimal:
        """₽ whose due day is past."""
        return sum((row.open for row in self.debts if row.days_overdue > 0), ZERO)


def debt_state(account: Account, *, today: dt.date) -> DebtState:
    """Debts of an account as they stand today, payments since the last closing counted (three queries at most)."""
    state, owed, penalties = _settled(account, today)
    return _shown(state, owed, penalties, today)


def debt_states(account_ids: Sequence[int], *, today: dt.date) -> dict[int, DebtState]:
    """Debts of many accounts as `debt_state` shows each (eight queries at most)."""
    states = load_before(account_ids, period=Period.of(today).next)
    owed = balances(account_ids)
    receipts: defaultdict[int, list[IncomingPayment]] = defaultdict(list)
    penalties: defaultdict[int, Decimal] = defaultdict(lambda: ZERO)
    entries = Entry.objects.active().filter(COUNTED, account_id__in=account_ids)
    columns = ("account_id", "pk", "effective_on", "amount", "period", "kind")
    for account_id, pk, day, amount, period, kind in entries.order_by("effective_on", "pk").values_list(*columns):
        if kind == EntryKind.PENALTY:
            penalties[account_id] += amount
        elif day <= today and states[account_id].leaves_out(day, pk):
            receipts[account_id].append(receipt_of(kind, day, kopecks(amount), period))
    states_by_account = {}
    for account_id in account_ids:
        state = states[account_id].state
        settle(state, receipts[account_id])
        states_by_account[account_id] = _shown(state, owed.get(account_id, ZERO), penalties[account_id], today)
    return states_by_account


def _settled(account: Account, today: dt.date) -> tuple[AccountState, Decimal, Decimal]:
    """Debts after what was paid since the last closing; the balance and all penalties ever booked, ₽.

    The ledger of an account that was never closed is short and read whole, so that its balance needs no query.
    """
    before = load_last(account.pk)
    entries = Entry.objects.active().filter(account=account).order_by("effective_on", "pk")
    if before.closed_on is not None:
        entries = entries.filter(COUNTED)
    receipts, penalties, whole = [], ZERO, ZERO
    for pk, day, amount, period, kind in entries.values_list("pk", "effective_on", "amount", "period", "kind"):
        whole += amount
        if kind == EntryKind.PENALTY:
            penalties += amount
        elif kind in SETTLES and day <= today and before.leaves_out(day, pk):
            receipts.append(receipt_of(kind, day, kopecks(amount), period))
    settle(before.state, receipts)
    return before.state, whole if before.closed_on is None else balance(account), penalties


def _shown(state: AccountState, owed: Decimal, booked: Decimal, today: dt.date) -> DebtState:
    """The open debts, the oldest lessened where together they are more than the balance."""
    unsettled = [debt for debt in state.debts if debt.open]
    credit = max(sum((from_kopecks(debt.open) for debt in unsettled), ZERO) - max(owed, ZERO), ZERO)
    rows = []
    for debt in unsettled:
        covered = min(credit, from_kopecks(debt.open))
        credit -= covered
        if from_kopecks(debt.open) == covered:
            continue
        rows.append(
            DebtRow(
                period=Period.of(first_day(debt.month)),
                due_on=debt.due,
                amount=from_kopecks(debt.amount),
                open=from_kopecks(debt.open) - covered,
                days_overdue=max(0, (today - debt.due).days),
            )
        )
    beyond = max(owed - sum((row.open for row in rows), ZERO), ZERO)
    penalties = min(beyond, max(booked, ZERO))
    return DebtState(
        tuple(rows), penalties=penalties, earlier=beyond - penalties, advance=max(-owed, ZERO), balance=owed
    )
