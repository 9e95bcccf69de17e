"""Readings as the staff see them: who has not sent, house by house; what carries a flag."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q, QuerySet

from portal.accounts.models import Account, Holder, House
from portal.core.calendars import Month, month_calendar
from portal.core.periods import Period
from portal.metering.enums import Flag, Status
from portal.metering.models import Meter, Reading
from portal.metering.reviewing import flagged_readings
from portal.metering.selectors import Previous, previous_values, volume_of
from portal.notifications.models import Message

LOW, HIGH = 40, 75


@dataclass(frozen=True, slots=True)
class HouseRow:
    """A house: how many of its accounts have meters, and how many of these have sent everything this month."""

    house: House
    accounts: int
    sent: int

    @property
    def percent(self) -> int:
        """Whole percent that have sent."""
        return 100 * self.sent // self.accounts

    @property
    def missing(self) -> int:
        return self.accounts - self.sent

    @property
    def heat(self) -> str:
        """low, middle, high: how much is there."""
        return "low" if self.percent < LOW else "middle" if self.percent < HIGH else "high"


def _silent_meter(month: Month, today: dt.date) -> QuerySet[Meter]:
    """Active meters of an account (outer) without an accepted reading of the month."""
    sent = Reading.objects.filter(
        meter=OuterRef("pk"),
        status=Status.ACCEPTED,
        taken_on__gte=month.period.first_day,
        taken_on__lte=month.period.last_day,
    )
    meters = Meter.objects.filter(account=OuterRef("pk")).exclude(closed_on__lte=today)
    return meters.filter(~Exists(sent))


def _metered(today: dt.date) -> QuerySet[Account]:
    meters = Meter.objects.filter(account=OuterRef("pk")).exclude(closed_on__lte=today)
    return Account.objects.open_on(today).filter(Exists(meters))


def heat_map(today: dt.date) -> list[HouseRow]:
    """Houses by address with how many of their metered accounts have sent (three queries)."""
    month = month_calendar(Period.of(today))
    rows = (
        _metered(today)
        .annotate(silent=Exists(_silent_meter(month, today)))
        .order_by()
        .values(house=F("premises__house"))
        .annotate(accounts=Count("pk"), sent=Count("pk", filter=Q(silent=False)))
    )
    counted = {row["house"]: (row["accounts"], row["sent"]) for row in rows}
    houses = House.objects.filter(pk__in=counted).select_related("street")
    return [HouseRow(house, *counted[house.pk]) for house in houses]


@dataclass(frozen=True, slots=True)
class SilentAccount:
    """An account that has not sent all its readings, and whom to call."""

    account: Account
    people: list[Holder]


def silent_accounts(house: House, *, today: dt.date) -> list[SilentAccount]:
    """Accounts of a house that have not sent this month, flat by flat (two queries)."""
    month = month_calendar(Period.of(today))
    holders = Prefetch("holders", Holder.objects.filter(until=None).select_related("person"))
    accounts = (
        _metered(today)
        .filter(Exists(_silent_meter(month, today)), premises__house=house)
        .select_related("premises__house__street")
        .prefetch_related(holders)
        .order_by("premises__sort_number", "premises__number")
    )
    return [SilentAccount(account, list(account.holders.all())) for account in accounts]


@dataclass(frozen=True, slots=True)
class Flagged:
    """A flagged reading beside what was before, and whether the resident was asked."""

    reading: Reading
    previous: Previous
    asked: dt.datetime | None

    @property
    def volume(self) -> Decimal:
        """m³ since what was before."""
        return volume_of(self.reading.meter, self.previous, self.reading)

    @property
    def flags(self) -> list[str]:
        """Why it is flagged, in words."""
        return [str(Flag(flag).label) for flag in self.reading.flags]


def flagged_by(*, query: str, flag: str) -> QuerySet[Reading]:
    """Return what waits for the engineer, oldest first, narrowed by account, serial number or street, and by a flag."""
    readings = flagged_readings()
    for word in query.split():
        readings = readings.filter(
            Q(meter__account__number__icontains=word)
            | Q(meter__serial_number__icontains=word)
            | Q(meter__account__premises__house__street__name__icontains=word)
        )
    return readings.filter(flags__icontains=f'"{flag}"') if flag in Flag.values else readings


def flagged(waiting: Iterable[Reading]) -> list[Flagged]:
    """Each reading with what was before it; two queries and one for each."""
    readings = list(waiting)
    events = [f"reading-question:{reading.pk}" for reading in readings]
    asked_at = dict(Message.objects.filter(event__in=events).values_list("event", "created_at"))
    return [
        Flagged(
            reading=reading,
            previous=previous_values([reading.meter], before=reading.taken_on)[reading.meter_id],
            asked=asked_at.get(f"reading-question:{reading.pk}"),
        )
        for reading in readings
    ]


def accepted_reading(pk: int) -> Reading | None:
    """An accepted reading with its meter and account."""
    return Reading.objects.filter(pk=pk, status=Status.ACCEPTED).select_related("meter__account").first()
