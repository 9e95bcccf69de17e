"""The demo on any day: its sizes, its own clock, office hours that lie in the past, shares that come out exact."""

import datetime as dt
import random
from contextlib import suppress

import pytest
from django.conf import settings as project
from django.core.management import CommandError, call_command
from django.utils import timezone

from portal.accounts.models import User
from portal.core import clock
from portal.metering.models import Reading
from portal.operations.demo import company, dated_numbers, history, loading, settlement
from portal.operations.demo.demo_clock import DemoClock
from portal.operations.demo.settlement import _shares
from portal.operations.demo.world import STORY_ENDS, World, at_time
from tests.conftest import SetDate

TODAY = dt.date(2026, 11, 15)  # a Sunday


def world(today: dt.date = TODAY, loaded_at: dt.time = STORY_ENDS, months: int = 24) -> World:
    return World(
        today=today,
        size=12,
        random=random.Random(1),
        progress=lambda line: None,
        loaded_at=loaded_at,
        months=months,
    )


# Sizes and days.


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["--accounts", "11"], "at least 12"),
        (["--accounts", "-1"], "at least 12"),
        (["--months", "0"], "from 1 to 35"),
        (["--months", "36"], "rates begin in 2023-12"),
    ],
)
def test_a_size_that_the_stories_do_not_fit_into_is_refused(business_date: SetDate, words: list[str], why: str) -> None:
    business_date(TODAY)
    with pytest.raises(CommandError, match=why):
        call_command("load_demo", *words)
    assert not User.objects.exists()


@pytest.mark.django_db
def test_a_day_before_the_first_rates_is_refused(business_date: SetDate) -> None:
    business_date("2023-06-15")
    with pytest.raises(CommandError, match="from 1 to 0"):
        call_command("load_demo", "--months", "1")


@pytest.mark.django_db
@pytest.mark.parametrize(("today", "sent"), [("2026-11-05", False), ("2026-11-30", True), ("2028-02-29", True)])
def test_the_demo_stands_on_days_outside_the_reading_window(
    monkeypatch: pytest.MonkeyPatch, today: str, sent: bool
) -> None:
    """Before the window opens nobody has sent the month's readings."""
    parts = {part.load for part in (company, settlement, dated_numbers, history)}
    monkeypatch.setattr(loading, "STEPS", tuple(step for step in loading.STEPS if step.load in parts))
    made = loading.load(today=dt.date.fromisoformat(today), size=12, months=1, progress=lambda line: None)
    assert Reading.objects.filter(taken_on__gte=made.current.first_day).exists() is sent
    assert not Reading.objects.filter(taken_on__gt=made.today).exists()


@pytest.mark.parametrize(
    ("today", "until"), [("2028-02-29", "2034-02-28"), ("2026-11-15", "2032-11-15"), ("2026-12-31", "2032-12-28")]
)
def test_what_is_verified_today_is_valid_for_six_years(today: str, until: str) -> None:
    assert world(dt.date.fromisoformat(today)).six_years_on == dt.date.fromisoformat(until)


def test_the_months_of_the_demo() -> None:
    made = world(months=3)
    assert (str(made.first), str(made.current)) == ("2026-08", "2026-11")
    assert [str(period) for period in made.closed] == ["2026-08", "2026-09", "2026-10"]
    assert made.began == dt.date(2026, 2, 3)


# Moments.


@pytest.mark.parametrize("of", range(9))
@pytest.mark.parametrize("ahead", [-40, -8, -2, -1, 0, 1, 30])
def test_what_the_office_did_lies_in_office_hours_of_a_past_working_day(ahead: int, of: int) -> None:
    moment = world().office(TODAY + dt.timedelta(days=ahead), of=of)
    assert moment.date() < TODAY
    assert moment.weekday() < 5
    assert 9 <= moment.hour < 18
    assert moment.hour != 13, "the office is closed for lunch"


def test_a_closed_day_is_moved_to_the_next_working_one_where_that_is_past() -> None:
    saturday = dt.date(2026, 11, 7)
    assert world().office(saturday).date() == dt.date(2026, 11, 9)
    assert world().office(dt.date(2026, 11, 14)).date() == dt.date(2026, 11, 13), "the next one would be tomorrow"


def test_a_demo_loaded_at_dawn_moves_todays_story_before_its_clock() -> None:
    dawn = world(loaded_at=dt.time(5, 0))
    assert dawn.time(0, 8, 12) == at_time(TODAY, dt.time(3, 57))
    assert dawn.time(-1, 8, 12) == at_time(TODAY - dt.timedelta(days=1), dt.time(8, 12))
    assert world(loaded_at=dt.time(16, 0)).time(0, 8, 12) == at_time(TODAY, dt.time(8, 12))


def test_the_demos_clock_runs_while_it_is_loaded_and_gives_way_after_an_error(business_date: SetDate) -> None:
    business_date(TODAY)
    played = DemoClock()
    then = dt.datetime(2025, 3, 1, 12, tzinfo=clock.MOSCOW)
    with suppress(RuntimeError), played.running():
        assert played.go_to(then) == then
        assert dt.timedelta(0) <= timezone.now() - then < dt.timedelta(minutes=1)
        assert clock.today() == dt.date(2025, 3, 1), "whatever PORTAL_TODAY says"
        raise RuntimeError
    assert clock.today() == TODAY
    assert str(TODAY) == project.PORTAL_TODAY
    assert timezone.now() - then > dt.timedelta(days=300)


# Shares.


@pytest.mark.parametrize("wanted", [0, 1, 12, 77, 300, 1000])
@pytest.mark.parametrize("weights", [[1], [90, 60, 30], [3, 0, 5, 1, 1]])
def test_shares_come_out_exact_and_in_proportion(weights: list[int], wanted: int) -> None:
    total = sum(weights)
    shares = _shares(weights, wanted, total)
    assert sum(shares) == wanted
    assert all(abs(share * total - wanted * weight) < total for share, weight in zip(shares, weights, strict=True))
    assert min(shares) >= 0
