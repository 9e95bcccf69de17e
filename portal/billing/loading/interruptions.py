"""Approved interruptions: of the month being closed, and of closed months when decided on or changed since."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from portal.billing.calculation.facts import InterruptionSpan, LateInterruptions
from portal.billing.calculation.months import first_day, month_of
from portal.billing.calculation.outages import months_of
from portal.billing.enums import ChargeKind, InterruptionStatus
from portal.billing.models import Charge, Interruption, PeriodRun
from portal.core.clock import MOSCOW, start_of
from portal.core.periods import Period


@dataclass(slots=True)
class InterruptionsByMonth:
    """By house for the month, by account for closed months."""

    of_month: dict[int, tuple[InterruptionSpan, ...]] = field(default_factory=dict)
    late: dict[int, tuple[LateInterruptions, ...]] = field(default_factory=dict)


def load_interruptions(houses: Mapping[int, int], *, period: Period) -> InterruptionsByMonth:
    """Interruptions for accounts (account to house); one query, two more when some were decided on late."""
    approved = Interruption.objects.filter(house_id__in=set(houses.values()), status=InterruptionStatus.APPROVED)
    by_month = InterruptionsByMonth()
    in_month: dict[int, list[InterruptionSpan]] = defaultdict(list)
    overlapping = approved.filter(
        started_at__lt=start_of(period.next.first_day), ended_at__gt=start_of(period.first_day)
    )
    columns = ("house_id", "service", "started_at", "ended_at")
    for house, *rest in overlapping.order_by("started_at").values_list(*columns):
        in_month[house].append(span_of(*rest))
    by_month.of_month = {house: tuple(interruptions) for house, interruptions in in_month.items()}
    _load_late(by_month, houses, period)
    return by_month


def span_of(service: str, started_at: dt.datetime, ended_at: dt.datetime) -> InterruptionSpan:
    """A stored interruption as it is calculated with, in Moscow local time."""
    start, end = (moment.astimezone(MOSCOW).replace(tzinfo=None) for moment in (started_at, ended_at))
    return InterruptionSpan(service, start, end)


def _load_late(by_month: InterruptionsByMonth, houses: Mapping[int, int], period: Period) -> None:
    previous = (
        PeriodRun.objects.active()
        .filter(period__lt=period.first_day)
        .order_by("-period")
        .values_list("started_at", flat=True)
        .first()
    )
    if previous is None:
        return
    decided = Interruption.objects.filter(
        house_id__in=set(houses.values()), recorded_at__gt=previous, started_at__lt=start_of(period.first_day)
    ).exclude(status=InterruptionStatus.PROPOSED)
    touched: set[tuple[int, str, int]] = set()
    this_month = month_of(period.first_day)
    for house, service, start, end in decided.values_list("house_id", "service", "started_at", "ended_at"):
        months = months_of(span_of(service, start, end))
        touched |= {(house, service, month) for month in months if month < this_month}
    if touched:
        by_month.late = _late(touched, houses)


def _late(touched: set[tuple[int, str, int]], houses: Mapping[int, int]) -> dict[int, tuple[LateInterruptions, ...]]:
    months = {month for _, _, month in touched}
    interruptions: dict[tuple[int, str, int], list[InterruptionSpan]] = defaultdict(list)
    rows = Interruption.objects.filter(
        house_id__in={house for house, _, _ in touched},
        status=InterruptionStatus.APPROVED,
        started_at__lt=start_of(first_day(max(months) + 1)),
        ended_at__gt=start_of(first_day(min(months))),
    )
    for house, service, start, end in rows.values_list("house_id", "service", "started_at", "ended_at"):
        span = span_of(service, start, end)
        for month in months_of(span):
            interruptions[house, service, month].append(span)
    accounts = [pk for pk, house in houses.items() if any(house == touched_house for touched_house, _, _ in touched)]
    charged: dict[tuple[int, str, int], list[int]] = defaultdict(lambda: [0, 0])
    lines = Charge.objects.filter(
        account_id__in=accounts,
        for_period__in=[first_day(month) for month in months],
        reversed_at=None,
        kind__in=[ChargeKind.CHARGE, ChargeKind.OUTAGE],
    )
    for pk, service, for_period, kind, amount in lines.values_list(
        "account_id", "service", "for_period", "kind", "amount"
    ):
        charged[pk, service, month_of(for_period)][kind == ChargeKind.OUTAGE] += int(amount * 100)
    late: dict[int, list[LateInterruptions]] = defaultdict(list)
    for pk in accounts:
        for house, service, month in sorted(touched):
            if houses[pk] == house and (pk, service, month) in charged:
                sums = charged[pk, service, month]
                late[pk].append(
                    LateInterruptions(service, month, tuple(interruptions[house, service, month]), sums[0], sums[1])
                )
    return {pk: tuple(spans) for pk, spans in late.items()}
