"""Putting a meter into service, closing the one before it, extending a verification.

For the app of service requests, which owns applications, visits and acts: here is only what they do to meters.
Whoever changes `Meter`, keep these four writes whole; tests/portal/metering/test_commissioning.py holds them.
"""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Replace

from portal.accounts.enums import Service
from portal.accounts.models import Account
from portal.core.periods import Period
from portal.metering.calculation import Point
from portal.metering.enums import Status
from portal.metering.exceptions import HigherThanNext, MeterClosed
from portal.metering.models import Meter, MeterType, UnverifiedSpan
from portal.metering.selectors import previous_values
from portal.metering.services import require_possible, require_value

START_READING_DAYS = 20


class CommissioningRefused(Exception):
    """The root of every refusal here."""


BETWEEN_SIGNS = " -\u00a0"
"""What people put between the signs of a serial number."""


class SerialNumberTaken(CommissioningRefused):
    """A standing meter of this service has the number; `same_account` says whether it is the applicant's own."""

    def __init__(self, *, same_account: bool) -> None:
        super().__init__("the serial number is taken")
        self.same_account = same_account


class FinalReadingLower(CommissioningRefused):
    """The old meter's final reading is below its last accepted one, m³."""

    def __init__(self, *, previous: Decimal, taken_on: dt.date) -> None:
        super().__init__(f"below {previous}")
        self.previous = previous
        self.taken_on = taken_on


class ClosedBeforeLastReading(CommissioningRefused):
    """The meter was read after the day on which it is said to have been closed."""

    def __init__(self, *, taken_on: dt.date) -> None:
        super().__init__(f"read on {taken_on}")
        self.taken_on = taken_on


class VerificationExpired(CommissioningRefused):
    """The verification had ended by the day."""


class StartReadingRefused(CommissioningRefused):
    """The reading for the 1st comes too early, too late, below the act's, or after readings were sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMeter:
    """What is known of a meter when it is put into service."""

    account: Account
    service: Service
    place: str
    serial_number: str
    verified_until: dt.date
    mounted_on: dt.date
    digits: int = 5
    type: MeterType | None = None
    seal_number: str = ""


def plain_serial(text: str) -> str:
    """A serial number for comparison: whatever case, spaces and hyphens."""
    return text.upper().translate(str.maketrans("", "", BETWEEN_SIGNS))


def with_serial(found: QuerySet[Any], serial_number: str) -> QuerySet[Any]:
    """Rows whose `serial_number` is that one, however either is written."""
    written: Combinable = F("serial_number")
    for sign in BETWEEN_SIGNS:
        written = Replace(written, Value(sign), Value(""))
    return found.annotate(plain_serial=written).filter(plain_serial__iexact=plain_serial(serial_number))


def require_free_serial(*, serial_number: str, service: str, account: Account, besides: Meter | None = None) -> None:
    """Raise SerialNumberTaken when a standing meter of the service has the number, however it is written."""
    standing = with_serial(Meter.objects.filter(service=service, closed_on=None), serial_number)
    if besides is not None:
        standing = standing.exclude(pk=besides.pk)
    other = standing.first()
    if other is not None:
        raise SerialNumberTaken(same_account=other.account_id == account.pk)


def require_final_value(*, meter: Meter, value: Decimal, on: dt.date, before: dt.date = dt.date.max) -> None:
    """See that a meter can show so many m³ on a day, after its last reading before another day (exclusive).

    Raises FinalReadingLower, AboveMaximumFlow, or what is wrong with the number itself.
    """
    require_value(value, meter.digits)
    last = previous_values([meter], before=before)[meter.pk]
    if value < last.value:
        raise FinalReadingLower(previous=last.value, taken_on=last.taken_on)
    earlier, later = Point(last.taken_on, last.value), Point(max(on, last.taken_on), value)
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
    *, new: NewMeter, value: Decimal, on: dt.date, replaces: Meter | None = None, final_value: Decimal | None = None
) -> Meter:
    """Put a meter into service on a day with a reading in m³; the one it replaces is closed by the same step.

    Its volume counts from the 1st of the next month (Rules 354, п. 81), starting at the reading, so that what runs
    between the day and the 1st enters its first month once. Raises SerialNumberTaken, VerificationExpired,
    ClosedBeforeLastReading, FinalReadingLower, MeterClosed, or what is wrong with a number.
    """
    require_free_serial(serial_number=new.serial_number, service=new.service, account=new.account, besides=replaces)
    require_value(value, new.digits)
    if new.verified_until < on:
        raise VerificationExpired(str(new.verified_until))
    if replaces is not None:
        close(meter=replaces, on=on, value=final_value)
    try:
        with transaction.atomic():
            return Meter.objects.create(
                account=new.account,
                service=new.service,
                place=new.place,
                type=new.type,
                serial_number=new.serial_number.strip(),
                digits=new.digits,
                seal_number=new.seal_number,
                mounted_on=new.mounted_on,
                commissioned_on=Period.of(on).next.first_day,
                start_value=value,
                verified_until=new.verified_until,
            )
    except IntegrityError as error:
        raise SerialNumberTaken(same_account=False) from error


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
    mounted = Point(min(meter.mounted_on or first, taken_on), meter.start_value)
    require_possible(meter=meter, earlier=mounted, later=Point(taken_on, value))
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
    if verified_until < on:
        raise VerificationExpired(str(verified_until))
    first, last = meter.verified_until + dt.timedelta(days=1), on - dt.timedelta(days=1)
    if first <= last:
        require_final_value(meter=meter, value=value, on=on, before=first)
        require_below_later_readings(meter=meter, value=value, on=on)
        UnverifiedSpan.objects.create(meter=meter, since=first, until=last, value=value)
    meter.verified_until = max(meter.verified_until, verified_until)
    meter.save(update_fields=["verified_until"])
    return meter
