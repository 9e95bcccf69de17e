"""One water of an account in one month: read, averaged or by the norm (Rules 354, п. 42, 59, 60)."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from portal.billing.calculation import spans
from portal.billing.calculation.facts import Meter, Reading
from portal.billing.calculation.months import days_in, label, last_day, month_of
from portal.billing.calculation.rate_book import Settings, Terms
from portal.billing.calculation.state import AVERAGE, NORM, READING, Point, WaterState
from portal.billing.calculation.units import divided

VERIFIED = "verification"
"""Source of the value at which a meter that was without verification counts on."""
HISTORY_KEPT = 12
"""Metered months remembered at least; more when the setting asks for more."""


@dataclass(slots=True)
class WaterMonth:
    """What a month of one water came to. The volume of a norm is left to the caller, who knows the persons."""

    basis: str
    volume: int
    has_meter: bool
    raised: bool = False
    corrected: list[tuple[int, int]] = field(default_factory=list)
    """(earlier month, its metered share in litres)."""
    why: dict[str, Any] = field(default_factory=dict)


def meter_points(
    meters: Sequence[Meter],
    readings: Sequence[Reading],
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
        fresh = [one for one in readings if one.meter == meter.id and one.day <= cut and _counts(meter, one.day)]
        closing = _closing_reading(meter, point, counted_to, cut)
        if closing is not None:
            fresh.append(closing)
        if point is None:
            if meter.commissioned > cut and not fresh:
                continue
            point = _started(meter)
            state.points[meter.id] = point
        if meter.unverified:
            fresh = [*_verified_again(meter, point, cut), *fresh]
        if len(fresh) > 1:
            fresh.sort(key=lambda one: one.day)
        for one in fresh:
            if one.day < point.day:
                continue
            if one.source == VERIFIED or (previous_cut is None and one.day < month_first):
                point = _anchored(one.value, one.day, one.source)
                continue
            step = one.value - point.value
            if one.rollover:
                step += 1000 * 10**meter.digits
            point = Point(
                one.value,
                one.day,
                one.source,
                point.anchor_value,
                point.anchor_day,
                point.anchor_source,
                point.run + step,
            )
            read.add(meter.id)
        state.points[meter.id] = point
    return read


def _counts(meter: Meter, day: dt.date) -> bool:
    return meter.commissioned <= day and (meter.closed is None or day <= meter.closed) and meter.is_valid(day)


def _closing_reading(meter: Meter, point: Point | None, counted_to: dt.date, cut: dt.date) -> Reading | None:
    if meter.closed is None or meter.closing_value is None or meter.closed > cut or not meter.is_valid(meter.closed):
        return None
    if meter.closed <= counted_to and (point is None or point.source == "closing"):
        return None
    return Reading(meter.id, meter.closed, meter.closing_value, "closing")


def _verified_again(meter: Meter, point: Point, cut: dt.date) -> list[Reading]:
    """Where the volume counts on from: a month that ended unverified was estimated, and its water is paid for."""
    return [
        Reading(meter.id, span.until + dt.timedelta(days=1), span.value, VERIFIED)
        for span in meter.unverified
        if point.day <= span.until < cut and last_day(month_of(span.since)) <= span.until
    ]


def _started(meter: Meter) -> Point:
    return _anchored(meter.start, meter.commissioned, "start")


def _anchored(value: int, day: dt.date, source: str) -> Point:
    return Point(value, day, source, value, day, source, 0)


def water_month(
    meters: Sequence[Meter], read: set[str], state: WaterState, terms: Terms, *, cut: dt.date, feasible: bool
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
    found = _estimated(state, settings, has_meter=bool(active_meters or lost))
    found.has_meter = bool(active_meters or lost or read)
    state.missed += 1
    if active_meters and not not_valid:
        state.pending.append(terms.month)
        found.why["no_reading"] = state.missed
    else:
        found.raised = not_valid or (feasible and settings.raising_where_feasible)
        found.why["not_valid" if not_valid else "no_meter"] = (
            _reasons(active_meters, lost, read, terms.last) if not_valid else 1
        )
        _settle(meters, state, cut)
    return found


def _metered(meters: Sequence[Meter], state: WaterState, terms: Terms, cut: dt.date) -> WaterMonth:
    used: list[list[Any]] = []
    total = 0
    for meter in meters:
        point = state.points.get(meter.id)
        if point is None or (point.run == 0 and point.day == point.anchor_day):
            continue
        total += point.run
        used.append(
            [
                meter.label or meter.id,
                point.anchor_value,
                point.anchor_day.isoformat(),
                point.anchor_source,
                point.value,
                point.day.isoformat(),
                point.source,
                point.run,
            ]
        )
    why: dict[str, Any] = {"meters": used}
    corrected: list[tuple[int, int]] = []
    own = total
    if state.pending:
        months = [*state.pending, terms.month]
        spread = spans.shares(total, months)
        own = spread[-1]
        corrected = list(zip(months[:-1], spread[:-1], strict=True))
        why["span"] = [label(months[0]), label(terms.month), total, sum(days_in(month) for month in months)]
    state.history.extend(corrected)
    state.history.append((terms.month, own))
    del state.history[: -max(HISTORY_KEPT, terms.settings.average_months)]
    state.missed = 0
    _settle(meters, state, cut)
    return WaterMonth(READING, own, has_meter=True, corrected=corrected, why=why)


def _estimated(state: WaterState, settings: Settings, *, has_meter: bool) -> WaterMonth:
    """The average while the limit and the history allow it, else the norm (its volume left at zero) and why.

    `too_little_known`: metered months known, and how many an average needs. `average_used_up`: which month in a row
    without a volume that counts it is, and for how many the average may stand.
    """
    if has_meter and state.missed < settings.estimate_limit:
        used = state.history[-settings.average_months :]
        if used and len(used) >= settings.average_minimum:
            total = sum(volume for _, volume in used)
            why = {"averaged": [[label(month), volume] for month, volume in used]}
            return WaterMonth(AVERAGE, divided(total, len(used)), has_meter=True, why=why)
        return WaterMonth(
            NORM, 0, has_meter=True, why={"too_little_known": [len(used), max(1, settings.average_minimum)]}
        )
    if has_meter:
        return WaterMonth(NORM, 0, has_meter=True, why={"average_used_up": [state.missed + 1, settings.estimate_limit]})
    return WaterMonth(NORM, 0, has_meter=False)


def _lost(meter: Meter, first: dt.date, cut: dt.date) -> bool:
    """Whether a meter was removed without a closing reading in the month from `first` on (Rules 354, п. 59 а)."""
    return meter.closed is not None and meter.closing_value is None and first <= meter.closed <= cut


def _reasons(active: Sequence[Meter], lost: Sequence[Meter], read: set[str], last: dt.date) -> list[list[str]]:
    """[meter, why its readings do not count, since when] for each meter that keeps a month from being metered."""
    reasons = [[meter.label or meter.id, "removed", _iso(meter.closed)] for meter in lost]
    for meter in active:
        if meter.id in read or meter.is_valid(last):
            continue
        ended = meter.expired(last)
        why, since = ("expired", ended) if ended else ("out_of_order", meter.out_of_order_from)
        reasons.append([meter.label or meter.id, why, _iso(since)])
    return reasons


def _iso(day: dt.date | None) -> str:
    return day.isoformat() if day is not None else ""


def _settle(meters: Sequence[Meter], state: WaterState, cut: dt.date) -> None:
    """What was estimated before is final now: volumes run anew from the last values that counted."""
    state.pending.clear()
    closed: Mapping[str, bool] = {meter.id: meter.closed is not None and meter.closed <= cut for meter in meters}
    state.points = {
        key: _anchored(point.value, point.day, point.source)
        for key, point in state.points.items()
        if not closed.get(key, True)
    }
