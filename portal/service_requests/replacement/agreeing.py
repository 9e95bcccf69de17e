"""The resident agrees to a replacement or withdraws; the system proposes it in time and warns the others."""

import datetime as dt
from decimal import Decimal

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import IntegrityError, transaction

from portal.metering.models import Meter
from portal.service_requests.commissioning.enums import VisitState
from portal.service_requests.commissioning.models import Visit
from portal.service_requests.crews.services import give_back
from portal.service_requests.exceptions import WrongState
from portal.service_requests.replacement import notifications, selectors
from portal.service_requests.replacement.exceptions import PriceUnknown
from portal.service_requests.replacement.models import Agreement, OrderState, ReplacementOrder
from portal.service_requests.terms import RequestTerms

WARNED_DAYS = (90, 30, 7)


def publish_price(*, price: Decimal, source: str) -> None:
    """Take over the price of a replacement that a page published, ₽; earlier agreements keep their price."""
    terms = RequestTerms.load()
    terms.replacement_price, terms.replacement_price_source = price, source
    terms.save()


@transaction.atomic
def agree(*, meter: Meter, by: AbstractBaseUser, moment: dt.datetime) -> Agreement:
    """The resident agrees at today's price; a repeat returns the existing agreement. Raises PriceUnknown."""
    existing = Agreement.objects.filter(meter=meter, withdrawn_at=None).first()
    if existing is not None:
        return existing
    terms = RequestTerms.load()
    if terms.replacement_price is None:
        raise PriceUnknown
    return Agreement.objects.create(
        account=meter.account,
        meter=meter,
        price=terms.replacement_price,
        price_source=terms.replacement_price_source,
        agreed_at=moment,
        agreed_by_id=by.pk,
    )


@transaction.atomic
def withdraw(*, agreement: Agreement, moment: dt.datetime) -> Agreement:
    """The resident no longer agrees; orders that were not done are cancelled. Raises WrongState."""
    if not Agreement.objects.filter(pk=agreement.pk, withdrawn_at=None).update(withdrawn_at=moment):
        raise WrongState("withdrawn")
    for order in agreement.orders.filter(state__in=[OrderState.PROPOSED, OrderState.PLANNED]):
        for visit in order.visits.filter(state=VisitState.PLANNED):
            Visit.objects.filter(pk=visit.pk).update(state=VisitState.CANCELLED)
            give_back(slot_id=visit.slot_id)
        ReplacementOrder.objects.filter(pk=order.pk).update(state=OrderState.CANCELLED)
    agreement.refresh_from_db()
    return agreement


def watch(*, moment: dt.datetime) -> int:
    """The day's watch: propose orders for those who agreed, warn the others. A repeat on the same day adds nothing."""
    today = moment.date()
    return _propose(moment) + sum(_warn(meter, days, today) for days in WARNED_DAYS for meter in _unagreed(today, days))


def _unagreed(today: dt.date, days: int) -> list[Meter]:
    agreed = Agreement.objects.filter(withdrawn_at=None).values("meter_id")
    return list(selectors.ending(today, days).exclude(pk__in=agreed))


def _warn(meter: Meter, days: int, today: dt.date) -> int:
    return int(bool(notifications.ends_soon(meter, days, selectors.cost_of_inaction(meter, today))))


def _propose(moment: dt.datetime) -> int:
    last = moment.date() + dt.timedelta(days=RequestTerms.load().proposal_days)
    agreements = Agreement.objects.filter(
        withdrawn_at=None, meter__closed_on=None, meter__verified_until__lte=last
    ).exclude(orders__state__in=[OrderState.PROPOSED, OrderState.PLANNED, OrderState.DONE])
    return sum(_proposed(agreement, moment) for agreement in agreements.select_related("meter__account"))


def _proposed(agreement: Agreement, moment: dt.datetime) -> bool:
    """Propose the order of an agreement; False when another worker did meanwhile."""
    try:
        with transaction.atomic():
            ReplacementOrder.objects.create(
                meter=agreement.meter, agreement=agreement, due_on=agreement.meter.verified_until, proposed_at=moment
            )
            notifications.replacement_proposed(agreement.meter)
    except IntegrityError:
        return False
    return True
