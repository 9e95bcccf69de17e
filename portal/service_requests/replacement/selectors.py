"""Reads of replacement and of the watch over verification."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import Q, QuerySet

from portal.accounts.models import Account, House
from portal.billing.models import RaisingCoefficient
from portal.billing.selectors.numbers import norms_in_force, rates_in_force
from portal.core.money import cubic_metres, roubles
from portal.metering.models import Meter
from portal.service_requests.commissioning.enums import VisitState
from portal.service_requests.commissioning.models import Visit
from portal.service_requests.replacement.models import (
    Agreement,
    OrderState,
    ReplacementOrder,
    Verification,
    VerificationState,
)


def meters_of(user: AbstractBaseUser) -> QuerySet[Meter]:
    """Active meters of the accounts that a login holds, those that end first on top."""
    mine = Account.objects.visible_to(user)
    return (
        Meter.objects.filter(account__in=mine, closed_on=None)
        .select_related("account__premises__house__street", "type")
        .order_by("verified_until", "pk")
    )


@dataclass(frozen=True, slots=True)
class WatchedMeter:
    """A meter with what is agreed, under way, and what it costs not to act."""

    meter: Meter
    days_left: int
    cost: Decimal | None
    agreement: Agreement | None
    order: ReplacementOrder | None
    visit: Visit | None
    certificate: Verification | None

    @property
    def term_days(self) -> int:
        """Days of the whole verification interval."""
        return (self.meter.type.interval_months if self.meter.type else 72) * 30

    @property
    def days_gone(self) -> int:
        """Days of it that have passed."""
        return max(self.term_days - self.days_left, 0)


def watched(meters: Sequence[Meter], today: dt.date) -> list[WatchedMeter]:
    """Meters with all that their page shows (constant number of queries, one more per account)."""
    ids = [meter.pk for meter in meters]
    agreements = {a.meter_id: a for a in Agreement.objects.filter(meter_id__in=ids, withdrawn_at=None)}
    live = [OrderState.PROPOSED, OrderState.PLANNED]
    orders = {o.meter_id: o for o in ReplacementOrder.objects.filter(meter_id__in=ids, state__in=live)}
    planned = Visit.objects.filter(order__in=[order.pk for order in orders.values()], state=VisitState.PLANNED)
    visits = {v.order.meter_id: v for v in planned.select_related("slot__crew", "order") if v.order is not None}
    sent = Verification.objects.filter(meter_id__in=ids).order_by("sent_at")
    certificates = {v.meter_id: v for v in sent}
    return [
        WatchedMeter(
            meter,
            (meter.verified_until - today).days,
            cost_of_inaction(meter, today),
            agreements.get(meter.pk),
            orders.get(meter.pk),
            visits.get(meter.pk),
            certificates.get(meter.pk),
        )
        for meter in meters
    ]


def cost_of_inaction(meter: Meter, today: dt.date) -> Decimal | None:
    """Return what a month by the raised norm would cost, ₽; None while a number is missing (Rules 354, п. 60)."""
    norm, rate = norms_in_force(today).get(meter.service), rates_in_force(today).get(meter.service)
    occupancy = meter.account.occupancies.filter(since__lte=today).order_by("-since").first()
    raising = RaisingCoefficient.objects.active().filter(service=meter.service, valid_from__lte=today)
    newest = raising.order_by("-valid_from").first()
    if norm is None or rate is None or occupancy is None:
        return None
    coefficient = newest.value if newest else Decimal(1)
    return roubles(cubic_metres(norm.value * occupancy.persons * coefficient) * rate.price)


def ending(today: dt.date, days: int) -> QuerySet[Meter]:
    """Active meters whose verification ends exactly so many days from a day."""
    return Meter.objects.filter(closed_on=None, verified_until=today + dt.timedelta(days=days)).select_related(
        "account"
    )


def orders_by_house() -> list[tuple[House, list[ReplacementOrder]]]:
    """Orders that wait for a visit, by house (one query)."""
    waiting = ReplacementOrder.objects.filter(state=OrderState.PROPOSED).select_related(
        "meter__account__premises__house__street"
    )
    groups: dict[int, tuple[House, list[ReplacementOrder]]] = {}
    for order in waiting:
        house = order.meter.account.premises.house
        groups.setdefault(house.pk, (house, []))[1].append(order)
    return list(groups.values())


def live_orders() -> QuerySet[ReplacementOrder]:
    """Orders that are proposed or planned, those that end first on top."""
    return ReplacementOrder.objects.filter(state__in=[OrderState.PROPOSED, OrderState.PLANNED]).select_related(
        "meter__account__premises__house__street", "agreement"
    )


def planned_visits() -> QuerySet[Visit]:
    """Visits of replacement that stand, in the order of their hours."""
    return (
        Visit.objects.filter(state=VisitState.PLANNED, order__isnull=False)
        .select_related("slot__crew", "order__meter__account__premises__house__street")
        .order_by("slot__day", "slot__starts", "pk")
    )


def meters_like(query: str) -> QuerySet[Meter]:
    """Active meters by serial number, account or street, those whose verification ends first on top."""
    condition = (
        Q(serial_number__icontains=query)
        | Q(account__number__startswith=query)
        | Q(account__premises__house__street__name__icontains=query)
    )
    meters = Meter.objects.filter(condition, closed_on=None).select_related("account__premises__house__street", "type")
    return meters.order_by("verified_until", "pk")


def certificates_to_check() -> QuerySet[Verification]:
    """Certificates that residents sent, the oldest first."""
    return (
        Verification.objects.filter(state=VerificationState.SENT)
        .select_related("meter__account__premises__house__street", "certificate")
        .order_by("sent_at")
    )
