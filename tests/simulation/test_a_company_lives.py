"""Months of a company in minutes, with everything that goes wrong; a failure is repeated by its seed.

SIMULATION_SEEDS (such as 1-20) and SIMULATION_MONTHS choose more; `make simulate SEED=7 MONTHS=24` is one long life.
"""

import datetime as dt
import os
import random
import uuid
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import time_machine

from portal.core.clock import MOSCOW
from portal.core.periods import Period
from portal.ledger.services import NewEntry
from portal.payments.services import recording
from portal.payments.services.recording import payment_entry
from tests.conftest import OwnDatabase
from tests.simulation.company import Company, found_company
from tests.simulation.invariants import check_day, check_end, check_month
from tests.simulation.life import Life

# A killed process leaves its cursors open.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
FIRST = Period(2026, 1)
LATEST_END = dt.timedelta(days=60)
"""By when everything that was begun has ended, with nothing going wrong any more."""
BANK_ANSWERS_BY = dt.timedelta(days=3)
"""After which the portal gives up a payment that the bank never decides."""
CLOSED_BY = 10
"""Day of the next month by which a month is closed and its receipts are out, whatever was killed."""
SEALS_CHECKED_ON = (CLOSED_BY, 20, 28)
"""Days of a month after which the whole chain of seals is verified."""
MONTHS = int(os.environ.get("SIMULATION_MONTHS", "1"))


def seeds() -> list[int]:
    """The seeds of SIMULATION_SEEDS: 7, or 1-20."""
    first, _, last = os.environ.get("SIMULATION_SEEDS", "1").partition("-")
    return list(range(int(first), int(last or first) + 1))


@pytest.fixture
def company(own_database: OwnDatabase, settings: Any) -> Company:
    """The company on its first day."""
    settings.PORTAL_TODAY = ""
    settings.PAYMENT_GATEWAY = "demo"
    return found_company()


def at(day: dt.date) -> dt.datetime:
    """Early morning of a day."""
    return dt.datetime.combine(day, dt.time(5), tzinfo=MOSCOW)


def play_days(life: Life, move_clock: Callable[[dt.datetime], None], first: dt.date, last: dt.date) -> None:
    """Play the days from first to last, both inclusive, and look after each whether everything holds."""
    day = first
    while day <= last:
        life.day(move_clock, day)
        check_day(life, seals=day.day in SEALS_CHECKED_ON)
        if day.day == CLOSED_BY and day > FIRST.last_day:
            check_month(life, Period.of(day).previous)
        day += dt.timedelta(days=1)


@pytest.mark.parametrize("seed", seeds())
def test_a_company_lives(company: Company, seed: int) -> None:
    life = Life(company, random.Random(seed))
    last = FIRST.shift(MONTHS).day(CLOSED_BY)
    with time_machine.travel(at(FIRST.first_day), tick=False) as moved:
        play_days(life, moved.move_to, FIRST.first_day, last)
        day, end = last, last + LATEST_END
        while day < end and (life.has_open_requests or day < last + BANK_ANSWERS_BY):
            moved.move_to(at(day))
            life.work_on_requests()
            life.finish()
            day += dt.timedelta(days=1)
        check_end(life)


def test_the_control_a_payment_booked_twice_is_found(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the key that makes a payment's entry one, notices that come twice are found by the ledger's proof."""

    def without_key(**payment: Any) -> NewEntry:
        return replace(payment_entry(**payment), key=uuid.uuid4().hex)

    monkeypatch.setattr(recording, "payment_entry", without_key)
    life = Life(company, random.Random(1))
    with time_machine.travel(at(FIRST.first_day), tick=False) as moved, pytest.raises(AssertionError):
        play_days(life, moved.move_to, FIRST.first_day, FIRST.last_day)
