"""A meter is registered by one service with one set of rules, whoever asks: office, commissioning, replacement."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from portal.accounts.enums import Service
from portal.metering.exceptions import (
    MeterRefused,
    NegativeValue,
    SerialNumberTaken,
    ServiceNotMetered,
    TooManyDecimals,
    TooManyDigits,
    VerificationExpired,
)
from portal.metering.models import Meter
from portal.metering.registration import (
    NewMeter,
    meter_checks,
    normalise_serial,
    refusals_of,
    register_meter,
    require_free_serial,
    with_serial,
)
from tests.people import Cast

TODAY = dt.date(2026, 11, 15)
NEW = NewMeter(
    service=Service.COLD_WATER,
    serial_number="  20-451 77 ",
    start_value=Decimal("0.250"),
    verified_until=dt.date(2032, 11, 14),
    place="Кухня",
    seal_number="П-77",
    mounted_on=dt.date(2026, 11, 14),
)


def register(cast: Cast, **changes: object) -> Meter:
    """Boris registers the new meter with such changes."""
    return register_meter(
        account=cast.boris.account, new=replace(NEW, **changes), counts_from=dt.date(2026, 12, 1), on=TODAY
    )


def test_all_that_was_said_of_it_stands_in_it(cast: Cast) -> None:
    meter = Meter.objects.get(pk=register(cast).pk)
    assert (meter.account, meter.service, meter.serial_number) == (cast.boris.account, "cold_water", "20-451 77")
    assert (meter.start_value, meter.digits, meter.seal_number) == (Decimal("0.250"), 5, "П-77")
    assert (meter.mounted_on, meter.commissioned_on) == (dt.date(2026, 11, 14), dt.date(2026, 12, 1))
    assert (meter.verified_until, meter.closed_on) == (dt.date(2032, 11, 14), None)


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"service": Service.WASTEWATER}, ServiceNotMetered),
        ({"service": "irrigation"}, ServiceNotMetered),
        ({"start_value": Decimal("-0.001")}, NegativeValue),
        ({"start_value": Decimal("0.0001")}, TooManyDecimals),
        ({"start_value": Decimal(100_000)}, TooManyDigits),
        ({"start_value": Decimal(10_000), "digits": 4}, TooManyDigits),
        ({"verified_until": dt.date(2026, 11, 14)}, VerificationExpired),
    ],
)
def test_what_is_no_meter_of_ours(cast: Cast, changes: dict[str, object], refusal: type[Exception]) -> None:
    before = Meter.objects.count()
    with pytest.raises(refusal):
        register(cast, **changes)
    assert Meter.objects.count() == before


def test_the_last_day_of_a_verification_still_counts(cast: Cast) -> None:
    assert register(cast, verified_until=TODAY).verified_until == TODAY


@pytest.mark.parametrize("written", ["20-451 77", "2045177", "20 451-77", "20\u00a0451 77"])
def test_a_number_is_the_same_however_it_is_written(cast: Cast, written: str) -> None:
    first = register(cast)
    assert with_serial(Meter.objects.all(), written).get() == first
    with pytest.raises(SerialNumberTaken) as refused:
        register(cast, serial_number=written)
    assert refused.value.same_account is True


def test_letters_of_a_number_have_no_case(cast: Cast) -> None:
    assert normalise_serial(" ab-12\u00a0c") == "AB12C"
    with pytest.raises(SerialNumberTaken) as refused:
        register(cast, serial_number="a 1001")
    assert refused.value.same_account is False, "Anna's"


def test_another_service_and_a_closed_meter_leave_the_number_free(cast: Cast) -> None:
    assert register(cast, serial_number="A-1001", service=Service.HOT_WATER).service == "hot_water"
    Meter.objects.filter(serial_number="A-1001", service="cold_water").update(
        closed_on=TODAY, closing_value=Decimal("140.000")
    )
    assert register(cast, serial_number="A-1001").account == cast.boris.account


def test_the_meter_that_is_replaced_does_not_stand_in_the_way(cast: Cast) -> None:
    old = Meter.objects.get(serial_number="A-1001")
    with pytest.raises(SerialNumberTaken):
        require_free_serial(serial_number="A1001", service="cold_water")
    require_free_serial(serial_number="A1001", service="cold_water", besides=old)


def test_the_database_itself_refuses_the_second(cast: Cast) -> None:
    """Whoever comes between the check and the row."""
    first = register(cast)
    with pytest.raises(IntegrityError), transaction.atomic():
        Meter.objects.create(
            account=cast.anna.account,
            service=first.service,
            serial_number=first.serial_number,
            start_value=Decimal(0),
            commissioned_on=TODAY,
            verified_until=TODAY,
        )


def test_a_form_hears_of_all_that_is_wrong_and_of_nothing_that_was_not_typed(cast: Cast) -> None:
    typed: dict[str, Any] = {
        "service": "cold_water",
        "serial_number": "A-1001",
        "start_value": Decimal(-1),
        "verified_until": dt.date(2026, 1, 1),
    }
    refusals = refusals_of(meter_checks(on=TODAY, account=cast.anna.account, **typed))
    assert [type(refusal) for refusal in refusals] == [SerialNumberTaken, NegativeValue, VerificationExpired]
    assert isinstance(refusals[0], MeterRefused)
    nothing: dict[str, Any] = dict.fromkeys(typed)
    assert refusals_of(meter_checks(on=TODAY, **nothing)) == []
