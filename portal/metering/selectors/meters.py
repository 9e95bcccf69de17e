"""Reads about meters and readings, starting from an account that the caller may see."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import OuterRef, QuerySet, Subquery

from portal.accounts.models import Account
from portal.core.calendars import Month, next_window
from portal.metering.calculation import MeterPoint, ReadingLimits, expected_run, run_between, usual_month
from portal.metering.enums import ReadingSource, Status
from portal.metering.models import Meter, MeteringSettings, Reading, UnverifiedSpan

RESIDENTS_MAY_REPLACE = (
    ReadingSource.CABINET,
    ReadingSource.PHONE,
    ReadingSource.PAPER,
    ReadingSource.FILE,
    ReadingSource.BANK,
)


@dataclass(frozen=True, slots=True)
class Previous:
    """Value that the next volume of a meter is counted from, m³."""

    value: Decimal
    taken_on: dt.date


def active_meters(account: Account, *, on: dt.date) -> QuerySet[Meter]:
    """Meters of an account that stand on a day, cold before hot."""
    return (
        Meter.objects.filter(account=account)
        .exclude(closed_on__lte=on)
        .select_related("type")
        .order_by("service", "place", "pk")
    )


def all_meters(account: Account) -> QuerySet[Meter]:
    """Every meter that the account ever had: those that stand first."""
    return Meter.objects.filter(account=account).select_related("type").order_by("-closed_on", "service", "place", "pk")


def accepted_readings(meter_ids: Sequence[int]) -> QuerySet[Reading]:
    """Readings that count, newest first."""
    return Reading.objects.filter(meter_id__in=meter_ids, status=Status.ACCEPTED).order_by("-taken_on", "-pk")


def verified_again(meter_ids: Sequence[int]) -> dict[int, list[MeterPoint]]:
    """Return what meters showed on the days of verifications that came late: their volume counts on from there (one
    query).
    """
    points: dict[int, list[MeterPoint]] = {pk: [] for pk in meter_ids}
    for span in UnverifiedSpan.objects.filter(meter_id__in=meter_ids).order_by("since"):
        points[span.meter_id].append(MeterPoint(span.until + dt.timedelta(days=1), span.value))
    return points


def previous_values(meters: Sequence[Meter], *, before: dt.date) -> dict[int, Previous]:
    """For each meter what its volume counts from on a day (exclusive): the last accepted reading, the certificate of a
    verification that came late, or the meter's start (two queries)."""
    previous = {meter.pk: Previous(meter.start_value, meter.commissioned_on) for meter in meters}
    certified = verified_again(list(previous))
    for reading in accepted_readings(list(previous)).filter(taken_on__lt=before).order_by("taken_on", "pk"):
        previous[reading.meter_id] = Previous(reading.value, reading.taken_on)
    for pk, points in certified.items():
        for point in points:
            if previous[pk].taken_on <= point.day < before:
                previous[pk] = Previous(point.value, point.day)
    return previous


def histories(meters: Sequence[Meter], *, until: dt.date) -> dict[int, list[Reading]]:
    """For each meter its accepted readings up to a day (inclusive), oldest first (one query)."""
    readings_by_meter: dict[int, list[Reading]] = {meter.pk: [] for meter in meters}
    wanted = accepted_readings(list(readings_by_meter)).filter(taken_on__lte=until)
    for reading in wanted.order_by("taken_on", "pk"):
        readings_by_meter[reading.meter_id].append(reading)
    return readings_by_meter


def points_of(meter: Meter, readings: Sequence[Reading], certified: Sequence[MeterPoint] = ()) -> list[MeterPoint]:
    """A meter's history for the calculation: its start where the readings reach back to it, then the readings and
    what certificates of late verifications say, by days."""
    points = [MeterPoint(r.taken_on, r.value, r.rollover) for r in readings]
    if not points or points[0].day > meter.commissioned_on:
        points.insert(0, MeterPoint(meter.commissioned_on, meter.start_value))
    return sorted([*certified, *points], key=lambda point: point.day) if certified else points


def current_limits() -> ReadingLimits:
    """Return what makes a reading unusual now (one query)."""
    return MeteringSettings.load().limits


@dataclass(frozen=True, slots=True)
class MeterInWindow:
    """A meter as the form of readings shows it: what was before, what was sent, what is usual. m³."""

    meter: Meter
    previous: Previous
    sent: Reading | None
    control: Reading | None
    usual: Decimal | None

    @property
    def volume(self) -> Decimal | None:
        """Return what the sent reading makes, m³."""
        if self.sent is None:
            return None
        return volume_of(self.meter, self.previous, self.sent)


def volume_of(meter: Meter, previous: Previous, reading: Reading) -> Decimal:
    """m³ from what was before to a reading."""
    earlier = MeterPoint(previous.taken_on, previous.value)
    return run_between(earlier, MeterPoint(reading.taken_on, reading.value, reading.rollover), size=meter.largest_value)


@dataclass(frozen=True, slots=True)
class ReadingWindow:
    """The window that is open or opens next, and every active meter in it."""

    month: Month
    is_open: bool
    meters: list[MeterInWindow]

    @property
    def sent_all(self) -> bool:
        """Whether nothing is left to send."""
        return bool(self.meters) and all(meter.sent or meter.control for meter in self.meters)

    @property
    def sent_any(self) -> bool:
        return any(meter.sent for meter in self.meters)


def window(account: Account, *, today: dt.date, limits: ReadingLimits | None = None) -> ReadingWindow:
    """The reading window of a day with all that the form needs (four queries, three when `limits` are given)."""
    month = next_window(today)
    meters = list(_with_last_certificate(active_meters(account, on=today), today))
    readings = histories(meters, until=today) if meters else {}
    is_open = month.window_is_open(today)
    limits = limits or (current_limits() if meters and is_open else ReadingLimits())
    return ReadingWindow(month, is_open, [_in_window(m, readings[m.pk], month, today, limits) for m in meters])


def _with_last_certificate(meters: QuerySet[Meter], today: dt.date) -> QuerySet[Meter]:
    """Meters with `certified_until` and `certified_value` of their last span without verification that is over."""
    spans = UnverifiedSpan.objects.filter(meter=OuterRef("pk"), until__lt=today).order_by("-until")
    return meters.annotate(
        certified_until=Subquery(spans.values("until")[:1]), certified_value=Subquery(spans.values("value")[:1])
    )


def _certified(meter: Meter) -> list[MeterPoint]:
    until: dt.date | None = meter.certified_until  # type: ignore[attr-defined]  # annotated
    value: Decimal = meter.certified_value  # type: ignore[attr-defined]  # annotated
    return [] if until is None else [MeterPoint(until + dt.timedelta(days=1), value)]


def _in_window(
    meter: Meter, readings: list[Reading], month: Month, today: dt.date, limits: ReadingLimits
) -> MeterInWindow:
    inside = [r for r in readings if month.window_opens <= r.taken_on <= month.window_closes]
    sent = next((r for r in reversed(inside) if r.source in RESIDENTS_MAY_REPLACE), None)
    control = next((r for r in reversed(inside) if r.source not in RESIDENTS_MAY_REPLACE), None)
    before = [r for r in readings if r is not sent]
    points = points_of(meter, before, _certified(meter))
    usual = usual_month(points, size=meter.largest_value, months=limits.usual_months)
    return MeterInWindow(
        meter=meter,
        previous=Previous(points[-1].value, points[-1].day),
        sent=sent,
        control=control,
        usual=None if usual is None else expected_run(usual, since=points[-1].day, day=today),
    )


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """A reading in the history with the m³ since the accepted one before it; None where it does not count."""

    reading: Reading
    volume: Decimal | None


def reading_rows(
    account: Account, *, meter_id: int | None = None, year: int | None = None, status: str = ""
) -> list[HistoryRow]:
    """The history of an account's readings, newest first, with sources and statuses (three queries)."""
    meters = {meter.pk: meter for meter in all_meters(account)}
    wanted = [meter_id] if meter_id in meters else list(meters)
    by_meter: Mapping[int, list[Reading]] = defaultdict(list)
    for reading in Reading.objects.filter(meter_id__in=wanted).order_by("taken_on", "pk"):
        reading.meter = meters[reading.meter_id]
        by_meter[reading.meter_id].append(reading)
    certified = verified_again(list(by_meter))
    rows = [row for pk, readings in by_meter.items() for row in _rows(meters[pk], readings, certified[pk])]
    rows = [
        row
        for row in rows
        if (year is None or row.reading.taken_on.year == year) and (not status or row.reading.status == status)
    ]
    return sorted(rows, key=lambda row: (row.reading.taken_on, row.reading.pk), reverse=True)


def _rows(meter: Meter, readings: Sequence[Reading], certified: Sequence[MeterPoint]) -> list[HistoryRow]:
    rows, before = [], Previous(meter.start_value, meter.commissioned_on)
    for reading in readings:
        for point in certified:
            if before.taken_on <= point.day <= reading.taken_on:
                before = Previous(point.value, point.day)
        if reading.status != Status.ACCEPTED:
            rows.append(HistoryRow(reading, None))
            continue
        rows.append(HistoryRow(reading, volume_of(meter, before, reading)))
        before = Previous(reading.value, reading.taken_on)
    return rows


def reading_years(account: Account) -> list[int]:
    """The years in which the account has readings, newest first (one query)."""
    days = Reading.objects.filter(meter__account=account).order_by()
    return sorted({day.year for day in days.values_list("taken_on", flat=True)}, reverse=True)
