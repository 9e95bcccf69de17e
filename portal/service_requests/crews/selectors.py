"""Reads of the crews' calendar."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import F, Q, QuerySet

from portal.service_requests.crews.models import Crew, CrewKind, DayOff, Slot


def crews(kind: CrewKind) -> QuerySet[Crew]:
    """Crews of a kind that work now."""
    return Crew.objects.filter(kind=kind, active=True)


def slots(first: dt.date, last: dt.date) -> QuerySet[Slot]:
    """Slots of days (both inclusive) that are nobody's day off."""
    off = DayOff.objects.filter(day__range=(first, last)).values_list("crew_id", "day")
    closed = Q(pk__in=[])
    for crew_id, day in off:
        closed |= Q(day=day) if crew_id is None else Q(day=day, crew_id=crew_id)
    in_range = Slot.objects.filter(day__range=(first, last), crew__active=True, crew__kind=CrewKind.FIELD)
    return in_range.exclude(closed).select_related("crew")


def free_slots(first: dt.date, last: dt.date) -> QuerySet[Slot]:
    """Slots of those days that still take a visit."""
    return slots(first, last).filter(booked__lt=F("capacity"))


def one_crew_each(slots: QuerySet[Slot]) -> list[Slot]:
    """A resident chooses the hours, not the crew: of several crews at the same hours the one with fewer visits."""
    times: dict[tuple[dt.date, dt.time, dt.time], Slot] = {}
    for slot in slots.order_by("day", "starts", "booked", "pk"):
        times.setdefault((slot.day, slot.starts, slot.ends), slot)
    return list(times.values())


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """A day of the crews' calendar: its slots, and why there are no visits on a day off."""

    day: dt.date
    slots: list[Slot]
    off: list[DayOff]


def calendar(first: dt.date, *, days: int = 7) -> list[CalendarDay]:
    """The crews' slots day by day with their capacity and days off (two queries)."""
    last = first + dt.timedelta(days=days - 1)
    in_range = (
        Slot.objects.filter(day__range=(first, last), crew__active=True, crew__kind=CrewKind.FIELD)
        .select_related("crew")
        .order_by("day", "starts", "crew__name")
    )
    off = list(DayOff.objects.filter(day__range=(first, last)).select_related("crew"))
    slots = list(in_range)
    return [
        CalendarDay(
            day, [slot for slot in slots if slot.day == day], [day_off for day_off in off if day_off.day == day]
        )
        for day in (first + dt.timedelta(days=n) for n in range(days))
    ]
