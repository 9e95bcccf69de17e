"""Settlement that a payment would make: the oldest debt first, penalties last (ГК 319, 319.1), the rest an advance."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from portal.accounts.models import Account
from portal.billing.selectors import DebtState, debt_state
from portal.core.money import ZERO

BILL = "bill"
RETURNED = "returned"
PENALTIES = "penalties"
EARLIER = "earlier"


@dataclass(frozen=True, slots=True)
class SettledDebt:
    """Debt of a month, ₽, with its due day; or for penalties, or from before the portal, without one."""

    what: str
    amount: Decimal
    period: dt.date | None = None
    due_on: dt.date | None = None
    days_overdue: int = 0

    @property
    def is_penalties(self) -> bool:
        return self.what == PENALTIES

    @property
    def is_returned_payment(self) -> bool:
        return self.what == RETURNED


@dataclass(frozen=True, slots=True)
class Settled:
    """A debt and how much of it a payment takes, ₽."""

    debt: SettledDebt
    paid: Decimal

    @property
    def left(self) -> Decimal:
        return self.debt.amount - self.paid


@dataclass(frozen=True, slots=True)
class Settlement:
    """Settlement by a sum: debts settled, debt left, advance, ₽; `held` is the advance of today."""

    owed: Decimal
    lines: tuple[Settled, ...]
    left: Decimal
    advance: Decimal
    withheld: Decimal = ZERO

    @property
    def due_on(self) -> dt.date | None:
        """The latest day by which what is owed now should be paid."""
        return max((line.debt.due_on for line in self.lines if line.debt.due_on), default=None)

    @property
    def overdue(self) -> Decimal:
        """Return what of it is past its due day, ₽."""
        return sum((line.debt.amount for line in self.lines if line.debt.days_overdue), ZERO)


def open_debts(account: Account, *, today: dt.date) -> tuple[list[SettledDebt], Decimal]:
    """Return what is owed, oldest first, penalties last, and the advance of today, ₽ (three queries at most).

    The debts add up to the balance of the ledger.
    """
    state = debt_state(account, today=today)
    return (list(_in_order(state)), ZERO) if state.balance > 0 else ([], state.advance)


def _in_order(state: DebtState) -> Iterator[SettledDebt]:
    if state.earlier > 0:
        yield SettledDebt(EARLIER, state.earlier)
    for row in state.debts:
        # A bill falls due after its month; what falls due within it is a payment that was returned.
        kind = BILL if row.due_on > row.period.last_day else RETURNED
        yield SettledDebt(kind, row.open, row.period.first_day, row.due_on, row.days_overdue)
    if state.penalties > 0:
        yield SettledDebt(PENALTIES, state.penalties)


def settle(debts: Sequence[SettledDebt], amount: Decimal | None = None, *, withheld: Decimal = ZERO) -> Settlement:
    """Spread a sum over debts in their order; the whole debt when no sum is given. Pure."""
    owed = sum((debt.amount for debt in debts), ZERO)
    rest = owed if amount is None else amount
    lines = []
    for debt in debts:
        paid = min(rest, debt.amount)
        rest -= paid
        lines.append(Settled(debt, paid))
    return Settlement(owed, tuple(lines), sum((line.left for line in lines), ZERO), rest, withheld)
