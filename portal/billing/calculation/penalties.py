"""Debts, what settles them, and penalties for late payment (LC 155 part 14; ГК 319)."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from portal.billing.calculation.explanations import Penalties, PenaltyPart
from portal.billing.calculation.facts import IncomingPayment
from portal.billing.calculation.lines import PENALTY, ChargeLine
from portal.billing.calculation.months import month_of
from portal.billing.calculation.rate_book import HUNDRED_THIRTIETH, THREE_HUNDREDTH, RateBook
from portal.billing.calculation.state import AccountState, Debt
from portal.billing.calculation.units import FACTOR_SCALE, divided

FREE_DAYS, FIRST_STAGE_ENDS = 30, 90
_ONE = THREE_HUNDREDTH * HUNDRED_THIRTIETH * 100 * FACTOR_SCALE
_DAY = dt.timedelta(days=1)


@dataclass(slots=True)
class Stretch:
    """Overdue days of a part of a debt, numbered from the day after it was due, both inclusive."""

    amount: int
    first: int
    last: int
    yearly: int
    paid_on: dt.date | None

    @property
    def early(self) -> int:
        """Days at 1/300."""
        return max(0, min(self.last, FIRST_STAGE_ENDS) - max(self.first, FREE_DAYS + 1) + 1)

    @property
    def late(self) -> int:
        """Days at 1/130."""
        return max(0, self.last - max(self.first, FIRST_STAGE_ENDS + 1) + 1)

    @property
    def weight(self) -> int:
        """The penalty in parts of a kopeck, not yet rounded."""
        return self.amount * self.yearly * (self.early * HUNDRED_THIRTIETH + self.late * THREE_HUNDREDTH)


def settle(state: AccountState, receipts: Sequence[IncomingPayment]) -> None:
    """Let money settle the debts, oldest first, one that names its month first there; the rest is an advance.

    Penalties are no debts here: they are covered only by what no debt needs (ГК 319), so an advance is never
    spent on them. Money given back on the day it came never was: the debts stay as old as they are. Given back later,
    it takes from the advance, then stands as a debt of its own month.

    A correction that takes off settles its own month's debt as if that part had never been owed, with the penalties
    that it bore; what is more than that settles as money of the day on which it was booked. One that adds is no debt
    yet: the next closing bills it (`added`).
    """
    for receipt in _without_returned(_netted(receipts)):
        left = receipt.amount
        if receipt.correction and left < 0:
            continue
        if left < 0:
            _give_back(state, receipt)
            continue
        if receipt.month is not None:
            for debt in state.debts:
                if debt.month == receipt.month:
                    left -= _withdraw(debt, left) if receipt.correction else _take(debt, left, receipt.day)
        for debt in state.debts:
            if not left:
                break
            left -= _take(debt, left, receipt.day)
        state.advance += left


def added(receipts: Sequence[IncomingPayment]) -> int:
    """Kopecks that corrections add to the next bill: each month's own, less what others took off for it."""
    return -sum(receipt.amount for receipt in _netted(receipts) if receipt.correction and receipt.amount < 0)


def _netted(receipts: Sequence[IncomingPayment]) -> list[IncomingPayment]:
    """Receipts with the corrections of each month made one, of the day of the last: a mistake put right leaves none."""
    payments = [receipt for receipt in receipts if not receipt.correction]
    months: dict[int | None, IncomingPayment] = {}
    for correction in sorted((receipt for receipt in receipts if receipt.correction), key=lambda receipt: receipt.day):
        before = months.get(correction.month)
        months[correction.month] = (
            correction._replace(amount=correction.amount + before.amount) if before else correction
        )
    return [*payments, *(receipt for receipt in months.values() if receipt.amount)]


def _without_returned(receipts: Sequence[IncomingPayment]) -> list[IncomingPayment]:
    """Receipts by their days, those of a day less what was given back on it (of the same named month first)."""
    remaining = sorted(receipts, key=lambda receipt: receipt.day)
    for back, left in enumerate(remaining):
        if left.amount >= 0 or left.correction:
            continue
        came = [
            place
            for place, receipt in enumerate(remaining)
            if receipt.day == left.day and receipt.amount > 0 and not receipt.correction
        ]
        for place in sorted(came, key=lambda place: (remaining[place].month != left.month, -place)):
            part = min(remaining[place].amount, -remaining[back].amount)
            remaining[place] = remaining[place]._replace(amount=remaining[place].amount - part)
            remaining[back] = remaining[back]._replace(amount=remaining[back].amount + part)
    return remaining


def _take(debt: Debt, money: int, day: dt.date) -> int:
    part = min(money, debt.open)
    if part:
        debt.open -= part
        if day > debt.due:
            debt.tail.append((day, part))
    return part


def _withdraw(debt: Debt, amount: int) -> int:
    """Take off a part that was never owed: the next closing takes back the penalties that it bore."""
    part = min(amount, debt.open)
    debt.open -= part
    if part and debt.counted > debt.due:
        debt.tail.append((debt.due, part))
    return part


def _give_back(state: AccountState, receipt: IncomingPayment) -> None:
    owed = -receipt.amount
    covered = min(owed, state.advance)
    state.advance -= covered
    if owed > covered:
        day = receipt.day
        state.debts.append(Debt(month_of(day), day, owed - covered, owed - covered, day))
        state.debts.sort(key=lambda debt: (debt.due, debt.month))


def owe(state: AccountState, *, month: int, amount: int, due: dt.date, closing_day: dt.date) -> None:
    """Add what a closed month left: a debt, less the advance; a negative sum is money from the day of closing."""
    if amount < 0:
        settle(state, [IncomingPayment(closing_day, -amount)])
    elif amount > 0:
        covered = min(amount, state.advance)
        state.advance -= covered
        if amount > covered:
            state.debts.append(Debt(month, due, amount, amount - covered, due))


def accrue(
    state: AccountState, *, month: int, closing_day: dt.date, rate_book: RateBook, charged: bool
) -> list[ChargeLine]:
    """Penalties for the days from the last closing to the day before this one, one line for each debt.

    A part paid counts its day of payment, at that day's rate; what is open counts at the closing day's rate. A
    payment dated before the last closing but known later takes back the days that were counted too many.
    Raises NotComputable without a key rate.
    """
    lines: list[ChargeLine] = []
    upto = closing_day - _DAY
    unsettled: list[Debt] = []
    for debt in state.debts:
        if debt.due < upto or debt.tail:
            stretches = _stretches(debt, upto, closing_day, rate_book if charged else None)
            amount = divided(sum(stretch for stretch, _ in stretches), _ONE)
            if amount:
                why = Penalties(debt.due.isoformat(), tuple(shown for weight, shown in stretches if weight))
                lines.append(ChargeLine(PENALTY, "", month, debt.month, "", None, None, None, amount, why))
            debt.counted = max(debt.counted, upto)
            debt.tail = [(day, part) for day, part in debt.tail if day > upto]
        if debt.open or debt.tail:
            unsettled.append(debt)
    state.debts = unsettled
    return lines


def _stretches(
    debt: Debt, upto: dt.date, closing_day: dt.date, rate_book: RateBook | None
) -> list[tuple[int, PenaltyPart]]:
    if rate_book is None:
        return []
    counted = (debt.counted - debt.due).days
    stretches: list[tuple[int, PenaltyPart]] = []
    for day, part in debt.tail:
        last = (min(day, upto) - debt.due).days
        if last >= counted:
            _add(stretches, Stretch(part, counted + 1, last, 0, day), rate_book, day, 1)
        elif day > debt.due:
            _add(stretches, Stretch(part, last + 1, counted, 0, day), rate_book, day, -1)
        else:  # taken off by a correction
            _add(stretches, Stretch(part, 1, counted, 0, None), rate_book, closing_day, -1)
    if debt.open:
        _add(stretches, Stretch(debt.open, counted + 1, (upto - debt.due).days, 0, None), rate_book, closing_day, 1)
    return stretches


def _add(
    stretches: list[tuple[int, PenaltyPart]], stretch: Stretch, rate_book: RateBook, rate_day: dt.date, sign: int
) -> None:
    if stretch.last <= FREE_DAYS or stretch.last < stretch.first:
        return
    stretch.yearly = rate_book.yearly_rate(rate_day)
    shown = PenaltyPart(
        stretch.amount * sign,
        stretch.first,
        stretch.last,
        stretch.yearly,
        stretch.early,
        stretch.late,
        stretch.paid_on.isoformat() if stretch.paid_on else None,
        rate_book.uncapped_rate(rate_day),
    )
    stretches.append((stretch.weight * sign, shown))
