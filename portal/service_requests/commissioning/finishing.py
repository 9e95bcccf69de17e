"""The visit takes place: a checklist, then the meter is put into service or refused. Or the company does not come."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.utils import translation

from portal.core.formatting import date_text
from portal.core.models import PrivateFile
from portal.core.periods import Period
from portal.core.refusals import error_message
from portal.metering.commissioning import commission
from portal.metering.exceptions import MeterRefused, ReadingRefused
from portal.metering.models import Meter
from portal.metering.registration import NewMeter, normalise_serial
from portal.service_requests.commissioning import certificates, notifications
from portal.service_requests.commissioning.agreeing import locked
from portal.service_requests.commissioning.enums import ApplicationState, CertificateKind, VisitState
from portal.service_requests.commissioning.exceptions import (
    BeforeVisitDay,
    BelowMounting,
    ReasonsMissing,
    SealMissing,
    VisitNotOver,
)
from portal.service_requests.commissioning.history import record, record_step
from portal.service_requests.commissioning.models import (
    CommissioningApplication,
    CommissioningCertificate,
    RefusalReason,
    Visit,
    VisitCheck,
    VisitPhoto,
)
from portal.service_requests.exceptions import WrongState
from portal.service_requests.slot_texts import when


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteInspection:
    """Findings of an engineer; values in m³."""

    passport_matches: bool
    serial_seen: str
    scheme_right: bool
    working: bool
    value: Decimal
    seal_number: str = ""
    old_value: Decimal | None = None
    note: str = ""

    def failing(self, serial_number: str) -> list[str]:
        """The points that speak against the meter; its number is compared with the application's."""
        points = [name for name in ("passport_matches", "scheme_right", "working") if not getattr(self, name)]
        same = normalise_serial(self.serial_seen) == normalise_serial(serial_number)
        return points if same else [*points, "serial_seen"]


def require_visit_day(visit: Visit, moment: dt.datetime, *, early: bool) -> None:
    """Raise BeforeVisitDay for a certificate of a day before the agreed one, unless it was really made `early`."""
    if not early and moment.date() < visit.slot.day:
        raise BeforeVisitDay(visit.slot.day)


@transaction.atomic
def put_into_service(
    *,
    visit: Visit,
    check: SiteInspection,
    by: AbstractBaseUser,
    moment: dt.datetime,
    photos: Sequence[PrivateFile] = (),
    early: bool = False,
) -> CommissioningCertificate:
    """The checklist passes: the meter is in service from today and counts from the 1st; the old one is closed.

    Raises WrongState, BeforeVisitDay, ReasonsMissing (a point fails: refuse, or correct it), SealMissing,
    BelowMounting, and the refusals of portal.metering.commissioning.commission.
    """
    application = _open(visit)
    require_visit_day(visit, moment, early=early)
    failing = check.failing(application.serial_number)
    if failing:
        raise ReasonsMissing(failing)
    if not check.seal_number.strip():
        raise SealMissing
    if check.value < application.mounting_value and not check.note.strip():
        raise BelowMounting(application.mounting_value)
    keep_check(visit, check, photos, by=by, moment=moment)
    meter = _commission(
        application,
        on=moment.date(),
        value=check.value,
        seal=check.seal_number,
        final=check.old_value if check.old_value is not None else application.final_value,
    )
    return _in_service(application, meter, visit=visit, on=moment.date(), by=by, moment=moment)


@transaction.atomic
def refuse(
    *,
    visit: Visit,
    check: SiteInspection,
    reasons: Sequence[RefusalReason],
    by: AbstractBaseUser,
    moment: dt.datetime,
    photos: Sequence[PrivateFile] = (),
    early: bool = False,
) -> CommissioningCertificate:
    """The meter is refused for reasons from the list; the resident learns what to do next.

    Raises WrongState, BeforeVisitDay, ReasonsMissing.
    """
    application = _open(visit)
    require_visit_day(visit, moment, early=early)
    if not reasons:
        raise ReasonsMissing(check.failing(application.serial_number))
    keep_check(visit, check, photos, by=by, moment=moment)
    application.state = ApplicationState.REFUSED
    application.save(update_fields=["state"])
    application.reasons.set(reasons)
    certificate = certificates.draw_up(
        application=application, visit=visit, kind=CertificateKind.REFUSED, meter=None, on=moment.date(), by=by
    )
    message = " ".join(f"{reason.text}. {reason.advice}" for reason in reasons)
    record_step(application=application, kind=notifications.REFUSED, moment=moment, by=by, reasons=message)
    return certificate


@transaction.atomic
def company_did_not_come(
    *, visit: Visit, now: dt.datetime, by: AbstractBaseUser | None = None
) -> CommissioningCertificate:
    """The agreed hours passed and nobody came: the meter is in service from the day of the application.

    It is taken as the application describes it (Rules 354, п. 81(6)). Raises WrongState, VisitNotOver.
    """
    application = _open(visit)
    if not visit.slot.is_over(now):
        raise VisitNotOver(str(visit.pk))
    Visit.objects.filter(pk=visit.pk).update(state=VisitState.MISSED)
    applied_on = application.submitted_at.astimezone(now.tzinfo).date()
    meter = _commission(
        application, on=applied_on, value=application.mounting_value, seal="", final=application.final_value
    )
    record(
        application=application,
        text=f"Мы не пришли {when(visit.slot)}. Счётчик введён с даты заявки, {date_text(applied_on)}.",
        moment=now,
        by=by,
    )
    return _in_service(application, meter, visit=visit, on=applied_on, by=by, moment=now)


def settle_missed_visits(*, now: dt.datetime) -> int:
    """Every visit of an earlier day about which nothing was entered counts as missed by us; returns how many.

    What another worker settled meanwhile is passed over. A meter that cannot be put into service stays planned, with
    the reason in its history for the engineer; it keeps nobody else waiting.
    """
    forgotten = Visit.objects.filter(
        state=VisitState.PLANNED, application__isnull=False, slot__day__lt=now.date()
    ).select_related("slot", "application")
    return sum(_settled(visit, now) for visit in forgotten)


def _settled(visit: Visit, now: dt.datetime) -> bool:
    try:
        company_did_not_come(visit=visit, now=now)
    except WrongState:
        return False
    except (MeterRefused, ReadingRefused) as refusal:
        _note_unsettled(visit, refusal, now)
        return False
    return True


def _note_unsettled(visit: Visit, refusal: Exception, now: dt.datetime) -> None:
    application = visit.application
    with translation.override("ru"):
        why = error_message(refusal, for_staff=True)
    text = f"Мы не пришли {when(visit.slot)}, но счётчик не введён. {why}"[:500]
    if application is not None and not application.events.filter(text=text).exists():
        record(application=application, text=text, moment=now, by=None, is_internal=True)


def _open(visit: Visit) -> CommissioningApplication:
    current = Visit.objects.select_for_update().get(pk=visit.pk)
    if visit.application is None or current.state != VisitState.PLANNED:
        raise WrongState(current.state)
    return locked(visit.application, ApplicationState.SCHEDULED)


def keep_check(
    visit: Visit, check: SiteInspection, photos: Sequence[PrivateFile], *, by: AbstractBaseUser, moment: dt.datetime
) -> None:
    """Keep what was seen and photographed; the visit took place."""
    VisitCheck.objects.create(visit=visit, made_at=moment, made_by_id=by.pk, **asdict(check))
    VisitPhoto.objects.bulk_create(VisitPhoto(visit=visit, file=photo) for photo in photos)
    Visit.objects.filter(pk=visit.pk).update(state=VisitState.DONE)


def _commission(
    application: CommissioningApplication, *, on: dt.date, value: Decimal, seal: str, final: Decimal | None
) -> Meter:
    return commission(
        account=application.account,
        new=NewMeter(
            service=application.service,
            place=application.place,
            serial_number=application.serial_number,
            verified_until=application.verified_until,
            mounted_on=application.mounted_on,
            digits=application.digits,
            type=application.type,
            seal_number=seal,
            start_value=value,
        ),
        on=on,
        replaces=application.replaces,
        final_value=final,
    )


def _in_service(
    application: CommissioningApplication,
    meter: Meter,
    *,
    visit: Visit,
    on: dt.date,
    by: AbstractBaseUser | None,
    moment: dt.datetime,
) -> CommissioningCertificate:
    application.state, application.meter = ApplicationState.COMMISSIONED, meter
    application.save(update_fields=["state", "meter"])
    certificate = certificates.draw_up(
        application=application, visit=visit, kind=CertificateKind.COMMISSIONED, meter=meter, on=on, by=by
    )
    counts_from = Period.of(on).next.first_day
    record_step(
        application=application,
        kind=notifications.IN_SERVICE,
        moment=moment,
        by=by,
        meter=meter.serial_number,
        date=on,
        counts_from=counts_from,
        reading=counts_from if application.replaces_id is None else None,
    )
    return certificate
