"""Reads about meters and readings."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import QuerySet

from portal.accounts.models import Account
from portal.metering.enums import Status
from portal.metering.models import Meter, Reading


@dataclass(frozen=True, slots=True)
class Previous:
    """What the next volume of a meter is counted from, m³."""

    value: Decimal
    taken_on: dt.date


def standing_meters(account: Account, *, on: dt.date) -> QuerySet[Meter]:
    """Meters of an account that stand on a day, cold before hot."""
    return (
        Meter.objects.filter(account=account)
        .exclude(closed_on__lte=on)
        .select_related("type")
        .order_by("service", "place", "pk")
    )


def accepted_readings(meter_ids: Sequence[int]) -> QuerySet[Reading]:
    """Readings that count, newest first."""
    return Reading.objects.filter(meter_id__in=meter_ids, status=Status.ACCEPTED).order_by("-taken_on", "-pk")


def previous_values(meters: Sequence[Meter], *, before: dt.date) -> dict[int, Previous]:
    """For each meter its last accepted reading before a day (exclusive), or its start (one query)."""
    found: dict[int, Previous] = {}
    for reading in accepted_readings([meter.pk for meter in meters]).filter(taken_on__lt=before):
        found.setdefault(reading.meter_id, Previous(reading.value, reading.taken_on))
    for meter in meters:
        found.setdefault(meter.pk, Previous(meter.start_value, meter.commissioned_on))
    return found
