"""What an act does to meters: one begins on the 1st, the other is closed; a first reading; a verification."""

import datetime as dt
from decimal import Decimal

import pytest

from portal.accounts.enums import Service
from portal.metering import commissioning
from portal.metering.exceptions import (
    ClosedBeforeLastReading,
    FinalReadingLower,
    MeterClosed,
    SerialNumberTaken,
    ServiceNotMetered,
    StartReadingRefused,
    TooManyDigits,
    VerificationExpired,
)
from portal.metering.models import Meter, Reading, UnverifiedSpan
from portal.metering.registration import NewMeter
from tests.people import Cast

ON = dt.date(2026, 11, 16)


def new(**changed: object) -> NewMeter:
    values: dict[str, object] = {
        "service": Service.COLD_WATER,
        "place": "Кухня",
        "serial_number": " N-1 ",
        "start_value": Decimal("0.500"),
        "verified_until": dt.date(2032, 11, 16),
        "mounted_on": ON,
    }
    return NewMeter(**(values | changed))  # type: ignore[arg-type]


def old() -> Meter:
    return Meter.objects.get(serial_number="A-1001")


def test_the_new_one_counts_from_the_first_and_the_old_one_is_closed(cast: Cast) -> None:
    meter = commissioning.commission(
        account=cast.anna.account, new=new(), on=ON, replaces=old(), final_value=Decimal("140.000")
    )
    assert (meter.commissioned_on, meter.start_value, meter.serial_number) == (
        dt.date(2026, 12, 1),
        Decimal("0.500"),
        "N-1",
    )
    assert (old().closed_on, old().closing_value) == (ON, Decimal("140.000"))


def test_a_refused_final_reading_leaves_both_as_they_were(cast: Cast) -> None:
    with pytest.raises(FinalReadingLower):
        commissioning.commission(account=cast.anna.account, new=new(), on=ON, replaces=old(), final_value=Decimal(1))
    assert old().closed_on is None
    assert not Meter.objects.filter(serial_number="N-1").exists()


def test_a_meter_is_not_closed_before_its_last_reading(cast: Cast) -> None:
    Reading.objects.create(
        meter=old(),
        value=Decimal("141.000"),
        taken_on=ON + dt.timedelta(days=1),
        source="phone",
        accepted_at=dt.datetime(2026, 11, 17, 12, tzinfo=dt.UTC),
    )
    with pytest.raises(ClosedBeforeLastReading) as refused:
        commissioning.close(meter=old(), on=ON, value=None)
    assert refused.value.taken_on == ON + dt.timedelta(days=1)
    assert old().closed_on is None


def test_a_closed_meter_is_not_closed_again(cast: Cast) -> None:
    commissioning.close(meter=old(), on=ON, value=None)
    with pytest.raises(MeterClosed):
        commissioning.close(meter=old(), on=ON, value=None)
    with pytest.raises(MeterClosed):
        verified(dt.date(2040, 1, 1))


def test_what_cannot_be_put_into_service(cast: Cast) -> None:
    with pytest.raises(SerialNumberTaken):
        commissioning.commission(account=cast.anna.account, new=new(serial_number="a-1001"), on=ON)
    with pytest.raises(VerificationExpired):
        commissioning.commission(account=cast.anna.account, new=new(verified_until=dt.date(2026, 11, 15)), on=ON)
    with pytest.raises(ServiceNotMetered):
        commissioning.commission(account=cast.anna.account, new=new(service=Service.WASTEWATER), on=ON)
    with pytest.raises(TooManyDigits):
        commissioning.commission(account=cast.anna.account, new=new(start_value=Decimal(100000)), on=ON)


def test_the_first_meter_starts_at_the_reading_of_the_first(cast: Cast) -> None:
    meter = commissioning.commission(account=cast.anna.account, new=new(), on=ON)
    first = dt.date(2026, 12, 1)
    for day, value in ((dt.date(2026, 11, 20), "3.1"), (dt.date(2026, 12, 25), "3.1"), (first, "0.4")):
        with pytest.raises(StartReadingRefused):
            commissioning.record_start(meter=meter, value=Decimal(value), taken_on=day)
    assert commissioning.record_start(meter=meter, value=Decimal("3.100"), taken_on=first).start_value == Decimal("3.1")
    Reading.objects.create(
        meter=meter,
        value=Decimal(4),
        taken_on=dt.date(2026, 12, 15),
        source="cabinet",
        accepted_at=dt.datetime(2026, 12, 15, tzinfo=dt.UTC),
    )
    with pytest.raises(StartReadingRefused):
        commissioning.record_start(meter=meter, value=Decimal("3.2"), taken_on=first)


def verified(until: dt.date, *, on: dt.date = ON, value: str = "140") -> Meter:
    return commissioning.extend_verification(meter=old(), verified_until=until, on=on, value=Decimal(value))


def test_a_verification_only_extends(cast: Cast) -> None:
    until = dt.date(2032, 1, 1)
    assert verified(until).verified_until == until
    assert verified(dt.date(2031, 1, 1)).verified_until == until
    assert not UnverifiedSpan.objects.exists(), "it had not ended"
    with pytest.raises(VerificationExpired):
        verified(dt.date(2020, 1, 1))


def test_days_between_two_verifications_stay_unverified(cast: Cast) -> None:
    Meter.objects.filter(pk=old().pk).update(verified_until=dt.date(2026, 9, 30))
    with pytest.raises(FinalReadingLower):
        verified(dt.date(2032, 1, 1), value="100")
    verified(dt.date(2032, 1, 1))
    span = UnverifiedSpan.objects.get()
    assert (span.since, span.until, span.value) == (dt.date(2026, 10, 1), ON - dt.timedelta(days=1), Decimal(140))
