"""The day from which a meter is out of order: not before it counted, not ahead."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError

from portal.core import clock
from portal.metering.models import Meter
from tests.people import Cast

pytestmark = pytest.mark.django_db


def test_days_that_only_a_slip_writes_are_refused(cast: Cast) -> None:
    meter = Meter.objects.filter(account=cast.anna.account).first()
    assert meter is not None
    for wrong in (meter.commissioned_on - dt.timedelta(1), clock.today() + dt.timedelta(1)):
        meter.out_of_order_from = wrong
        with pytest.raises(ValidationError, match="out_of_order_from"):
            meter.clean()
    meter.out_of_order_from = clock.today()
    meter.clean()


def test_what_stands_already_is_left(cast: Cast) -> None:
    meter = Meter.objects.filter(account=cast.anna.account).first()
    assert meter is not None
    Meter.objects.filter(pk=meter.pk).update(out_of_order_from=dt.date(1995, 1, 1))
    meter.refresh_from_db()
    meter.clean()
