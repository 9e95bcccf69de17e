"""Closing several months of one account from nothing but its facts: for tests, previews and re-calculation."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from portal.billing.calculation.closing import close_month
from portal.billing.calculation.facts import AccountFacts
from portal.billing.calculation.lines import ChargeLine
from portal.billing.calculation.outages import months_of
from portal.billing.calculation.rate_book import RateBook
from portal.billing.calculation.state import AccountState, Debt


@dataclass(frozen=True, slots=True)
class UnpaidCharge:
    """An unpaid charge from before: its month, due day and kopecks."""

    month: int
    due: dt.date
    amount: int


@dataclass(slots=True)
class SimulationRun:
    """Result of a series of closings."""

    lines: list[ChargeLine] = field(default_factory=list)
    state: AccountState = field(default_factory=AccountState)


def opening_state(debts: Sequence[UnpaidCharge]) -> AccountState:
    """The state of an account before its first closing."""
    opened = [Debt(debt.month, debt.due, debt.amount, debt.amount, debt.due) for debt in debts]
    return AccountState(debts=sorted(opened, key=lambda debt: (debt.due, debt.month)))


def run(
    facts: AccountFacts,
    rate_book: RateBook,
    closings: Sequence[tuple[int, dt.date]],
    debts: Sequence[UnpaidCharge] = (),
) -> SimulationRun:
    """Close (month, day) after (month, day), each fact given to the closing that it belongs to."""
    simulation = SimulationRun(state=opening_state(debts))
    for month, day in closings:
        if simulation.state.month is not None and month <= simulation.state.month:
            continue
        closed = close_month(
            facts_between(facts, simulation.state, month, day),
            simulation.state,
            rate_book,
            month=month,
            closing_day=day,
        )
        simulation.lines += closed.lines
        simulation.state = closed.state
    return simulation


def facts_between(facts: AccountFacts, state: AccountState, month: int, day: dt.date) -> AccountFacts:
    """The facts that no earlier closing has counted, up to a closing."""
    cut, closed_on = state.cut(), state.closed_on
    return replace(
        facts,
        readings=tuple(reading for reading in facts.readings if cut is None or reading.day > cut),
        receipts=tuple(
            receipt
            for receipt in facts.receipts
            if (closed_on is None or receipt.day > closed_on) and receipt.day <= day
        ),
        interruptions=tuple(interruption for interruption in facts.interruptions if month in months_of(interruption)),
    )
