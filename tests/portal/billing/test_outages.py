"""Reductions decided on after the closing, or decided otherwise: the next closing books the difference."""

import datetime as dt
from decimal import Decimal

import pytest
from django.utils import timezone

from portal.accounts.enums import Service
from portal.billing import services
from portal.billing.models import Charge, Interruption, PeriodRun
from portal.core.clock import MOSCOW
from portal.core.periods import Period
from tests.company import put_numbers
from tests.people import Cast
from tests.portal.billing.month import APRIL, FEBRUARY, JANUARY, MARCH, close

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 2, 1, 12, tzinfo=MOSCOW)


def _break(cast: Cast, day: int, hours: int, *wanted: Service) -> list[Interruption]:
    start = dt.datetime(2026, 1, day, 10, tzinfo=MOSCOW)
    return services.propose_interruption(
        houses=[cast.boris.account.premises.house],
        services=wanted or [Service.COLD_WATER],
        started_at=start,
        ended_at=start + dt.timedelta(hours=hours),
        source="outage",
    )


def _approve(interruption: Interruption) -> None:
    services.approve_interruption(interruption=interruption, by=None, moment=NOW)


def _booked(cast: Cast, period: Period) -> list[tuple[str, str, Decimal]]:
    lines = Charge.objects.filter(account=cast.boris.account, kind="outage", period=period.first_day)
    return [(line.service, f"{line.for_period:%Y-%m}", line.amount) for line in lines.order_by("service")]


def test_late_decisions_and_changed_ones_are_booked_as_differences(cast: Cast) -> None:
    """Boris, January: cold water by the raised norm 12.993 m³, 632.37 ₽.

    10 h at once: max(10 − 4, 10 − 8) = 6 h: 5.69. With 5 h more: max(6 + 1, 15 − 8) = 7 h: 6.64. The 5 h alone: 0.95.
    """
    put_numbers()
    long, short = _break(cast, 5, 10)[0], _break(cast, 12, 5)[0]
    close(JANUARY)
    assert _booked(cast, JANUARY) == []
    _approve(long)
    close(FEBRUARY)
    assert _booked(cast, FEBRUARY) == [("cold_water", "2026-01", Decimal("-5.69"))]
    PeriodRun.objects.filter(period=FEBRUARY.first_day).update(started_at=timezone.now() + dt.timedelta(days=9))
    _approve(short)  # on a clock that was moved back since
    close(MARCH)
    assert _booked(cast, MARCH) == [("cold_water", "2026-01", Decimal("-0.95"))]
    services.change_decision(interruption=long, by=None, moment=NOW)
    close(APRIL)
    assert _booked(cast, APRIL) == [("cold_water", "2026-01", Decimal("5.69"))]
    close(APRIL.next)
    assert _booked(cast, APRIL.next) == []


def test_only_the_service_that_was_off_is_reduced(cast: Cast) -> None:
    """Wastewater by the norm 14.836 m³, 609.02 ₽: 6 h are 5.48. Hot water is not charged: nothing to reduce."""
    put_numbers()
    for interruption in _break(cast, 5, 10, Service.WASTEWATER, Service.HOT_WATER):
        _approve(interruption)
    close(JANUARY)
    assert _booked(cast, JANUARY) == [("wastewater", "2026-01", Decimal("-5.48"))]


def test_a_corrected_end_is_decided_anew(cast: Cast) -> None:
    """11 hours instead of 10: 7 h, 6.64; the former 5.69 stands until somebody decides."""
    put_numbers()
    _approve(_break(cast, 5, 10)[0])
    close(JANUARY)
    corrected = _break(cast, 5, 11)[0]
    close(FEBRUARY)
    assert _booked(cast, FEBRUARY) == []
    _approve(corrected)
    close(MARCH)
    assert _booked(cast, MARCH) == [("cold_water", "2026-01", Decimal("-0.95"))]
