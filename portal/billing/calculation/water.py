"""One water of an account in one month: read, averaged or by the norm (Rules 354, п. 42, 59, 60)."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from portal.billing.calculation import spans
from portal.billing.calculation.explanations import (
    AverageUsedUp,
    InvalidMeter,
    MeterVolume,
    MonthVolume,
    Span,
    TooLittleKnown,
    Unmetered,
)
from portal.billing.calculation.facts import MeterFacts, ReadingFacts
from portal.billing.calculation.months import days_in, label, last_day, month_of
from portal.billing.calculation.rate_book import Settings, Terms
from portal.billing.calculation.state import AVERAGE, NORM, READING, LastCounted, WaterState
from portal.billing.calculation.units import divided

VERIFIED = "verification"
"""Source of the value at which a meter that was without verification counts on."""
WITHOUT_METER = Unmetered()
HISTORY_LIMIT = 12
"""Metered months remembered at least; more when the setting asks for more."""


@dataclass(slots=True)
class WaterMonth:
    """Volume of a month of one water. The volume of a norm is left to the caller, who knows the persons."""

    basis: str
    volume: int
    has_meter: bool
    raised: bool = False
    corrected: list[tuple[int, int]] = field(default_factory=list)
    """(earlier month, its metered share in litres)."""
    meters: tuple[MeterVolume, ...] = ()
    span: Span | None = None
    averaged: tuple[MonthVolume, ...] = ()
    unmetered: Unmetered = WITHOUT_METER
    """Why it has no metered volume; only where the basis is not a reading."""
    no_average: AverageUsedUp | TooLittleKnown | None = None


def meter_points(
    meters: Sequence[MeterFacts],
    readings: Sequence[ReadingFacts],
    state: WaterState,
    *,
    month_first: dt.date,
    previous_cut: dt.date | None,
    cut: dt.date,
) -> set[str]:
    """Run the new readings over the meters' points in the state; returns the meters that brought a valid one.

    Readings after `cut` wait for the next closing; one dated before the last counted one is superseded by it.
    On the first closing of an account what was read before its month only moves the starting point.
    """
    read: set[str] = set()
    counted_to = previous_cut or month_first - dt.timedelta(days=1)
    for meter in meters:
        point = state.points.get(meter.id)
        if point is None and meter.closed is not None and meter.closed <= counted_to:
            continue
        fresh = [
            reading
            for reading in readings
            if reading.meter == meter.id and reading.day <= cut and _counts(meter, reading.day)
        ]
        closing = _closing_reading(meter, point, counted_to, cut)
        if closing is not None:
            fresh.append(closing)
        if point is None:
            if meter.commissioned > cut and not fresh:
                continue
            point = _anchored(meter.start, meter.commissioned, "start")
            state.points[meter.id] = point
        if meter.unverified:
            fresh = [*_verified_again(meter, point, cut), *fresh]
        if len(fresh) > 1:
            fresh.sort(key=lambda reading: reading.day)
        for reading in fresh:
            if reading.day < point.day:
                continue
            if reading.source == VERIFIED or (previous_cut is None and reading.day < month_first):
                point = _anchored(reading.value, reading.day, reading.source)
                continue
            point = _moved_on(point, reading, meter.digits)
            read.add(meter.id)
        state.points[meter.id] = point
    return read


def _moved_on(point: LastCounted, reading: ReadingFacts, digits: int) -> LastCounted:
    """The point of a meter after one more reading; a meter that turned past its last digit counted on from zero."""
    step = reading.value - point.value
    if reading.rollover:
        step += 1000 * 10**digits
    return LastCounted(
        reading.value,
        reading.day,
        reading.source,
        point.anchor_value,
        point.anchor_day,
        point.anchor_source,
        point.run + step,
    )


def _counts(meter: MeterFacts, day: dt.date) -> bool:
    return meter.commissioned <= day and (meter.closed is None or day <= meter.closed) and meter.is_valid(day)


def _closing_reading(
    meter: MeterFacts, point: LastCounted | None, counted_to: dt.date, cut: dt.date
) -> ReadingFacts | None:
    if meter.closed is None or meter.closing_value is None or meter.closed > cut or not meter.is_valid(meter.closed):
        return None
    if meter.closed <= counted_to and (point is None or point.source == "closing"):
        return None
    return ReadingFacts(meter.id, meter.closed, meter.closing_value, "closing")


def _verified_again(meter: MeterFacts, point: LastCounted, cut: dt.date) -> list[ReadingFacts]:
    """Return the point to count on from: a month that ended unverified was estimated, and its water is paid."""
    return [
        ReadingFacts(meter.id, span.until + dt.timedelta(days=1), span.value, VERIFIED)
        for span in meter.unverified
        if point.day <= span.until < cut and last_day(month_of(span.since)) <= span.until
    ]


def _anchored(value: int, day: dt.date, source: str) -> LastCounted:
    return LastCounted(value, day, source, value, day, source, 0)


def water_month(
    meters: Sequence[MeterFacts], read: set[str], state: WaterState, terms: Terms, *, cut: dt.date, feasible: bool
) -> WaterMonth:
    """Decide the basis of a month and move the state on; `read` are the meters that brought a valid reading.

    A meter closed after `cut` (the last day whose readings count) still stands: its closing reading comes later.
    """
    active_meters = [
        meter for meter in meters if meter.commissioned <= terms.last and (meter.closed is None or meter.closed > cut)
    ]
    lost = [meter for meter in meters if meter.id not in read and _lost(meter, terms.first, cut)]
    not_valid = bool(lost) or any(meter.id not in read and not meter.is_valid(terms.last) for meter in active_meters)
    if read and not not_valid and all(meter.id in read for meter in active_meters):
        return _metered(meters, state, terms, cut)
    settings = terms.settings
    estimate = _estimated(state, settings, has_meter=bool(active_meters or lost))
    estimate.has_meter = bool(active_meters or lost or read)
    state.missed += 1
    if active_meters and not not_valid:
        state.pending.append(terms.month)
        estimate.unmetered = Unmetered(missed=state.missed)
    else:
        estimate.raised = not_valid or (feasible and settings.raising_where_feasible)
        if not_valid:
            estimate.unmetered = Unmetered(invalid=_invalid(active_meters, lost, read, terms.last))
        _settle(meters, state, cut)
    return estimate


def _metered(meters: Sequence[MeterFacts], state: WaterState, terms: Terms, cut: dt.date) -> WaterMonth:
    used: list[MeterVolume] = []
    total = 0
    for meter in meters:
        point = state.points.get(meter.id)
        if point is None or (point.run == 0 and point.day == point.anchor_day):
            continue
        total += point.run
        used.append(
            MeterVolume(
                meter.label or meter.id,
                point.anchor_value,
                point.anchor_day.isoformat(),
                point.anchor_source,
                point.value,
                point.day.isoformat(),
                point.source,
                point.run,
            )
        )
    span: Span | None = None
    corrected: list[tuple[int, int]] = []
    own = total
    if state.pending:
        months = [*state.pending, terms.month]
        spread = spans.shares(total, months)
        own = spread[-1]
        corrected = list(zip(months[:-1], spread[:-1], strict=True))
        span = Span(label(months[0]), label(terms.month), total, sum(days_in(month) for month in months))
    state.history.extend(corrected)
    state.history.append((terms.month, own))
    del state.history[: -max(HISTORY_LIMIT, terms.settings.average_months)]
    state.missed = 0
    _settle(meters, state, cut)
    return WaterMonth(READING, own, has_meter=True, corrected=corrected, meters=tuple(used), span=span)


def _estimated(state: WaterState, settings: Settings, *, has_meter: bool) -> WaterMonth:
    """The average while the limit and the history allow it, else the norm (its volume left at zero) and why."""
    if has_meter and state.missed < settings.estimate_limit:
        used = state.history[-settings.average_months :]
        if used and len(used) >= settings.average_minimum:
            total = sum(volume for _, volume in used)
            averaged = tuple(MonthVolume(label(month), volume) for month, volume in used)
            return WaterMonth(AVERAGE, divided(total, len(used)), has_meter=True, averaged=averaged)
        explanation = TooLittleKnown(len(used), max(1, settings.average_minimum))
        return WaterMonth(NORM, 0, has_meter=True, no_average=explanation)
    if has_meter:
        used_up = AverageUsedUp(state.missed + 1, settings.estimate_limit)
        return WaterMonth(NORM, 0, has_meter=True, no_average=used_up)
    return WaterMonth(NORM, 0, has_meter=False)


def _lost(meter: MeterFacts, first: dt.date, cut: dt.date) -> bool:
    """Whether a meter was removed without a closing reading in the month from `first` on (Rules 354, п. 59 а)."""
    return meter.closed is not None and meter.closing_value is None and first <= meter.closed <= cut


def _invalid(
    active: Sequence[MeterFacts], lost: Sequence[MeterFacts], read: set[str], last: dt.date
) -> tuple[InvalidMeter, ...]:
    """The meters that keep a month from being metered."""
    invalid = [InvalidMeter(meter.label or meter.id, "removed", _iso(meter.closed)) for meter in lost]
    for meter in active:
        if meter.id in read or meter.is_valid(last):
            continue
        ended = meter.expired(last)
        reason, since = ("expired", ended) if ended else ("out_of_order", meter.out_of_order_from)
        invalid.append(InvalidMeter(meter.label or meter.id, reason, _iso(since)))
    return tuple(invalid)


def _iso(day: dt.date | None) -> str:
    return day.isoformat() if day is not None else ""


def _settle(meters: Sequence[MeterFacts], state: WaterState, cut: dt.date) -> None:
    """Make earlier estimates final: volumes run anew from the last values that counted."""
    state.pending.clear()
    closed: Mapping[str, bool] = {meter.id: meter.closed is not None and meter.closed <= cut for meter in meters}
    state.points = {
        key: _anchored(point.value, point.day, point.source)
        for key, point in state.points.items()
        if not closed.get(key, True)
    }
