"""A visit is planned for orders of a house; it replaces the meter, or fails and the order waits for another."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction

from portal.accounts.enums import Service
from portal.accounts.models import House
from portal.core.formatting import user_name
from portal.core.models import PrivateFile
from portal.metering.commissioning import commission
from portal.metering.models import Meter, MeterType
from portal.metering.registration import NewMeter
from portal.service_requests.commissioning.enums import CertificateKind, VisitState
from portal.service_requests.commissioning.exceptions import SealMissing
from portal.service_requests.commissioning.finishing import SiteInspection, keep_check, require_visit_day
from portal.service_requests.commissioning.models import CommissioningCertificate, Visit
from portal.service_requests.crews.services import take
from portal.service_requests.exceptions import WrongState
from portal.service_requests.replacement import notifications
from portal.service_requests.replacement.exceptions import NotInOrder
from portal.service_requests.replacement.models import OrderState, ReplacementOrder, VisitPlan


@transaction.atomic
def plan_visit(
    *, house: House, orders: Sequence[ReplacementOrder], slot_id: int, by: AbstractBaseUser, now: dt.datetime
) -> VisitPlan:
    """Put the orders of a house into one slot; each takes one of its visits. Raises SlotTaken, WrongState."""
    plan: VisitPlan | None = None
    for order in orders:
        if order.state != OrderState.PROPOSED:
            raise WrongState(order.state)
        slot = take(slot_id=slot_id, now=now)
        plan = plan or VisitPlan.objects.create(house=house, slot=slot, made_at=now, made_by_id=by.pk)
        Visit.objects.create(order=order, slot=slot, agreed_at=now)
        ReplacementOrder.objects.filter(pk=order.pk).update(state=OrderState.PLANNED, plan=plan)
        notifications.visit_planned(order.meter, slot, f"plan:{plan.pk}")
    if plan is None:
        raise WrongState("empty")
    return plan


@dataclass(frozen=True, slots=True, kw_only=True)
class NewOne:
    """The meter that the company mounts; values in m³."""

    type_name: str
    serial_number: str
    seal_number: str
    verified_until: dt.date
    value: Decimal
    old_value: Decimal
    type: MeterType | None = None
    passport_matches: bool = True
    scheme_right: bool = True
    working: bool = True
    note: str = ""

    def check(self) -> SiteInspection:
        """The same as a checklist of a visit."""
        return SiteInspection(
            passport_matches=self.passport_matches,
            serial_seen=self.serial_number,
            scheme_right=self.scheme_right,
            working=self.working,
            value=self.value,
            seal_number=self.seal_number,
            old_value=self.old_value,
            note=self.note,
        )


@transaction.atomic
def replace(
    *,
    visit: Visit,
    new: NewOne,
    by: AbstractBaseUser,
    moment: dt.datetime,
    photos: Sequence[PrivateFile] = (),
    early: bool = False,
) -> CommissioningCertificate:
    """The visit of an order: the old meter is closed and the new one put into service by one certificate.

    Raises WrongState, BeforeVisitDay, NotInOrder, SealMissing, and the refusals of
    portal.metering.commissioning.commission.
    """
    order, check = _planned(visit), new.check()
    require_visit_day(visit, moment, early=early)
    failing = check.failing(new.serial_number)
    if failing:
        raise NotInOrder(failing)
    if not new.seal_number.strip():
        raise SealMissing
    old, on = order.meter, moment.date()
    meter = commission(
        account=old.account,
        new=NewMeter(
            service=old.service,
            place=old.place,
            serial_number=new.serial_number,
            verified_until=new.verified_until,
            mounted_on=on,
            digits=new.type.digits if new.type else old.digits,
            type=new.type,
            seal_number=new.seal_number,
            start_value=new.value,
        ),
        on=on,
        replaces=old,
        final_value=new.old_value,
    )
    keep_check(visit, check, photos, by=by, moment=moment)
    ReplacementOrder.objects.filter(pk=order.pk).update(state=OrderState.DONE, new_meter=meter)
    notifications.replaced(old, meter)
    return _certificate(visit, order, meter, on, data=_certificate_data(order, old, meter, new, on, by))


def _certificate(
    visit: Visit, order: ReplacementOrder, meter: Meter, on: dt.date, *, data: dict[str, object]
) -> CommissioningCertificate:
    return CommissioningCertificate.objects.create(
        number=f"{order.number}-{visit.pk}",
        kind=CertificateKind.COMMISSIONED,
        account=meter.account,
        order=order,
        meter=meter,
        made_on=on,
        data=data,
    )


def _planned(visit: Visit) -> ReplacementOrder:
    current = Visit.objects.select_for_update().get(pk=visit.pk)
    if visit.order is None or current.state != VisitState.PLANNED:
        raise WrongState(current.state)
    return visit.order


@transaction.atomic
def not_replaced(*, visit: Visit, missed: bool, note: str = "") -> ReplacementOrder:
    """Nobody was in, or we did not come (`missed`): the order waits for another visit; the holders are told.

    Raises WrongState.
    """
    order = _planned(visit)
    Visit.objects.filter(pk=visit.pk).update(state=VisitState.MISSED if missed else VisitState.ABSENT, note=note)
    ReplacementOrder.objects.filter(pk=order.pk).update(state=OrderState.PROPOSED, plan=None)
    notifications.visit_failed(order.meter, visit.slot, f"visit:{visit.pk}", missed=missed)
    order.refresh_from_db()
    return order


def _certificate_data(
    order: ReplacementOrder, old: Meter, meter: Meter, new: NewOne, on: dt.date, by: AbstractBaseUser
) -> dict[str, object]:
    person = order.agreement.agreed_by
    return {
        "account": old.account.number,
        "address": old.account.premises.address,
        "applicant": user_name(person),
        "phone": "",
        "engineer": user_name(by),
        "service": str(Service(old.service).label),
        "place": old.place,
        "type": new.type_name,
        "serial_number": meter.serial_number,
        "seal_number": new.seal_number,
        "mounted_by": "исполнитель",
        "mounted_on": on.isoformat(),
        "verified_until": new.verified_until.isoformat(),
        "value": str(new.value),
        "in_service_on": on.isoformat(),
        "counts_from": meter.commissioned_on.isoformat(),
        "old_serial": old.serial_number,
        "old_value": str(new.old_value),
        "passport_matches": new.passport_matches,
        "serial_seen": meter.serial_number,
        "scheme_right": new.scheme_right,
        "working": new.working,
        "note": new.note,
        "missed": False,
        "applied_on": order.proposed_at.date().isoformat(),
        "reasons": [],
    }
