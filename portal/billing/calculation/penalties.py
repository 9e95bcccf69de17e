"""Debts, what settles them, and penalties for late payment (ЖК 155, ч. 14; ГК 319)."""

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
_WEIGHT_OF_A_KOPECK = THREE_HUNDREDTH * HUNDRED_THIRTIETH * 100 * FACTOR_SCALE
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
    """Settle debts with money: the month that a payment names, then the oldest debts; the rest is an advance.

    Penalties are no debts here: they are covered only by what no debt needs (ГК 319), so an advance is never
    spent on them. Money returned on the day on which it came settles nothing. Returned later, it is taken from the
    advance; what the advance does not cover is a new debt, of the month and day of the return.

    A correction that takes off settles its own month's debt as if that part had never been owed, with the penalties
    that it bore; any excess settles other debts like money of the day on which it was booked. One that adds is not yet
    a debt: the next closing bills it (`added`).
    """
    for receipt in _subtract_returned(_net_corrections(receipts)):
        left = receipt.amount
        if receipt.correction and left < 0:
            continue
        if left < 0:
            _return_money(state, receipt)
            continue
        if receipt.month is not None:
            for debt in state.debts:
                if debt.month == receipt.month:
                    left -= _cancel_part(debt, left) if receipt.correction else _settle_part(debt, left, receipt.day)
        for debt in state.debts:
            if not left:
                break
            left -= _settle_part(debt, left, receipt.day)
        state.advance += left


def added(receipts: Sequence[IncomingPayment]) -> int:
    """Kopecks that corrections add to the next bill: each month's own, less what others took off for it."""
    return -sum(receipt.amount for receipt in _net_corrections(receipts) if receipt.correction and receipt.amount < 0)


def _net_corrections(receipts: Sequence[IncomingPayment]) -> list[IncomingPayment]:
    """Receipts with the corrections of each month summed into one, dated as the last; a sum of zero is left out."""
    payments = [receipt for receipt in receipts if not receipt.correction]
    months: dict[int | None, IncomingPayment] = {}
    for correction in sorted((receipt for receipt in receipts if receipt.correction), key=lambda receipt: receipt.day):
        before = months.get(correction.month)
        months[correction.month] = (
            correction._replace(amount=correction.amount + before.amount) if before else correction
        )
    return [*payments, *(receipt for receipt in months.values() if receipt.amount)]


def _subtract_returned(receipts: Sequence[IncomingPayment]) -> list[IncomingPayment]:
    """Receipts by day, less the money returned on the same day; those that name the same month are reduced first."""
    remaining = sorted(receipts, key=lambda receipt: receipt.day)
    for index, returned in enumerate(remaining):
        if returned.amount >= 0 or returned.correction:
            continue
        same_day = [
            position
            for position, receipt in enumerate(remaining)
            if receipt.day == returned.day and receipt.amount > 0 and not receipt.correction
        ]
        for position in sorted(same_day, key=lambda place: (remaining[place].month != returned.month, -place)):
            part = min(remaining[position].amount, -remaining[index].amount)
            remaining[position] = remaining[position]._replace(amount=remaining[position].amount - part)
            remaining[index] = remaining[index]._replace(amount=remaining[index].amount + part)
    return remaining


def _settle_part(debt: Debt, money: int, day: dt.date) -> int:
    """Settle a debt with money of a day; returns how much of it was needed, in kopecks."""
    part = min(money, debt.open)
    if part:
        debt.open -= part
        if day > debt.due:
            debt.tail.append((day, part))
    return part


def _cancel_part(debt: Debt, amount: int) -> int:
    """Reduce a debt as if the part had never been owed, so that the next closing reverses its penalties; returns it."""
    part = min(amount, debt.open)
    debt.open -= part
    if part and debt.counted > debt.due:
        debt.tail.append((debt.due, part))
    return part


def _return_money(state: AccountState, receipt: IncomingPayment) -> None:
    """Take returned money from the advance; what it does not cover is a new debt."""
    owed = -receipt.amount
    covered = min(owed, state.advance)
    state.advance -= covered
    if owed > covered:
        day = receipt.day
        state.debts.append(Debt(month_of(day), day, owed - covered, owed - covered, day))
        state.debts.sort(key=lambda debt: (debt.due, debt.month))


def owe(state: AccountState, *, month: int, amount: int, due: dt.date, closing_day: dt.date) -> None:
    """Add the sum of a closed month: a debt, less the advance; if negative, it settles debts as a payment."""
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
            amount = divided(sum(weight for weight, _ in stretches), _WEIGHT_OF_A_KOPECK)
            if amount:
                why = Penalties(debt.due.isoformat(), tuple(part for weight, part in stretches if weight))
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
            _add_stretch(stretches, Stretch(part, counted + 1, last, 0, day), rate_book, day, 1)
        elif day > debt.due:
            _add_stretch(stretches, Stretch(part, last + 1, counted, 0, day), rate_book, day, -1)
        else:  # taken off by a correction
            _add_stretch(stretches, Stretch(part, 1, counted, 0, None), rate_book, closing_day, -1)
    if debt.open:
        _add_stretch(
            stretches, Stretch(debt.open, counted + 1, (upto - debt.due).days, 0, None), rate_book, closing_day, 1
        )
    return stretches


def _add_stretch(
    stretches: list[tuple[int, PenaltyPart]], stretch: Stretch, rate_book: RateBook, rate_day: dt.date, sign: int
) -> None:
    if stretch.last <= FREE_DAYS or stretch.last < stretch.first:
        return
    stretch.yearly = rate_book.yearly_rate(rate_day)
    explanation = PenaltyPart(
        stretch.amount * sign,
        stretch.first,
        stretch.last,
        stretch.yearly,
        stretch.early,
        stretch.late,
        stretch.paid_on.isoformat() if stretch.paid_on else None,
        rate_book.uncapped_rate(rate_day),
    )
    stretches.append((stretch.weight * sign, explanation))
