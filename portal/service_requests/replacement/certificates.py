"""Certificates of verifications extend a meter that stays: sent, checked, accepted or refused."""

import datetime as dt
from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import partial

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import IntegrityError, transaction

from portal.core.models import PrivateFile
from portal.metering.commissioning import extend_verification, require_below_later_readings, require_final_value
from portal.metering.exceptions import VerificationExpired
from portal.metering.models import Meter
from portal.service_requests.exceptions import WrongState
from portal.service_requests.refusals import Refusal, refusals_by
from portal.service_requests.replacement import notifications
from portal.service_requests.replacement.exceptions import CertificateMissing, CertificatePending, VerifiedInFuture
from portal.service_requests.replacement.models import Verification, VerificationState


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
) -> list[Refusal]:
    """Everything that `send_certificate` would refuse, not only the first thing; None: not written, not judged."""
    missing = [] if has_certificate else [_refuse_without_certificate]
    return refusals_by([*missing, *_checks(meter, verified_on, valid_until, value, today)])


def _checks(
    meter: Meter, verified_on: dt.date | None, valid_until: dt.date | None, value: Decimal | None, today: dt.date
) -> Iterator[Callable[[], object]]:
    """The checks of a verification whose parts are written."""
    if verified_on is not None:
        yield partial(_require_past, verified_on, today)
    if valid_until is not None:
        yield partial(_require_valid, verified_on, valid_until, today)
    if verified_on is not None and value is not None:
        yield partial(require_final_value, meter=meter, value=value, on=verified_on, before=verified_on)
        yield partial(require_below_later_readings, meter=meter, value=value, on=verified_on)


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
    for check in _checks(meter, verified_on, valid_until, value, today):
        check()


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
