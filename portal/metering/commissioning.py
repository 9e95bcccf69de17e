"""Putting a meter into service, closing the one before it, extending a verification.

For the app of service requests, which owns applications, visits and certificates: here is only what they do to meters.
The meter itself is created by portal.metering.registration.
"""

import datetime as dt
from decimal import Decimal

from django.db import transaction

from portal.accounts.models import Account
from portal.core.periods import Period
from portal.metering.calculation import MeterPoint
from portal.metering.enums import Status
from portal.metering.exceptions import (
    ClosedBeforeLastReading,
    FinalReadingLower,
    HigherThanNext,
    MeterClosed,
    StartReadingRefused,
)
from portal.metering.models import Meter, UnverifiedSpan
from portal.metering.registration import NewMeter, register_meter, require_verified
from portal.metering.selectors import previous_values
from portal.metering.services import require_possible, require_value

START_READING_DAYS = 20


def require_final_value(*, meter: Meter, value: Decimal, on: dt.date, before: dt.date = dt.date.max) -> None:
    """See that a meter can show so many m³ on a day, after its last reading before another day (exclusive).

    Raises FinalReadingLower, AboveMaximumFlow, or what is wrong with the number itself.
    """
    require_value(value, meter.digits)
    last = previous_values([meter], before=before)[meter.pk]
    if value < last.value:
        raise FinalReadingLower(previous=last.value, taken_on=last.taken_on)
    earlier, later = MeterPoint(last.taken_on, last.value), MeterPoint(max(on, last.taken_on), value)
    require_possible(meter=meter, earlier=earlier, later=later)


def require_below_later_readings(*, meter: Meter, value: Decimal, on: dt.date) -> None:
    """Raise HigherThanNext when an accepted reading of that day or a later one is lower."""
    later = meter.readings.filter(status=Status.ACCEPTED, taken_on__gte=on, rollover=False).order_by("taken_on").first()
    if later is not None and later.value < value:
        raise HigherThanNext(following=later.value, taken_on=later.taken_on)


def require_after_last_reading(*, meter: Meter, on: dt.date) -> None:
    """Raise ClosedBeforeLastReading when an accepted reading is dated after the day."""
    later = meter.readings.filter(status=Status.ACCEPTED, taken_on__gt=on).order_by("-taken_on").first()
    if later is not None:
        raise ClosedBeforeLastReading(taken_on=later.taken_on)


@transaction.atomic
def commission(
    *,
    account: Account,
    new: NewMeter,
    on: dt.date,
    replaces: Meter | None = None,
    final_value: Decimal | None = None,
) -> Meter:
    """Put a meter into service on a day; the one it replaces is closed by the same step, at `final_value` in m³.

    Its volume counts from the 1st of the next month (Rules 354, п. 81), starting at the day's reading, so that what
    runs between the day and the 1st enters its first month once. Raises the refusals of `register_meter` and `close`.
    """
    if replaces is not None:
        close(meter=replaces, on=on, value=final_value)
    return register_meter(account=account, new=new, counts_from=Period.of(on).next.first_day, on=on, replaces=replaces)


@transaction.atomic
def close(*, meter: Meter, on: dt.date, value: Decimal | None) -> Meter:
    """Close a meter on a day with its final reading in m³ (None: it cannot be read).

    Raises MeterClosed, ClosedBeforeLastReading, FinalReadingLower, or what is wrong with the number.
    """
    meter = Meter.objects.select_for_update().get(pk=meter.pk)
    if meter.closed_on is not None:
        raise MeterClosed(str(meter.pk))
    require_after_last_reading(meter=meter, on=on)
    if value is not None:
        require_final_value(meter=meter, value=value, on=on)
    meter.closed_on, meter.closing_value = on, value
    meter.save(update_fields=["closed_on", "closing_value"])
    return meter


@transaction.atomic
def record_start(*, meter: Meter, value: Decimal, taken_on: dt.date) -> Meter:
    """Set where a first meter's volume starts: its reading for the 1st of the month that it counts from, m³.

    Norm and meter then never bill the same days. Raises StartReadingRefused, or what is wrong with the number.
    """
    meter = Meter.objects.select_for_update().get(pk=meter.pk)
    require_value(value, meter.digits)
    first = meter.commissioned_on - dt.timedelta(days=3)
    last = meter.commissioned_on + dt.timedelta(days=START_READING_DAYS)
    if not first <= taken_on <= last or value < meter.start_value or meter.readings.exists():
        raise StartReadingRefused(str(meter.pk))
    mounted = MeterPoint(min(meter.mounted_on or first, taken_on), meter.start_value)
    require_possible(meter=meter, earlier=mounted, later=MeterPoint(taken_on, value))
    meter.start_value = value
    meter.save(update_fields=["start_value"])
    return meter


@transaction.atomic
def extend_verification(*, meter: Meter, verified_until: dt.date, on: dt.date, value: Decimal) -> Meter:
    """A meter was verified on a day, when it showed `value` m³: it counts until a later day (inclusive).

    Days since the verification before it ended stay unverified for good: their months keep the average or the norm
    (Rules 354, п. 59), and the volume counts on from `value`. Raises MeterClosed, VerificationExpired,
    FinalReadingLower, HigherThanNext, or what is wrong with the number.
    """
    meter = Meter.objects.select_for_update().get(pk=meter.pk)
    if meter.closed_on is not None:
        raise MeterClosed(str(meter.pk))
    require_verified(verified_until, on=on)
    first, last = meter.verified_until + dt.timedelta(days=1), on - dt.timedelta(days=1)
    if first <= last:
        require_final_value(meter=meter, value=value, on=on, before=first)
        require_below_later_readings(meter=meter, value=value, on=on)
        UnverifiedSpan.objects.create(meter=meter, since=first, until=last, value=value)
    meter.verified_until = max(meter.verified_until, verified_until)
    meter.save(update_fields=["verified_until"])
    return meter
