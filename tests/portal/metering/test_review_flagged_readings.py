"""Staff look at flagged readings: let them stand, set them aside, ask the resident; each once."""

import datetime as dt
from decimal import Decimal

import pytest

from portal.accounts.models import User
from portal.core.clock import MOSCOW
from portal.metering.enums import Flag, ReadingSource, Status
from portal.metering.exceptions import MonthPassed
from portal.metering.models import Meter, Reading
from portal.metering.reviewing import accept_flagged, ask_about, flagged_readings, set_aside
from portal.metering.selectors import previous_values
from portal.metering.services import submit_reading
from portal.notifications.models import Message
from tests.people import Cast, make_login

NOW = dt.datetime(2026, 11, 20, 10, tzinfo=MOSCOW)


@pytest.fixture
def engineer(db: None) -> User:
    return make_login("engineer", staff=True)


@pytest.fixture
def flagged(cast: Cast) -> Reading:
    """Anna's cold water: 90 m³ in her first month, which she confirmed."""
    meter = Meter.objects.get(serial_number="A-1001")
    Meter.objects.filter(pk=meter.pk).update(commissioned_on=dt.date(2026, 10, 20))
    return submit_reading(
        meter=Meter.objects.get(pk=meter.pk),
        value=Decimal("225.120"),
        moment=dt.datetime(2026, 11, 15, 12, tzinfo=MOSCOW),
        source=ReadingSource.PHONE,
        confirmed_high=True,
    )


def fresh(reading: Reading) -> Reading:
    return Reading.objects.get(pk=reading.pk)


def test_a_flagged_one_waits_and_an_ordinary_one_does_not(flagged: Reading, cast: Cast) -> None:
    other = Meter.objects.get(serial_number="A-1002")
    submit_reading(
        meter=other,
        value=Decimal("81.000"),
        moment=dt.datetime(2026, 11, 15, 12, tzinfo=MOSCOW),
        source=ReadingSource.PHONE,
    )
    assert flagged.flags == [Flag.HIGH]
    assert [reading.pk for reading in flagged_readings()] == [flagged.pk]


def test_it_is_let_stand_once_with_who_and_when(flagged: Reading, engineer: User) -> None:
    assert accept_flagged(reading=flagged, by=engineer, moment=NOW) is True
    assert accept_flagged(reading=flagged, by=None, moment=NOW + dt.timedelta(days=1)) is False
    stands = fresh(flagged)
    assert (stands.status, stands.reviewed_at, stands.reviewed_by) == (Status.ACCEPTED, NOW, engineer)
    assert not flagged_readings().exists()


def test_one_that_is_set_aside_counts_no_more(flagged: Reading, engineer: User) -> None:
    assert set_aside(reading=flagged, by=engineer, moment=NOW) is True
    assert fresh(flagged).status == Status.REJECTED
    assert fresh(flagged).value == flagged.value, "the value itself never changes"
    before = previous_values([flagged.meter], before=dt.date(2026, 12, 1))[flagged.meter_id]
    assert (before.value, before.taken_on) == (Decimal("135.120"), dt.date(2026, 10, 20))
    assert set_aside(reading=flagged, by=engineer, moment=NOW) is False
    assert accept_flagged(reading=flagged, by=engineer, moment=NOW) is False, "nor does it come back"


@pytest.mark.parametrize(
    "moment", [dt.datetime(2026, 12, 1, 0, 1, tzinfo=MOSCOW), dt.datetime(2026, 10, 31, 23, 59, tzinfo=MOSCOW)]
)
def test_one_of_another_month_is_not_set_aside(flagged: Reading, engineer: User, moment: dt.datetime) -> None:
    with pytest.raises(MonthPassed):
        set_aside(reading=flagged, by=engineer, moment=moment)
    assert fresh(flagged).status == Status.ACCEPTED


def test_the_last_evening_of_the_month_is_still_in_time(flagged: Reading, engineer: User) -> None:
    assert set_aside(reading=flagged, by=engineer, moment=dt.datetime(2026, 11, 30, 23, 59, tzinfo=MOSCOW))


def test_the_residents_are_asked_once_whoever_asks(flagged: Reading, cast: Cast) -> None:
    account = cast.anna.account
    first = ask_about(reading=flagged, account=account)
    assert first >= 1
    written = Message.objects.filter(user=cast.anna.user).count()
    ask_about(reading=flagged, account=account)
    assert Message.objects.filter(user=cast.anna.user).count() == written
    assert not Message.objects.filter(user__in=[cast.boris.user, cast.stranger.user]).exists()
