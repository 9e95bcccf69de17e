"""FAULTS 8: two readings of one meter at the same moment; one stands, nobody sees an error of ours."""

import datetime as dt
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection

from portal.core.clock import MOSCOW
from portal.metering.enums import ReadingSource, Status
from portal.metering.exceptions import LowerThanPrevious
from portal.metering.models import Meter, Reading
from portal.metering.services import submit_reading
from tests.people import make_cast

MOMENT = dt.datetime(2026, 11, 15, 12, tzinfo=MOSCOW)


def at_once(values: list[str], action: Callable[[str], object]) -> list[object]:
    """Run an action with each value in threads that start together; errors are returned."""
    gate = threading.Barrier(len(values))

    def send(value: str) -> object:
        try:
            gate.wait(timeout=60)
            return action(value)
        except Exception as error:  # noqa: BLE001 (the test looks at what was raised)
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=len(values)) as pool:
        return list(pool.map(send, values))


@pytest.fixture
def meter(own_database: object) -> Meter:
    make_cast()
    return Meter.objects.get(serial_number="A-1001")


def send(meter: Meter) -> Callable[[str], object]:
    return lambda value: submit_reading(meter=meter, value=Decimal(value), moment=MOMENT)


def test_the_same_value_twice_at_once_is_one_reading(meter: Meter) -> None:
    results = at_once(["141.455"] * 4, send(meter))
    assert {getattr(result, "pk", result) for result in results} == {Reading.objects.get().pk}


def test_of_two_values_one_stands_and_the_other_is_replaced(meter: Meter) -> None:
    results = at_once(["141.455", "142.000"], send(meter))
    assert all(isinstance(result, Reading) for result in results)
    assert Reading.objects.filter(meter=meter, status=Status.ACCEPTED).count() == 1
    assert Reading.objects.filter(meter=meter, status=Status.REPLACED).count() == 1


def test_a_lower_one_is_refused_by_name(meter: Meter) -> None:
    results = at_once(["141.455", "100.000"], send(meter))
    assert {type(result) for result in results} == {Reading, LowerThanPrevious}
    assert Reading.objects.get().value == Decimal("141.455")


def test_the_database_itself_keeps_one_accepted_reading_a_day(meter: Meter) -> None:
    """The control: without the service's lock the second row is refused by the constraint."""
    fields = {"meter": meter, "taken_on": MOMENT.date(), "source": ReadingSource.CABINET, "accepted_at": MOMENT}
    Reading.objects.create(value=Decimal("141.455"), **fields)
    with pytest.raises(IntegrityError):
        Reading.objects.create(value=Decimal("142.000"), **fields)
