"""A correction settles its own month first, then the oldest debt: for the closing and for every screen alike."""

import datetime as dt
from decimal import Decimal

import pytest

from portal.accounts.models import Account
from portal.billing import explain
from portal.billing.calculation import stored_explanations
from portal.billing.calculation.facts import EffectiveValue, IncomingPayment
from portal.billing.calculation.penalties import accrue, added, settle
from portal.billing.calculation.rate_book import Cap, RateBook
from portal.billing.calculation.state import AccountState, Debt
from portal.billing.calculation.units import FACTOR_SCALE
from portal.billing.models import Charge
from portal.billing.selectors import debt_state
from portal.billing.selectors.debts import debt_states
from portal.billing.services import bring_debt, correct
from portal.core.periods import Period
from portal.ledger.enums import EntryKind
from tests.company import put_numbers
from tests.people import Cast
from tests.portal.billing.month import JANUARY, close

OCTOBER, NOVEMBER, DECEMBER = 2026 * 12 + 9, 2026 * 12 + 10, 2026 * 12 + 11
OCTOBER_DUE, NOVEMBER_DUE = dt.date(2026, 11, 16), dt.date(2026, 12, 15)
BOOKED, CLOSING = dt.date(2026, 12, 5), dt.date(2026, 12, 21)
RATE_BOOK = RateBook(
    key_rates=[EffectiveValue(dt.date(2020, 1, 1), 15 * FACTOR_SCALE)],
    caps=[Cap(dt.date(2020, 1, 1), None, 9 * FACTOR_SCALE)],
)


def state(counted: dt.date = OCTOBER_DUE) -> AccountState:
    """2586.81 for October, 2386.30 for November; penalties of October counted up to a day."""
    account_state = AccountState()
    account_state.debts = [
        Debt(OCTOBER, OCTOBER_DUE, 258_681, 258_681, counted),
        Debt(NOVEMBER, NOVEMBER_DUE, 238_630, 238_630, NOVEMBER_DUE),
    ]
    return account_state


def taken_off(roubles: str, month: int, day: dt.date = BOOKED) -> IncomingPayment:
    return IncomingPayment(day, int(Decimal(roubles) * 100), month, correction=True)


@pytest.mark.parametrize(
    ("corrections", "october", "november", "next_bill", "advance"),
    [
        ([taken_off("2580.09", NOVEMBER)], 239_302, 0, 0, 0),  # the rest of November's goes to the oldest debt
        ([taken_off("100", OCTOBER)], 248_681, 238_630, 0, 0),
        ([taken_off("100", DECEMBER)], 248_681, 238_630, 0, 0),  # a month without a bill: the oldest debt
        ([taken_off("-100", OCTOBER)], 258_681, 238_630, 10_000, 0),  # added: owed with the next bill
        ([taken_off("100", NOVEMBER), taken_off("-100", NOVEMBER)], 258_681, 238_630, 0, 0),  # put right
        ([taken_off("-100", NOVEMBER), taken_off("130", NOVEMBER)], 258_681, 235_630, 0, 0),
        ([taken_off("100", NOVEMBER), taken_off("-100", OCTOBER)], 258_681, 228_630, 10_000, 0),
        ([taken_off("5000", NOVEMBER)], 0, 0, 0, 2_689),
    ],
)
def test_where_a_correction_goes(
    corrections: list[IncomingPayment], october: int, november: int, next_bill: int, advance: int
) -> None:
    account_state = state()
    settle(account_state, corrections)
    assert [debt.open for debt in account_state.debts] == [october, november]
    assert (added(corrections), account_state.advance) == (next_bill, advance)


def test_money_given_back_on_the_day_of_a_correction_is_another_matter() -> None:
    account_state = state()
    settle(account_state, [taken_off("100", OCTOBER), IncomingPayment(BOOKED, -5_000)])
    assert [debt.open for debt in account_state.debts] == [248_681, 5_000, 238_630]


def test_what_is_corrected_bears_no_penalty() -> None:
    """1000.00 of October are open from day 31 to 34: 1000 × 9 % / 300 × 4."""
    account_state = state()
    settle(account_state, [taken_off("1586.81", OCTOBER, dt.date(2026, 12, 19))])
    lines = accrue(account_state, month=DECEMBER, closing_day=CLOSING, rate_book=RATE_BOOK, charged=True)
    assert [(line.for_month, line.amount) for line in lines] == [(OCTOBER, 120)]


def test_a_penalty_already_charged_is_taken_back_with_what_bore_it() -> None:
    """Of 2586.81 with 4 days charged, 1000.00 were never owed: −1000 × 9 % / 300 × 4; the rest runs on, 31 days."""
    account_state = state(counted=CLOSING - dt.timedelta(1))
    settle(account_state, [taken_off("1000", OCTOBER, dt.date(2027, 1, 12))])
    [line] = [
        line
        for line in accrue(
            account_state, month=DECEMBER + 1, closing_day=dt.date(2027, 1, 21), rate_book=RATE_BOOK, charged=True
        )
        if line.for_month == OCTOBER
    ]
    assert line.amount == -120 + round(158_681 * Decimal("0.09") / 300 * 31)
    stored = stored_explanations.dumped(line.why)
    charge = Charge(kind="penalty", explanation=stored, amount=Decimal(line.amount) / 100)
    assert "исправлением" in " ".join(explain.sentences(charge))


def debts(account: Account, today: dt.date) -> list[tuple[str, Decimal]]:
    """Open months of both selectors, which agree."""
    state_now = debt_state(account, today=today)
    assert debt_states([account.pk], today=today)[account.pk] == state_now
    return [(str(row.period), row.open) for row in state_now.debts]


@pytest.mark.django_db
def test_a_closing_changes_nothing_of_what_a_correction_settled(cast: Cast) -> None:
    account = cast.anna.account
    put_numbers()
    bring_debt(account=account, period=Period(2025, 11), due_on=dt.date(2025, 12, 10), amount=Decimal("2586.81"))
    bring_debt(account=account, period=Period(2025, 12), due_on=dt.date(2026, 1, 12), amount=Decimal("2386.30"))
    correct(
        account=account,
        amount=Decimal("-2580.09"),
        for_period=Period(2025, 12),
        reason="ошибка",
        document="1",
        on=dt.date(2026, 1, 5),
        by=None,
    )
    before = debts(account, dt.date(2026, 1, 20))
    assert before == [("2025-11", Decimal("2393.02"))]
    close(JANUARY)
    assert debts(account, dt.date(2026, 2, 1))[: len(before)] == before
    [penalty] = Charge.objects.filter(account=account, kind=EntryKind.PENALTY)
    assert [part[0] for part in penalty.explanation["parts"]] == [239_302]
