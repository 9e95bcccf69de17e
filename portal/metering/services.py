"""Accepting readings: inside the window from residents, at any time from staff."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction

from portal.accounts import audit
from portal.accounts.models import Account, User
from portal.core.calendars import Month, month_calendar, next_window
from portal.core.formatting import volume_text
from portal.core.money import cubic_metres
from portal.core.periods import Period
from portal.metering import calculation, selectors
from portal.metering.calculation import MeterPoint, ReadingLimits
from portal.metering.enums import Flag, ReadingSource, Status
from portal.metering.exceptions import (
    AboveMaximumFlow,
    ControlReadingStands,
    HigherThanNext,
    HighWithoutHistory,
    LaterReadingStands,
    LowerThanPrevious,
    MeterClosed,
    NegativeValue,
    NotCountingYet,
    ReadingRefused,
    ReadingWindowClosed,
    TooManyDecimals,
    TooManyDigits,
    UnusuallyHigh,
)
from portal.metering.metrics import counting_refusals
from portal.metering.models import Meter, Reading
from portal.metering.notifications import notify_accepted

NEAR_THE_END = Decimal("0.9")
BY_RESIDENTS = (ReadingSource.CABINET, ReadingSource.BANK)


@counting_refusals
def _open_month(day: dt.date) -> Month:
    month = month_calendar(Period.of(day))
    if not month.window_is_open(day):
        following = next_window(day)
        raise ReadingWindowClosed(opens_on=following.window_opens, closes_on=following.window_closes)
    return month


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """Value submitted for one meter, m³, with its confirmations."""

    meter: Meter
    value: Decimal
    confirmed_high: bool = False
    confirmed_rollover: bool = False
    flow_reason: str = ""
    """An engineer's reason for a reading above the meter's maximum flow; never a resident's."""


@dataclass(frozen=True, slots=True)
class SubmissionOutcome:
    """Outcome of a form: the readings that stand, and why others do not, by meter."""

    accepted: Mapping[int, Reading]
    refused: Mapping[int, ReadingRefused]
    new: Sequence[Reading]


@transaction.atomic
def submit_readings(
    *, account: Account, sent: Sequence[Sent], moment: dt.datetime, entered_by: User | None = None
) -> SubmissionOutcome:
    """Accept what can be accepted of a resident's form at a moment (Moscow time); one refusal does not undo others.

    What was accepted anew is confirmed to everybody who holds the account, once. Raises ReadingWindowClosed.
    """
    month = _open_month(moment.date())
    limits = selectors.current_limits()
    accepted: dict[int, Reading] = {}
    refused: dict[int, ReadingRefused] = {}
    new: list[Reading] = []
    for submission in sent:
        try:
            reading, is_new = _accept(
                submission, moment, source=ReadingSource.CABINET, month=month, limits=limits, entered_by=entered_by
            )
        except ReadingRefused as refusal:
            refused[submission.meter.pk] = refusal
            continue
        accepted[submission.meter.pk] = reading
        if is_new:
            new.append(reading)
    if new:
        notify_accepted(account=account, readings=new, until=month.window_closes)
    return SubmissionOutcome(accepted, refused, new)


def submit_reading(
    *,
    meter: Meter,
    value: Decimal,
    moment: dt.datetime,
    source: ReadingSource = ReadingSource.CABINET,
    entered_by: User | None = None,
    confirmed_high: bool = False,
    confirmed_rollover: bool = False,
    report: str = "",
    flow_reason: str = "",
) -> Reading:
    """Accept one reading as `record_reading` does; returns the reading that stands."""
    sent = Sent(
        meter=meter,
        value=value,
        confirmed_high=confirmed_high,
        confirmed_rollover=confirmed_rollover,
        flow_reason=flow_reason.strip(),
    )
    reading, _is_new = record_reading(sent, moment=moment, source=source, entered_by=entered_by, report=report)
    return reading


@transaction.atomic
def record_reading(
    sent: Sent,
    *,
    moment: dt.datetime,
    source: ReadingSource = ReadingSource.CABINET,
    entered_by: User | None = None,
    report: str = "",
) -> tuple[Reading, bool]:
    """Accept one reading in m³ taken at a moment (Moscow time), replacing the one of the same window.

    More than can pass the meter since its last reading is refused (AboveMaximumFlow), unless `flow_reason` says why it
    is right: then it is flagged, and the reason stands in the reading and in the audit.

    Returns the reading that stands, and whether it is new: the same value sent twice is one. Raises the refusals of
    portal.metering.exceptions; residents' readings also ReadingWindowClosed. One that was reported to a bank counts
    from the day on which it was reported, and is confirmed to everybody who holds the account.
    """
    month = _open_month(moment.date()) if source in BY_RESIDENTS else None
    reading, is_new = _accept(
        sent,
        moment,
        source=source,
        month=month,
        limits=selectors.current_limits(),
        entered_by=entered_by,
        report=report,
    )
    if is_new and source == ReadingSource.BANK and month is not None:
        notify_accepted(account=sent.meter.account, readings=[reading], until=month.window_closes)
    return reading, is_new


@counting_refusals
def _accept(
    sent: Sent,
    moment: dt.datetime,
    *,
    source: ReadingSource,
    month: Month | None,
    limits: ReadingLimits,
    entered_by: User | None,
    report: str = "",
) -> tuple[Reading, bool]:
    """The reading that stands, and whether it is new. The meter's row is locked: two at once come one by one."""
    day = moment.date()
    meter = Meter.objects.select_for_update().get(pk=sent.meter.pk)
    if meter.closed_on is not None and meter.closed_on <= day:
        raise MeterClosed(str(meter.pk))
    if source in BY_RESIDENTS and day < meter.commissioned_on:
        raise NotCountingYet(counts_from=meter.commissioned_on)
    require_value(sent.value, meter.digits)
    around = list(selectors.accepted_readings([meter.pk]))
    existing = _existing(around, day, month)
    if existing is not None and existing.value == sent.value:
        return existing, False
    if existing is not None and existing.taken_on > day:
        raise LaterReadingStands(value=existing.value, taken_on=existing.taken_on)
    _require_below_next(sent, [r for r in around if r.taken_on > day and r is not existing])
    before = [r for r in reversed(around) if r.taken_on <= day and r is not existing]
    certified = [point for point in selectors.verified_again([meter.pk])[meter.pk] if point.day <= day]
    flags = _flags(meter, sent, selectors.points_of(meter, before, certified), day, limits)
    if existing is not None:
        Reading.objects.filter(pk=existing.pk).update(status=Status.REPLACED)
    reading = Reading.objects.create(
        meter=meter,
        value=sent.value,
        taken_on=day,
        source=source,
        rollover=Flag.ROLLOVER in flags,
        flags=flags,
        report=report,
        accepted_at=moment,
        entered_by=entered_by,
        replaces=existing,
        flow_reason=sent.flow_reason if Flag.FLOW in flags else "",
    )
    if reading.flow_reason:
        description = (
            f"Показание выше пропускной способности счётчика № {meter.serial_number}: {volume_text(sent.value)}"
        )
        audit.decided(meter.account, by=entered_by, what=description, after=reading.flow_reason)
    return reading, True


def require_possible(
    *, meter: Meter, earlier: MeterPoint, later: MeterPoint, limits: ReadingLimits | None = None
) -> None:
    """Raise AboveMaximumFlow when more runs between two points than the meter can pass; days are counted whole.

    The maximum flow is the type's (by its diameter or its own), for a meter without a type the company's.
    """
    limits = limits or selectors.current_limits()
    flow = meter.type.flow if meter.type is not None else limits.untyped_flow
    volume = calculation.run_between(earlier, later, size=meter.largest_value)
    possible = calculation.possible_run(flow, since=earlier.day, day=later.day)
    if volume > possible:
        raise AboveMaximumFlow(volume=volume, possible=possible, since=earlier.day, flow=flow)


def require_value(value: Decimal, digits: int) -> None:
    """Raise NegativeValue, TooManyDecimals or TooManyDigits for a value in m³ that a meter cannot show."""
    if value < 0:
        raise NegativeValue(str(value))
    if value >= 10**digits:
        raise TooManyDigits(digits=digits)
    if cubic_metres(value) != value:
        raise TooManyDecimals(str(value))


def _existing(around: Sequence[Reading], day: dt.date, month: Month | None) -> Reading | None:
    """Return what a new reading replaces: a resident's the one of the window, staff's the one of the day."""
    same_day = next((r for r in around if r.taken_on == day), None)
    if month is None:
        return same_day
    if same_day is not None and same_day.source not in selectors.RESIDENTS_MAY_REPLACE:
        raise ControlReadingStands(value=same_day.value, taken_on=day)
    inside = (r for r in around if month.window_opens <= r.taken_on <= month.window_closes)
    return next((r for r in inside if r.source in selectors.RESIDENTS_MAY_REPLACE), None)


def _require_below_next(sent: Sent, later: Sequence[Reading]) -> None:
    following = later[-1] if later else None
    if following is not None and sent.value > following.value and not following.rollover:
        raise HigherThanNext(following=following.value, taken_on=following.taken_on)


def _flags(meter: Meter, sent: Sent, history: Sequence[MeterPoint], day: dt.date, limits: ReadingLimits) -> list[str]:
    """Why staff should look at it. Raises LowerThanPrevious and UnusuallyHigh until they are confirmed."""
    previous, size, flags = history[-1], meter.largest_value, []
    turned = sent.value < previous.value
    if turned:
        if not sent.confirmed_rollover:
            raise LowerThanPrevious(
                previous=previous.value, taken_on=previous.day, may_be_rollover=previous.value > size * NEAR_THE_END
            )
        flags.append(Flag.ROLLOVER)
    now = MeterPoint(day, sent.value, turned)
    try:
        require_possible(meter=meter, earlier=previous, later=now, limits=limits)
    except AboveMaximumFlow:
        if not sent.flow_reason:
            raise
        flags.append(Flag.FLOW)
    if _is_high(sent, history, now, size=size, limits=limits):
        flags.append(Flag.HIGH)
    volume = calculation.run_between(previous, now, size=size)
    last_year = calculation.same_month_last_year(history, day, size=size)
    if last_year and volume > limits.leak_times * last_year:
        flags.append(Flag.LEAK)
    if calculation.stands_still(history, now, months=limits.zero_months):
        flags.append(Flag.ZERO)
    return [str(flag) for flag in flags]


def _is_high(sent: Sent, history: Sequence[MeterPoint], now: MeterPoint, *, size: int, limits: ReadingLimits) -> bool:
    """Whether a volume is far above the usual, or without a history above the company's limit for a month.

    Raises UnusuallyHigh or HighWithoutHistory until it is confirmed.
    """
    previous = history[-1]
    volume = calculation.run_between(previous, now, size=size)
    usual = calculation.usual_month(history, size=size, months=limits.usual_months)
    monthly = limits.first_high if usual is None else usual
    expected = calculation.expected_run(monthly, since=previous.day, day=now.day)
    if not expected or volume <= (expected if usual is None else limits.high_times * expected):
        return False
    if not sent.confirmed_high:
        refusal = HighWithoutHistory if usual is None else UnusuallyHigh
        raise refusal(volume=volume, usual=expected)
    return True


@transaction.atomic
def withdraw_reading(reading: Reading) -> None:
    """Delete a reading that a file brought by mistake; the one that it replaced is in force again.

    Whether it was billed is the caller's to ask. Raises ProtectedError when a later reading replaced it.
    """
    replaced_id = reading.replaces_id
    reading.delete()
    if replaced_id is not None:
        Reading.objects.filter(pk=replaced_id, status=Status.REPLACED).update(status=Status.ACCEPTED)
