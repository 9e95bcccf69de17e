"""Opening the calendar ahead; taking and giving back a place in a slot."""

import datetime as dt

from django.db import transaction
from django.db.models import F

from portal.service_requests.crews.models import CrewKind, Slot, WorkingHours
from portal.service_requests.exceptions import SlotOver, SlotTaken


@transaction.atomic
def open_calendar(*, first: dt.date, days: int) -> int:
    """Make the slots of so many days from the first one by the weekly hours; those that stand stay as they are.

    Returns how many are new.
    """
    hours = list(WorkingHours.objects.filter(crew__kind=CrewKind.FIELD, crew__active=True).select_related("crew"))
    wanted = [
        Slot(crew=row.crew, day=day, starts=row.starts, ends=row.ends, capacity=row.capacity)
        for day in (first + dt.timedelta(days=n) for n in range(days))
        for row in hours
        if row.weekday == day.weekday()
    ]
    before = Slot.objects.count()
    Slot.objects.bulk_create(wanted, ignore_conflicts=True)
    return Slot.objects.count() - before


def take(*, slot_id: int, now: dt.datetime) -> Slot:
    """Take a place in a slot by a conditional UPDATE. Raises SlotTaken when it is full, SlotOver when it has begun."""
    ahead = Slot.objects.filter(pk=slot_id).exclude(day__lt=now.date())
    ahead = ahead.exclude(day=now.date(), starts__lte=now.time())
    if not ahead.filter(booked__lt=F("capacity")).update(booked=F("booked") + 1):
        raise SlotTaken(str(slot_id)) if ahead.exists() else SlotOver(str(slot_id))
    return Slot.objects.select_related("crew").get(pk=slot_id)


def give_back(*, slot_id: int) -> None:
    """Free a place that a visit no longer needs."""
    Slot.objects.filter(pk=slot_id, booked__gt=0).update(booked=F("booked") - 1)
