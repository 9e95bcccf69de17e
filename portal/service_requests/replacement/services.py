"""The resident agrees, the system proposes in time, a visit replaces; certificates extend a meter that stays."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import IntegrityError, transaction

from portal.accounts.enums import Service
from portal.accounts.models import House
from portal.core.models import PrivateFile
from portal.metering.commissioning import (
    CommissioningRefused,
    NewMeter,
    VerificationExpired,
    commission,
    extend_verification,
    require_below_later_readings,
    require_final_value,
)
from portal.metering.exceptions import ReadingRefused
from portal.metering.models import Meter, MeterType
from portal.service_requests.commissioning.acts import person_name
from portal.service_requests.commissioning.agreeing import when
from portal.service_requests.commissioning.enums import ActKind, VisitState
from portal.service_requests.commissioning.exceptions import SealMissing
from portal.service_requests.commissioning.finishing import Check, keep_check, require_visit_day
from portal.service_requests.commissioning.models import Act, Visit
from portal.service_requests.crews.services import give_back, take
from portal.service_requests.exceptions import StepRefused, WrongState
from portal.service_requests.replacement import notifications, selectors
from portal.service_requests.replacement.exceptions import (
    CertificateMissing,
    CertificatePending,
    NotInOrder,
    PriceUnknown,
    VerifiedInFuture,
)
from portal.service_requests.replacement.models import (
    Agreement,
    OrderState,
    ReplacementOrder,
    Verification,
    VerificationState,
    VisitPlan,
)
from portal.service_requests.terms import RequestTerms

WARNED_DAYS = (90, 30, 7)


def publish_price(*, price: Decimal, source: str) -> None:
    """Take over the price of a replacement that a page published, ₽; agreements made before keep theirs."""
    terms = RequestTerms.load()
    terms.replacement_price, terms.replacement_price_source = price, source
    terms.save()


@transaction.atomic
def agree(*, meter: Meter, by: AbstractBaseUser, moment: dt.datetime) -> Agreement:
    """The resident agrees at today's price; a repeat returns the agreement that stands. Raises PriceUnknown."""
    standing = Agreement.objects.filter(meter=meter, withdrawn_at=None).first()
    if standing is not None:
        return standing
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
        notifications.visit_planned(order.meter, when(slot), f"plan:{plan.pk}")
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

    def check(self) -> Check:
        """The same as a checklist of a visit."""
        return Check(
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
) -> Act:
    """The visit of an order: the old meter is closed and the new one put into service by one act.

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
        new=NewMeter(
            account=old.account,
            service=Service(old.service),
            place=old.place,
            serial_number=new.serial_number,
            verified_until=new.verified_until,
            mounted_on=on,
            digits=new.type.digits if new.type else old.digits,
            type=new.type,
            seal_number=new.seal_number,
        ),
        value=new.value,
        on=on,
        replaces=old,
        final_value=new.old_value,
    )
    keep_check(visit, check, photos, by=by, moment=moment)
    ReplacementOrder.objects.filter(pk=order.pk).update(state=OrderState.DONE, new_meter=meter)
    notifications.replaced(old, meter)
    return Act.objects.create(
        number=f"{order.number}-{visit.pk}",
        kind=ActKind.COMMISSIONED,
        account=old.account,
        order=order,
        meter=meter,
        made_on=on,
        data=_act_data(order, old, meter, new, on, by),
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
    notifications.visit_failed(order.meter, when(visit.slot), f"visit:{visit.pk}", missed=missed)
    order.refresh_from_db()
    return order


def _act_data(
    order: ReplacementOrder, old: Meter, meter: Meter, new: NewOne, on: dt.date, by: AbstractBaseUser
) -> dict[str, object]:
    person = order.agreement.agreed_by
    return {
        "account": old.account.number,
        "address": old.account.premises.address,
        "applicant": person_name(person),
        "phone": "",
        "engineer": person_name(by),
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


@transaction.atomic
def send_certificate(
    *,
    meter: Meter,
    verified_on: dt.date,
    valid_until: dt.date,
    value: Decimal,
    certificate: PrivateFile | None,
    by: AbstractBaseUser,
    moment: dt.datetime,
) -> Verification:
    """The resident sends the certificate of a verification; `value` in m³ is what the meter showed. Days inclusive.

    Raises CertificateMissing, CertificatePending, and the refusals of `require_verification`.
    """
    if certificate is None:
        raise CertificateMissing
    require_verification(meter, verified_on=verified_on, valid_until=valid_until, value=value, today=moment.date())
    try:
        with transaction.atomic():
            return Verification.objects.create(
                meter=meter,
                verified_on=verified_on,
                valid_until=valid_until,
                value=value,
                certificate=certificate,
                sent_at=moment,
                sent_by_id=by.pk,
            )
    except IntegrityError as error:
        raise CertificatePending from error


def certificate_refusals(
    *,
    meter: Meter,
    verified_on: dt.date | None,
    valid_until: dt.date | None,
    value: Decimal | None,
    has_certificate: bool,
    today: dt.date,
) -> list[Exception]:
    """Everything that `send_certificate` would refuse, not only the first thing; None: not written, not judged."""
    checks: list[Callable[[], None]] = []
    if not has_certificate:
        checks.append(_refuse_without_certificate)
    if verified_on is not None:
        checks.append(partial(_require_past, verified_on, today))
    if valid_until is not None:
        checks.append(partial(_require_valid, verified_on, valid_until, today))
    if verified_on is not None and value is not None:
        checks.append(partial(require_final_value, meter=meter, value=value, on=verified_on, before=verified_on))
        checks.append(partial(require_below_later_readings, meter=meter, value=value, on=verified_on))
    found: list[Exception] = []
    for check in checks:
        try:
            check()
        except (StepRefused, CommissioningRefused, ReadingRefused) as refusal:
            found.append(refusal)
    return found


def _refuse_without_certificate() -> None:
    raise CertificateMissing


def _require_past(verified_on: dt.date, today: dt.date) -> None:
    if verified_on > today:
        raise VerifiedInFuture


def _require_valid(verified_on: dt.date | None, valid_until: dt.date, today: dt.date) -> None:
    if valid_until < today or (verified_on is not None and valid_until <= verified_on):
        raise VerificationExpired(str(valid_until))


def require_verification(
    meter: Meter, *, verified_on: dt.date, valid_until: dt.date, value: Decimal, today: dt.date
) -> None:
    """See that a verification can be right.

    Raises VerifiedInFuture, VerificationExpired, FinalReadingLower, HigherThanNext.
    """
    _require_past(verified_on, today)
    _require_valid(verified_on, valid_until, today)
    require_final_value(meter=meter, value=value, on=verified_on, before=verified_on)
    require_below_later_readings(meter=meter, value=value, on=verified_on)


@transaction.atomic
def record_verification(
    *,
    meter: Meter,
    verified_on: dt.date,
    valid_until: dt.date,
    value: Decimal,
    by: AbstractBaseUser,
    moment: dt.datetime,
) -> Verification:
    """The engineer verified the meter, or holds the certificate: it counts at once; the holders are told.

    Raises the refusals of `require_verification`, MeterClosed.
    """
    require_verification(meter, verified_on=verified_on, valid_until=valid_until, value=value, today=moment.date())
    verification = Verification.objects.create(
        meter=meter,
        state=VerificationState.ACCEPTED,
        verified_on=verified_on,
        valid_until=valid_until,
        value=value,
        sent_at=moment,
        sent_by_id=by.pk,
        decided_at=moment,
        decided_by_id=by.pk,
    )
    _extend(verification)
    return verification


def _extend(verification: Verification) -> None:
    meter = extend_verification(
        meter=verification.meter,
        verified_until=verification.valid_until,
        on=verification.verified_on,
        value=verification.value,
    )
    notifications.certificate_decided(meter, f"certificate:{verification.pk}", "")


@transaction.atomic
def accept_certificate(*, verification: Verification, by: AbstractBaseUser, moment: dt.datetime) -> Verification:
    """The certificate is right: the meter counts until its day. Raises WrongState, MeterClosed, FinalReadingLower."""
    _decide(verification, VerificationState.ACCEPTED, by, moment)
    _extend(verification)
    return verification


@transaction.atomic
def refuse_certificate(
    *, verification: Verification, reason: str, by: AbstractBaseUser, moment: dt.datetime
) -> Verification:
    """The certificate is not accepted; the resident reads why. Raises WrongState."""
    _decide(verification, VerificationState.REFUSED, by, moment, reason=reason or "не читается")
    notifications.certificate_decided(verification.meter, f"certificate:{verification.pk}", verification.reason)
    return verification


def _decide(
    verification: Verification, state: VerificationState, by: AbstractBaseUser, moment: dt.datetime, reason: str = ""
) -> None:
    waiting = Verification.objects.filter(pk=verification.pk, state=VerificationState.SENT)
    if not waiting.update(state=state, reason=reason, decided_at=moment, decided_by_id=by.pk):
        raise WrongState(verification.state)
    verification.refresh_from_db()
