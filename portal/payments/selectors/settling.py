"""What a payment would settle: the oldest debt first, penalties last (ГК 319, 319.1), the rest is an advance."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Sum

from portal.accounts.models import Account
from portal.core.money import ZERO
from portal.ledger.enums import EntryKind
from portal.ledger.models import Entry

PENALTIES = "penalties"
EARLIER = "earlier"


@dataclass(frozen=True, slots=True)
class Debt:
    """What is owed for a month (or for penalties, or from before the portal), ₽."""

    what: str
    period: dt.date | None
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Settled:
    """A debt and how much of it a payment takes, ₽."""

    debt: Debt
    paid: Decimal

    @property
    def left(self) -> Decimal:
        return self.debt.amount - self.paid


@dataclass(frozen=True, slots=True)
class Settlement:
    """What a sum would settle, what stays owed after it, what becomes an advance, ₽."""

    owed: Decimal
    lines: tuple[Settled, ...]
    left: Decimal
    advance: Decimal


def settlement(account: Account, *, amount: Decimal | None = None) -> Settlement:
    """What a payment of `amount` would settle on an account; of the whole debt when no amount is given (one query)."""
    debts = open_debts(account)
    owed = sum((debt.amount for debt in debts), ZERO)
    return settle(debts, owed if amount is None else amount)


def open_debts(account: Account) -> list[Debt]:
    """What is owed by month, oldest first, penalties last, after everything that was paid (one query)."""
    sums: dict[tuple[str, dt.date | None], Decimal] = {}
    rows = Entry.objects.filter(account=account).order_by().values_list("kind", "period").annotate(total=Sum("amount"))
    credit = ZERO
    for kind, period, total in rows:
        if kind in {EntryKind.PAYMENT, EntryKind.REFUND} or (period is None and total < 0):
            credit -= total
            continue
        what = PENALTIES if kind == EntryKind.PENALTY else EARLIER
        key = (what, None if what == PENALTIES else period)
        sums[key] = sums.get(key, ZERO) + total
    ordered = sorted(sums.items(), key=lambda item: (item[0][0] == PENALTIES, item[0][1] or dt.date.min))
    credit -= sum((total for _, total in ordered if total < 0), ZERO)
    debts = []
    for (what, period), total in ordered:
        if total <= 0:
            continue
        covered = min(max(credit, ZERO), total)
        credit -= covered
        if total > covered:
            debts.append(Debt(what, period, total - covered))
    if credit < 0:
        debts.insert(0, Debt(EARLIER, None, -credit))
    return debts


def settle(debts: Sequence[Debt], amount: Decimal) -> Settlement:
    """Spread a sum over debts in their order; pure."""
    rest = amount
    lines = []
    for debt in debts:
        paid = min(rest, debt.amount)
        rest -= paid
        lines.append(Settled(debt, paid))
    owed = sum((debt.amount for debt in debts), ZERO)
    return Settlement(owed, tuple(lines), owed - (amount - rest), rest)
