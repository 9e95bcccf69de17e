"""Values and days that a new verification and a first reading may have; refused readings are counted."""

import datetime as dt
from decimal import Decimal

import pytest
from prometheus_client import REGISTRY

from portal.accounts.enums import Service
from portal.core.clock import MOSCOW
from portal.metering.commissioning import START_READING_DAYS, close, extend_verification, record_start
from portal.metering.enums import ReadingSource
from portal.metering.exceptions import (
    FinalReadingLower,
    HigherThanNext,
    LowerThanPrevious,
    MeterClosed,
    StartReadingRefused,
    TooManyDecimals,
    VerificationExpired,
)
from portal.metering.models import Meter, UnverifiedSpan
from portal.metering.services import submit_reading
from tests.people import Cast, make_meter

pytestmark = pytest.mark.django_db

ENDED = dt.date(2026, 10, 5)
VERIFIED = dt.date(2026, 11, 16)
UNTIL = dt.date(2032, 11, 15)


@pytest.fixture
def meter(cast: Cast) -> Meter:
    """Verified until October 5, read at 104 m³ on September 15."""
    meter = make_meter(cast.boris.account, Service.COLD_WATER, serial="B-1", start="100.000")
    read(meter, "104.000", dt.date(2026, 9, 15))
    Meter.objects.filter(pk=meter.pk).update(verified_until=ENDED)
    meter.refresh_from_db()
    return meter


def read(meter: Meter, value: str, day: dt.date) -> None:
    moment = dt.datetime.combine(day, dt.time(12), MOSCOW)
    submit_reading(meter=meter, value=Decimal(value), moment=moment, source=ReadingSource.PHONE, confirmed_high=True)


def verify(meter: Meter, value: str = "110.000", *, until: dt.date = UNTIL, on: dt.date = VERIFIED) -> Meter:
    return extend_verification(meter=meter, verified_until=until, on=on, value=Decimal(value))


def test_a_meter_verified_on_the_day_after_its_end_has_no_such_days(meter: Meter) -> None:
    verify(meter, on=ENDED + dt.timedelta(days=1))
    assert not UnverifiedSpan.objects.exists()


def test_what_a_verification_may_not_say(meter: Meter) -> None:
    with pytest.raises(VerificationExpired):
        verify(meter, until=VERIFIED - dt.timedelta(days=1))
    with pytest.raises(FinalReadingLower):
        verify(meter, "103.999")
    with pytest.raises(TooManyDecimals):
        verify(meter, "110.0001")
    read(meter, "112.000", dt.date(2026, 11, 18))
    with pytest.raises(HigherThanNext):
        verify(meter, "112.001")
    meter.refresh_from_db()
    assert meter.verified_until == ENDED
    assert not UnverifiedSpan.objects.exists()
    verify(meter, "112.000", until=VERIFIED)


def test_a_closed_meter_is_not_verified(meter: Meter) -> None:
    close(meter=meter, on=dt.date(2026, 11, 10), value=Decimal("108.000"))
    with pytest.raises(MeterClosed):
        verify(meter)


def test_a_start_is_read_a_few_days_around_the_first(cast: Cast) -> None:
    meter = make_meter(cast.boris.account, Service.COLD_WATER, serial="B-2", start="5.000")
    first = meter.commissioned_on - dt.timedelta(days=3)
    last = meter.commissioned_on + dt.timedelta(days=START_READING_DAYS)
    for day in (first, last):
        assert record_start(meter=meter, value=Decimal("5.500"), taken_on=day).start_value == Decimal("5.500")
    for day in (first - dt.timedelta(days=1), last + dt.timedelta(days=1)):
        with pytest.raises(StartReadingRefused):
            record_start(meter=meter, value=Decimal("5.600"), taken_on=day)
    with pytest.raises(StartReadingRefused):
        record_start(meter=meter, value=Decimal("5.499"), taken_on=last)


def test_a_start_is_not_set_once_the_meter_was_read(meter: Meter) -> None:
    with pytest.raises(StartReadingRefused):
        record_start(meter=meter, value=Decimal("101.000"), taken_on=meter.commissioned_on)


def test_a_refused_reading_is_counted_by_its_reason(meter: Meter) -> None:
    labels = {"reason": LowerThanPrevious.__name__}
    before = REGISTRY.get_sample_value("portal_readings_refused_total", labels) or 0
    with pytest.raises(LowerThanPrevious):
        read(meter, "103.000", dt.date(2026, 10, 15))
    assert REGISTRY.get_sample_value("portal_readings_refused_total", labels) == before + 1
