"""Reads of the crews' calendar."""

import datetime as dt

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
    found = Slot.objects.filter(day__range=(first, last), crew__active=True, crew__kind=CrewKind.FIELD)
    return found.exclude(closed).select_related("crew")


def free_slots(first: dt.date, last: dt.date) -> QuerySet[Slot]:
    """Slots of those days that still take a visit."""
    return slots(first, last).filter(taken__lt=F("capacity"))
