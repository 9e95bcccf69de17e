"""Money given back: on the day it came it never was; later it takes from the advance, then is owed from its own day."""

import datetime as dt
from decimal import Decimal

import pytest

from portal.billing.calculation.facts import IncomingPayment
from portal.billing.calculation.penalties import settle
from portal.billing.calculation.state import AccountState, Debt
from portal.billing.selectors import debt_state
from portal.billing.services import bring_debt
from portal.core.periods import Period
from portal.ledger.enums import EntryKind
from portal.ledger.services import NewEntry, post_entry
from tests.people import Cast

SEPTEMBER, OCTOBER = 2026 * 12 + 8, 2026 * 12 + 9
DUE, LATER = dt.date(2026, 10, 15), dt.date(2026, 11, 16)
DAY, NEXT = dt.date(2026, 11, 9), dt.date(2026, 11, 10)


def owed(*receipts: IncomingPayment) -> list[tuple[dt.date, int, list[tuple[dt.date, int]]]]:
    """Debts of 100.00 for September and 50.00 for October after some receipts: due day, open, paid late."""
    state = AccountState()
    state.debts = [Debt(SEPTEMBER, DUE, 10_000, 10_000, DUE), Debt(OCTOBER, LATER, 5_000, 5_000, LATER)]
    settle(state, receipts)
    return [(debt.due, debt.open, debt.tail) for debt in state.debts]


UNTOUCHED = [(DUE, 10_000, []), (LATER, 5_000, [])]


@pytest.mark.parametrize(
    ("receipts", "left"),
    [
        ([IncomingPayment(DAY, 10_000), IncomingPayment(DAY, -10_000)], UNTOUCHED),
        ([IncomingPayment(DAY, -10_000), IncomingPayment(DAY, 10_000)], UNTOUCHED),
        (
            [IncomingPayment(DAY, 10_000), IncomingPayment(DAY, -4_000)],
            [(DUE, 4_000, [(DAY, 6_000)]), (LATER, 5_000, [])],
        ),
        (  # of two payments of a day the one for the named month is taken back
            [IncomingPayment(DAY, 5_000, OCTOBER), IncomingPayment(DAY, 5_000), IncomingPayment(DAY, -5_000, OCTOBER)],
            [(DUE, 5_000, [(DAY, 5_000)]), (LATER, 5_000, [])],
        ),
        (  # the control: on another day it was ours for a day, and is owed anew
            [IncomingPayment(DAY, 10_000), IncomingPayment(NEXT, -10_000)],
            [(DUE, 0, [(DAY, 10_000)]), (NEXT, 10_000, []), (LATER, 5_000, [])],
        ),
    ],
)
def test_what_came_and_went_on_a_day_never_was(receipts: list[IncomingPayment], left: list[object]) -> None:
    assert owed(*receipts) == left


@pytest.mark.django_db
def test_a_payment_returned_the_same_day_leaves_the_bill_overdue(cast: Cast) -> None:
    account = cast.anna.account
    bring_debt(account=account, period=Period(2026, 9), due_on=DUE, amount=Decimal("100.00"))
    before = debt_state(account, today=NEXT)
    for kind, amount in ((EntryKind.PAYMENT, "-100.00"), (EntryKind.REFUND, "100.00")):
        post_entry(
            NewEntry(account_id=account.pk, kind=kind, amount=Decimal(amount), effective_on=DAY, key=kind, source="t")
        )
    after = debt_state(account, today=NEXT)
    assert after == before
    assert after.debts[0].days_overdue == 26
