"""A date is offered, picked, moved once; somebody does not come."""

import datetime as dt
from collections.abc import Sequence

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction

from portal.core import clock
from portal.service_requests.commissioning import notifications
from portal.service_requests.commissioning.applying import PreferredSlot, allowed_days
from portal.service_requests.commissioning.enums import ApplicationState, VisitState
from portal.service_requests.commissioning.exceptions import (
    DayUnsuitable,
    MovedAlready,
    NotOffered,
    TooLateToMove,
    VisitNotOver,
)
from portal.service_requests.commissioning.history import record_step
from portal.service_requests.commissioning.models import CommissioningApplication, Offer, Visit
from portal.service_requests.crews.models import Slot
from portal.service_requests.crews.selectors import free_slots, one_crew_each
from portal.service_requests.crews.services import give_back, take
from portal.service_requests.exceptions import WrongState
from portal.service_requests.slot_texts import slot_values
from portal.service_requests.terms import RequestTerms
from portal.service_requests.workdays import plus

OFFERED_AT_ONCE = 6


def locked(application: CommissioningApplication, *states: ApplicationState) -> CommissioningApplication:
    """The application, held until the end of the transaction. Raises WrongState."""
    current = CommissioningApplication.objects.select_for_update().select_related("account").get(pk=application.pk)
    if current.state not in states:
        raise WrongState(current.state)
    return current


@transaction.atomic
def offer(
    *, application: CommissioningApplication, slots: Sequence[Slot], by: AbstractBaseUser | None, moment: dt.datetime
) -> CommissioningApplication:
    """Contact the resident with slots to choose from. Raises WrongState."""
    application = locked(application, ApplicationState.SUBMITTED, ApplicationState.OFFERED)
    application.offers.all().delete()
    Offer.objects.bulk_create([Offer(application=application, slot=slot) for slot in slots])
    application.state = ApplicationState.OFFERED
    application.contacted_at = application.contacted_at or moment
    application.save(update_fields=["state", "contacted_at"])
    visits = [slot_values(slot) for slot in slots]
    record_step(application=application, kind=notifications.OFFERED, moment=moment, by=by, visits=visits)
    return application


@transaction.atomic
def pick(
    *, application: CommissioningApplication, slot_id: int, by: AbstractBaseUser | None, now: dt.datetime
) -> Visit:
    """Agree on one of the offered slots. Raises WrongState, NotOffered, SlotTaken."""
    application = locked(application, ApplicationState.OFFERED)
    if not application.offers.filter(slot_id=slot_id).exists():
        raise NotOffered(str(slot_id))
    return _agree(application, slot_id, by, now)


@transaction.atomic
def agree_by_phone(
    *, application: CommissioningApplication, slot_id: int, by: AbstractBaseUser, now: dt.datetime
) -> Visit:
    """The engineer agrees on any free slot with the resident on the phone. Raises WrongState, SlotTaken."""
    application = locked(application, ApplicationState.SUBMITTED, ApplicationState.OFFERED)
    application.contacted_at = application.contacted_at or now
    return _agree(application, slot_id, by, now)


def _agree(application: CommissioningApplication, slot_id: int, by: AbstractBaseUser | None, now: dt.datetime) -> Visit:
    slot = take(slot_id=slot_id, now=now)
    visit = Visit.objects.create(application=application, slot=slot, agreed_at=now)
    application.offers.all().delete()
    application.state = ApplicationState.SCHEDULED
    application.save(update_fields=["state", "contacted_at"])
    record_step(application=application, kind=notifications.AGREED, moment=now, by=by, visit=slot_values(slot))
    return visit


def planned_visit(application: CommissioningApplication) -> Visit | None:
    """The visit that stands, if one does."""
    return application.visits.filter(state=VisitState.PLANNED).select_related("slot__crew", "application").first()


@transaction.atomic
def move_visit(*, application: CommissioningApplication, slot_id: int, by: AbstractBaseUser, now: dt.datetime) -> Visit:
    """The resident takes another free slot, once, before the day of the visit.

    Raises WrongState, MovedAlready, TooLateToMove, SlotTaken.
    """
    application = locked(application, ApplicationState.SCHEDULED)
    if application.moved_once:
        raise MovedAlready(application.number)
    visit = application.visits.select_related("slot").get(state=VisitState.PLANNED)
    if visit.slot.day <= now.date():
        raise TooLateToMove(application.number)
    slot = take(slot_id=slot_id, now=now)
    give_back(slot_id=visit.slot_id)
    Visit.objects.filter(pk=visit.pk).update(state=VisitState.MOVED)
    application.moved_once = True
    application.save(update_fields=["moved_once"])
    moved = Visit.objects.create(application=application, slot=slot, agreed_at=now)
    record_step(application=application, kind=notifications.MOVED, moment=now, by=by, visit=slot_values(slot))
    return moved


@transaction.atomic
def ask_another_day(
    *, application: CommissioningApplication, preferred: PreferredSlot, by: AbstractBaseUser, moment: dt.datetime
) -> CommissioningApplication:
    """None of the offered dates suits: the resident names another, and our clock starts anew.

    Raises WrongState, DayUnsuitable.
    """
    application = locked(application, ApplicationState.SUBMITTED, ApplicationState.OFFERED)
    first, last = allowed_days(moment.date())
    if not first <= preferred.day <= last:
        raise DayUnsuitable(first=first, last=last)
    application.offers.all().delete()
    application.wanted_on, application.wanted_part = preferred.day, preferred.part
    back_to_us(application, moment)
    record_step(
        application=application,
        kind=notifications.OTHER_DAY,
        moment=moment,
        by=by,
        wanted=preferred.day,
        answer_by=application.contact_by,
    )
    return application


def back_to_us(application: CommissioningApplication, moment: dt.datetime) -> None:
    """Another time is to be agreed: the application waits for us, and our clock starts anew."""
    terms = RequestTerms.load()
    application.state = ApplicationState.SUBMITTED
    application.contact_by = plus(moment.date(), terms.contact_days, working=terms.contact_in_working_days)
    application.contacted_at = None
    application.save(update_fields=["state", "contact_by", "contacted_at", "wanted_on", "wanted_part"])


@transaction.atomic
def resident_was_out(
    *, visit: Visit, by: AbstractBaseUser, moment: dt.datetime, note: str = ""
) -> CommissioningApplication:
    """We came and nobody was in: it is recorded, and the next free slots are offered at once.

    Raises WrongState, VisitNotOver (its day has not come).
    """
    if visit.application is None or visit.state != VisitState.PLANNED:
        raise WrongState(visit.state)
    if clock.date_of(moment) < visit.slot.day:
        raise VisitNotOver(str(visit.pk))
    application = locked(visit.application, ApplicationState.SCHEDULED)
    Visit.objects.filter(pk=visit.pk).update(state=VisitState.ABSENT, note=note)
    back_to_us(application, moment)
    record_step(
        application=application, kind=notifications.NOBODY_HOME, moment=moment, by=by, visit=slot_values(visit.slot)
    )
    tomorrow = moment.date() + dt.timedelta(days=1)
    slots = one_crew_each(free_slots(tomorrow, plus(moment.date(), 15, working=True)))[:OFFERED_AT_ONCE]
    if slots:
        application = offer(application=application, slots=slots, by=by, moment=moment)
    return application
