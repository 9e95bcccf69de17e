"""Accepting readings: inside the window from residents, at any time from staff."""

import datetime as dt
import itertools
from decimal import Decimal

from django.db import transaction

from portal.accounts.models import User
from portal.core.calendars import month_calendar, next_window
from portal.core.money import cubic_metres
from portal.core.periods import Period
from portal.metering import selectors
from portal.metering.enums import Flag, Source, Status
from portal.metering.exceptions import (
    LowerThanPrevious,
    MeterClosed,
    NegativeValue,
    ReadingWindowClosed,
    TooManyDecimals,
    TooManyDigits,
    UnusuallyHigh,
)
from portal.metering.models import Meter, Reading

HIGH_TIMES = 3
USUAL_OVER = 6


def require_open_window(day: dt.date) -> None:
    """Raise ReadingWindowClosed unless residents may send readings on the day (DOMAIN: 10th to 20th, inclusive)."""
    if not month_calendar(Period.of(day)).window_is_open(day):
        month = next_window(day)
        raise ReadingWindowClosed(opens_on=month.window_opens, closes_on=month.window_closes)


@transaction.atomic
def submit_reading(
    *,
    meter: Meter,
    value: Decimal,
    moment: dt.datetime,
    source: Source = Source.CABINET,
    entered_by: User | None = None,
    confirmed_high: bool = False,
    confirmed_rollover: bool = False,
    act: str = "",
) -> Reading:
    """Accept a reading in m³ taken at a moment (Moscow time), replacing the one of the same window.

    The same value sent twice is one reading. Raises the refusals of portal.metering.exceptions; residents'
    readings also ReadingWindowClosed.
    """
    day = moment.date()
    if source == Source.CABINET:
        require_open_window(day)
    meter = Meter.objects.select_for_update().get(pk=meter.pk)
    if meter.closed_on is not None and meter.closed_on <= day:
        raise MeterClosed(str(meter.pk))
    _require_shape(meter, value)
    standing = _same_window(meter, day, source)
    if standing is not None and standing.value == value:
        return standing
    previous = selectors.previous_values([meter], before=standing.taken_on if standing else day)[meter.pk]
    flags = _flags(meter, value, previous, confirmed_high=confirmed_high, confirmed_rollover=confirmed_rollover)
    if standing is not None:
        Reading.objects.filter(pk=standing.pk).update(status=Status.REPLACED)
    return Reading.objects.create(
        meter=meter, value=value, taken_on=day, source=source, rollover=Flag.ROLLOVER in flags, flags=flags,
        act=act, accepted_at=moment, entered_by=entered_by, replaces=standing,
    )  # fmt: skip


def _require_shape(meter: Meter, value: Decimal) -> None:
    if value < 0:
        raise NegativeValue(str(value))
    if cubic_metres(value) != value:
        raise TooManyDecimals(str(value))
    if value >= meter.largest_value:
        raise TooManyDigits(digits=meter.digits)


def _same_window(meter: Meter, day: dt.date, source: Source) -> Reading | None:
    if source != Source.CABINET:
        return Reading.objects.filter(meter=meter, taken_on=day, status=Status.ACCEPTED).first()
    month = month_calendar(Period.of(day))
    return (
        Reading.objects.filter(
            meter=meter, status=Status.ACCEPTED, taken_on__gte=month.window_opens, taken_on__lte=month.window_closes
        )
        .order_by("-taken_on")
        .first()
    )


def _flags(
    meter: Meter, value: Decimal, previous: selectors.Previous, *, confirmed_high: bool, confirmed_rollover: bool
) -> list[str]:
    volume = value - previous.value
    flags: list[str] = []
    if volume < 0:
        volume += meter.largest_value
        if not confirmed_rollover:
            raise LowerThanPrevious(
                previous=previous.value, taken_on=previous.taken_on,
                may_be_rollover=previous.value > meter.largest_value * Decimal("0.9"),
            )  # fmt: skip
        flags.append(Flag.ROLLOVER)
    usual = usual_volume(meter)
    if usual and volume > HIGH_TIMES * usual:
        if not confirmed_high:
            raise UnusuallyHigh(volume=volume, usual=usual)
        flags.append(Flag.HIGH)
    return flags


def usual_volume(meter: Meter) -> Decimal | None:
    """The mean volume between the last accepted readings, m³; None with fewer than three of them."""
    values = [r.value for r in selectors.accepted_readings([meter.pk])[: USUAL_OVER + 1]]
    if len(values) < 3:
        return None
    spans = [later - earlier for later, earlier in itertools.pairwise(values) if later >= earlier]
    return cubic_metres(sum(spans, Decimal(0)) / len(spans)) if spans else None
