"""An agreed visit is moved or cancelled, by the company or by the resident; the other side is notified."""

import datetime as dt

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction

from portal.accounts.staff import notify_employees
from portal.notifications.declarations import NotificationKind
from portal.service_requests import engineer_notifications as engineers
from portal.service_requests.commissioning import agreeing
from portal.service_requests.commissioning import notifications as commissioning
from portal.service_requests.commissioning.agreeing import back_to_us, locked
from portal.service_requests.commissioning.enums import ApplicationState, VisitState
from portal.service_requests.commissioning.exceptions import TooLateToMove, VisitOver, VisitReasonMissing
from portal.service_requests.commissioning.history import record, record_step
from portal.service_requests.commissioning.models import CommissioningApplication, Visit
from portal.service_requests.crews.services import give_back, take
from portal.service_requests.exceptions import WrongState
from portal.service_requests.replacement import notifications as replacement
from portal.service_requests.replacement.models import OrderState, ReplacementOrder
from portal.service_requests.slot_texts import slot_values, when


@transaction.atomic
def move_visit(*, visit: Visit, slot_id: int, reason: str, by: AbstractBaseUser, now: dt.datetime) -> Visit:
    """The company takes another free slot, for a reason that the resident reads, before the agreed hours are over.

    Raises WrongState, VisitReasonMissing, VisitOver (a visit that was not paid counts as missed), SlotTaken.
    """
    visit = _planned(visit)
    _require_reason(reason, visit, now)
    moved = _moved(visit, slot_id, reason, now)
    if moved.application is not None:
        record_step(
            application=moved.application,
            kind=commissioning.MOVED_BY_COMPANY,
            moment=now,
            by=by,
            visit=slot_values(visit.slot),
            moved_to=slot_values(moved.slot),
            reason=reason,
        )
    elif moved.order is not None:
        replacement.visit_moved(moved.order.meter, visit.slot, moved.slot, f"moved:{moved.pk}", reason)
    return moved


@transaction.atomic
def cancel_visit(*, visit: Visit, reason: str, by: AbstractBaseUser, now: dt.datetime) -> None:
    """The company calls a visit off, for a reason that the resident reads; another time is to be agreed.

    Raises WrongState, VisitReasonMissing, VisitOver.
    """
    visit = _planned(visit)
    _require_reason(reason, visit, now)
    _cancelled(visit, reason, now)
    if visit.application is not None:
        record_step(
            application=visit.application,
            kind=commissioning.CANCELLED_BY_COMPANY,
            moment=now,
            by=by,
            visit=slot_values(visit.slot),
            reason=reason,
        )
    elif visit.order is not None:
        replacement.visit_cancelled(visit.order.meter, visit.slot, f"cancelled:{visit.pk}", reason)


@transaction.atomic
def move_by_resident(*, visit: Visit, slot_id: int, by: AbstractBaseUser, now: dt.datetime) -> Visit:
    """The resident takes another free slot for a replacement, before the day of the visit; engineers are told.

    Raises WrongState, TooLateToMove, SlotTaken.
    """
    visit = _planned(visit)
    if visit.order is None:
        raise WrongState(visit.state)
    _require_day_ahead(visit, now)
    moved = _moved(visit, slot_id, "Перенёс житель", now)
    meter = visit.order.meter
    replacement.visit_moved(meter, visit.slot, moved.slot, f"moved:{moved.pk}", "")
    _notify_of_move(moved)
    return moved


@transaction.atomic
def move_application_visit(
    *, application: CommissioningApplication, slot_id: int, by: AbstractBaseUser, now: dt.datetime
) -> Visit:
    """The resident takes another free slot for an application, once; engineers are told.

    Raises WrongState, MovedAlready, TooLateToMove, SlotTaken.
    """
    moved = agreeing.move_visit(application=application, slot_id=slot_id, by=by, now=now)
    _notify_of_move(moved)
    return moved


@transaction.atomic
def cancel_by_resident(*, visit: Visit, reason: str, by: AbstractBaseUser, now: dt.datetime) -> None:
    """The resident calls a visit off, before its day; engineers are told and agree on another time.

    Raises WrongState, TooLateToMove.
    """
    visit = _planned(visit)
    _require_day_ahead(visit, now)
    note = reason.strip() or "Отменил житель"
    _cancelled(visit, note, now)
    if visit.application is not None:
        record(
            application=visit.application,
            text=f"Вы отменили визит {when(visit.slot)}. Предложим другое время.",
            moment=now,
            by=by,
        )
    _notify_engineers(
        visit,
        of_application=engineers.APPLICATION_VISIT_CANCELLED,
        of_order=engineers.REPLACEMENT_VISIT_CANCELLED,
        reason=reason,
    )


def _notify_engineers(
    visit: Visit, *, of_application: NotificationKind, of_order: NotificationKind, **values: object
) -> None:
    """A message to everybody who puts meters into service."""
    account = None
    if visit.application is not None:
        account = visit.application.account
    elif visit.order is not None:
        account = visit.order.meter.account
    notify_employees(
        of_application if visit.application is not None else of_order,
        event=f"visit:{visit.pk}:{visit.state}",
        context={
            "address": account.premises.address if account is not None else "",
            "visit": slot_values(visit.slot),
            **values,
        },
        link_args=(visit.application_id,) if visit.application is not None else (),
    )


def _notify_of_move(moved: Visit) -> None:
    _notify_engineers(
        moved,
        of_application=engineers.APPLICATION_VISIT_MOVED,
        of_order=engineers.REPLACEMENT_VISIT_MOVED,
    )


def _planned(visit: Visit) -> Visit:
    """The visit, held until the end of the transaction. Raises WrongState unless it stands."""
    related = Visit.objects.select_for_update(of=("self",)).select_related(
        "slot", "application__account", "order__meter"
    )
    current = related.get(pk=visit.pk)
    if current.state != VisitState.PLANNED:
        raise WrongState(current.state)
    if current.application is not None:
        current.application = locked(current.application, ApplicationState.SCHEDULED)
    return current


def _require_reason(reason: str, visit: Visit, now: dt.datetime) -> None:
    if not reason.strip():
        raise VisitReasonMissing
    if visit.slot.is_over(now):
        raise VisitOver(str(visit.pk))


def _require_day_ahead(visit: Visit, now: dt.datetime) -> None:
    if visit.slot.day <= now.date():
        raise TooLateToMove(str(visit.pk))


def _moved(visit: Visit, slot_id: int, note: str, now: dt.datetime) -> Visit:
    slot = take(slot_id=slot_id, now=now)
    give_back(slot_id=visit.slot_id)
    Visit.objects.filter(pk=visit.pk).update(state=VisitState.MOVED, note=note[:250])
    return Visit.objects.create(application=visit.application, order=visit.order, slot=slot, agreed_at=now)


def _cancelled(visit: Visit, note: str, now: dt.datetime) -> None:
    give_back(slot_id=visit.slot_id)
    Visit.objects.filter(pk=visit.pk).update(state=VisitState.CANCELLED, note=note[:250])
    visit.state = VisitState.CANCELLED
    if visit.application is not None:
        back_to_us(visit.application, now)
    elif visit.order is not None:
        ReplacementOrder.objects.filter(pk=visit.order.pk).update(state=OrderState.PROPOSED, plan=None)
