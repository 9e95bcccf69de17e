"""The resident applies, or withdraws."""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import IntegrityError, transaction

from portal.accounts.enums import Service
from portal.accounts.models import Account
from portal.core.models import PrivateFile
from portal.core.rate_limits.declared import Action
from portal.core.rate_limits.services import Sender, spend
from portal.metering.commissioning import require_final_value
from portal.metering.models import Meter, MeterType
from portal.metering.registration import require_free_serial, require_verified, with_serial
from portal.metering.services import require_value
from portal.service_requests.commissioning import notifications
from portal.service_requests.commissioning.enums import PENDING, ApplicationState, DayPart, FileKind, VisitState
from portal.service_requests.commissioning.exceptions import (
    DayUnsuitable,
    MountedInFuture,
    PassportMissing,
    PlacePending,
    SerialPending,
)
from portal.service_requests.commissioning.history import record_step
from portal.service_requests.commissioning.models import ApplicationFile, CommissioningApplication
from portal.service_requests.crews.services import give_back
from portal.service_requests.exceptions import WrongState
from portal.service_requests.phones import normalised
from portal.service_requests.refusals import Refusal, refusals_by
from portal.service_requests.terms import RequestTerms
from portal.service_requests.workdays import plus


@dataclass(frozen=True, slots=True, kw_only=True)
class MeterData:
    """Meter data from its passport and dial; values in m³."""

    service: Service
    place: str
    type_name: str
    serial_number: str
    mounted_by: str
    mounted_on: dt.date
    value: Decimal
    verified_until: dt.date
    digits: int = 5
    type: MeterType | None = None
    replaces: Meter | None = None
    final_value: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Applicant:
    """Applicant and their contacts."""

    name: str
    phone: str
    email: str = ""


@dataclass(frozen=True, slots=True)
class PreferredSlot:
    """Which day and hours suit."""

    day: dt.date
    part: DayPart = DayPart.ANY


def allowed_days(today: dt.date) -> tuple[dt.date, dt.date]:
    """The first and last day that may be wished for: from tomorrow, within the working days of the terms."""
    last = plus(today, RequestTerms.load().another_date_days, working=True)
    return today + dt.timedelta(days=1), last


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationDraft:
    """Application while it is filled in: None where nothing readable was written."""

    account: Account | None = None
    service: str | None = None
    place: str | None = None
    serial_number: str | None = None
    mounted_on: dt.date | None = None
    value: Decimal | None = None
    digits: int | None = None
    verified_until: dt.date | None = None
    replaces: Meter | None = None
    final_value: Decimal | None = None
    phone: str | None = None
    wanted_on: dt.date | None = None
    passport: bool = False


def refusals_of(draft: ApplicationDraft, *, today: dt.date) -> list[Refusal]:
    """Everything that `apply` would refuse in a draft, not only the first thing; a part not written is not judged."""
    return refusals_by(_checks(draft, today))


def _checks(draft: ApplicationDraft, today: dt.date) -> Iterator[Callable[[], object]]:
    """The checks whose parts are written, one for each field."""
    if not draft.passport:
        yield _refuse_without_passport
    if draft.wanted_on is not None:
        yield partial(require_wanted_day, draft.wanted_on, today)
    if draft.phone is not None:
        yield partial(normalised, draft.phone)
    if draft.mounted_on is not None:
        yield partial(require_mounted, draft.mounted_on, today)
    if draft.verified_until is not None:
        yield partial(require_verified, draft.verified_until, on=today)
    if draft.value is not None and draft.digits is not None:
        yield partial(require_value, draft.value, draft.digits)
    if draft.account is None or draft.service is None:
        return
    if draft.serial_number is not None:
        yield partial(_require_serial, draft.account, draft.service, draft.serial_number, draft.replaces)
    if draft.place is not None:
        yield partial(require_free_place, draft.account, draft.service, draft.place)
    if draft.replaces is not None and draft.final_value is not None:
        yield partial(require_final_value, meter=draft.replaces, value=draft.final_value, on=today)


def _refuse_without_passport() -> None:
    raise PassportMissing


def _require_serial(account: Account, service: str, serial_number: str, replaces: Meter | None) -> None:
    require_free_serial(serial_number=serial_number, service=service, account=account, besides=replaces)
    require_no_application(service, serial_number)


def require_wanted_day(day: dt.date, today: dt.date) -> None:
    """Raise DayUnsuitable for a day that may not be wished for."""
    first, last = allowed_days(today)
    if not first <= day <= last:
        raise DayUnsuitable(first=first, last=last)


def require_mounted(day: dt.date, today: dt.date) -> None:
    """Raise MountedInFuture when the day of mounting has not come."""
    if day > today:
        raise MountedInFuture


def require_meter(account: Account, meter: MeterData, *, on: dt.date) -> None:
    """See that the meter can be put into service at all.

    Raises MountedInFuture, VerificationExpired, SerialNumberTaken, FinalReadingLower, or what is
    wrong with a number.
    """
    require_mounted(meter.mounted_on, on)
    require_verified(meter.verified_until, on=on)
    require_value(meter.value, meter.digits)
    require_free_serial(
        serial_number=meter.serial_number, service=meter.service, account=account, besides=meter.replaces
    )
    if meter.replaces is not None and meter.final_value is not None:
        require_final_value(meter=meter.replaces, value=meter.final_value, on=on)


def place_name(text: str) -> str:
    """A place in one way of writing, so that «кухня» is «Кухня» on every database."""
    return " ".join(text.split()).capitalize()


def require_free_place(account: Account, service: str, place: str) -> None:
    """Raise PlacePending when an application for the place is under way."""
    pending = CommissioningApplication.objects.filter(
        account=account, service=service, place=place_name(place), state__in=PENDING
    ).first()
    if pending is not None:
        raise PlacePending(pending.number)


def require_no_application(service: str, serial_number: str) -> None:
    """Raise SerialPending when an application for a meter of this number is under way."""
    pending = CommissioningApplication.objects.filter(service=service, state__in=PENDING)
    if with_serial(pending, serial_number).exists():
        raise SerialPending


def already_applied(key: str) -> CommissioningApplication | None:
    """The application that a form (`key`) made before; None for a new one."""
    return CommissioningApplication.objects.filter(key=key).first()


def apply(
    *,
    key: str,
    account: Account,
    applicant: Applicant,
    meter: MeterData,
    preferred: PreferredSlot,
    files: Mapping[FileKind, Sequence[PrivateFile]],
    author: AbstractBaseUser | None,
    moment: dt.datetime,
    sender: Sender | None = None,
) -> CommissioningApplication:
    """Take an application; the same form (`key`) sent twice is one. The terms of today are promised with it.

    A resident's `sender` is counted. Raises RateLimited, PassportMissing, DayUnsuitable, PhoneNotUnderstood,
    PlacePending, SerialPending, and the refusals of `require_meter`.
    """
    existing = already_applied(key)
    if existing is not None:
        return existing
    if not files.get(FileKind.PASSPORT):
        raise PassportMissing
    require_wanted_day(preferred.day, moment.date())
    application = _new_application(account, applicant, meter, preferred, moment)
    application.key = key
    application.author_id = author.pk if author else None
    require_meter(account, meter, on=moment.date())
    require_free_place(account, meter.service, meter.place)
    require_no_application(meter.service, meter.serial_number)
    try:
        with transaction.atomic():
            if sender is not None:
                spend(Action.COMMISSIONING, sender=sender)
            _store(application, files, author, moment)
    except IntegrityError:
        again = CommissioningApplication.objects.filter(key=key).first()
        if again is None:
            require_free_place(account, meter.service, meter.place)
            raise
        return again
    return application


def _store(
    application: CommissioningApplication,
    files: Mapping[FileKind, Sequence[PrivateFile]],
    author: AbstractBaseUser | None,
    moment: dt.datetime,
) -> None:
    application.save(force_insert=True)
    ApplicationFile.objects.bulk_create(
        ApplicationFile(application=application, kind=kind, file=stored)
        for kind, given in files.items()
        for stored in given
    )
    record_step(
        application=application,
        kind=notifications.SUBMITTED,
        moment=moment,
        by=author,
        answer_by=application.contact_by,
    )


def _new_application(
    account: Account, applicant: Applicant, meter: MeterData, preferred: PreferredSlot, moment: dt.datetime
) -> CommissioningApplication:
    """An application, not stored yet, with the terms of its day. Raises PhoneNotUnderstood."""
    today = moment.date()
    _first, last = allowed_days(today)
    terms = RequestTerms.load()
    return CommissioningApplication(
        account=account,
        applicant=applicant.name,
        phone=normalised(applicant.phone),
        email=applicant.email,
        service=meter.service,
        place=place_name(meter.place),
        type=meter.type,
        type_name=meter.type_name,
        digits=meter.digits,
        serial_number=meter.serial_number.strip(),
        mounted_by=meter.mounted_by,
        mounted_on=meter.mounted_on,
        mounting_value=meter.value,
        verified_until=meter.verified_until,
        replaces=meter.replaces,
        final_value=meter.final_value,
        wanted_on=preferred.day,
        wanted_part=preferred.part,
        submitted_at=moment,
        contact_by=plus(today, terms.contact_days, working=terms.contact_in_working_days),
        visit_by=last,
    )


@transaction.atomic
def withdraw(
    *, application: CommissioningApplication, by: AbstractBaseUser, moment: dt.datetime
) -> CommissioningApplication:
    """The resident changes their mind; a visit that was agreed is given back. Raises WrongState."""
    application = CommissioningApplication.objects.select_for_update().get(pk=application.pk)
    if application.state not in PENDING:
        raise WrongState(application.state)
    for visit in application.visits.filter(state=VisitState.PLANNED):
        visit.state = VisitState.CANCELLED
        visit.save(update_fields=["state"])
        give_back(slot_id=visit.slot_id)
    application.state = ApplicationState.WITHDRAWN
    application.save(update_fields=["state"])
    record_step(application=application, kind=notifications.WITHDRAWN, moment=moment, by=by)
    return application
