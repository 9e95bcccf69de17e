"""Registering a meter: one service and one set of rules for the office, commissioning and replacement."""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Replace

from portal.accounts.models import Account
from portal.core import service_catalogue
from portal.metering.exceptions import (
    MeterRefused,
    ReadingRefused,
    SerialNumberTaken,
    ServiceNotMetered,
    VerificationExpired,
)
from portal.metering.models import Meter, MeterType
from portal.metering.services import require_value

DEFAULT_DIGITS = 5
SEPARATORS = " -\u00a0"
"""What people put between the characters of a serial number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMeter:
    """A meter to be registered: `start_value` in m³ on the first day that counts, the verification's day inclusive."""

    service: str
    serial_number: str
    start_value: Decimal
    verified_until: dt.date
    place: str = ""
    mounted_on: dt.date | None = None
    digits: int = DEFAULT_DIGITS
    type: MeterType | None = None
    seal_number: str = ""


def normalise_serial(text: str) -> str:
    """A serial number for comparison: whatever case, spaces and hyphens."""
    return text.upper().translate(str.maketrans("", "", SEPARATORS))


def with_serial(rows: QuerySet[Any], serial_number: str) -> QuerySet[Any]:
    """Rows whose `serial_number` is that one, however either is written."""
    written: Combinable = F("serial_number")
    for sign in SEPARATORS:
        written = Replace(written, Value(sign), Value(""))
    return rows.annotate(plain_serial=written).filter(plain_serial__iexact=normalise_serial(serial_number))


def require_free_serial(
    *, serial_number: str, service: str, account: Account | None = None, besides: Meter | None = None
) -> None:
    """Raise SerialNumberTaken when an active meter of the service has the number, however it is written."""
    active = with_serial(Meter.objects.filter(service=service, closed_on=None), serial_number)
    if besides is not None:
        active = active.exclude(pk=besides.pk)
    other = active.first()
    if other is not None:
        raise SerialNumberTaken(same_account=account is not None and other.account_id == account.pk)


def require_metered(service: str) -> None:
    """Raise ServiceNotMetered for a service that no meter measures."""
    if service not in service_catalogue.METERED:
        raise ServiceNotMetered(service)


def require_verified(verified_until: dt.date, *, on: dt.date) -> None:
    """Raise VerificationExpired when a verification had ended by a day; its last day (inclusive) is still right."""
    if verified_until < on:
        raise VerificationExpired(str(verified_until))


def meter_checks(
    *,
    on: dt.date,
    service: str | None,
    serial_number: str | None,
    start_value: Decimal | None,
    verified_until: dt.date | None,
    digits: int = DEFAULT_DIGITS,
    account: Account | None = None,
    replaces: Meter | None = None,
) -> Iterator[Callable[[], None]]:
    """The checks of `register_meter`, each raising its refusal; what was not typed (None) is not checked."""
    if service is not None:
        yield partial(require_metered, service)
    if service is not None and serial_number is not None:
        yield partial(
            require_free_serial, serial_number=serial_number, service=service, account=account, besides=replaces
        )
    if start_value is not None:
        yield partial(require_value, start_value, digits)
    if verified_until is not None:
        yield partial(require_verified, verified_until, on=on)


def refusals_of(checks: Iterable[Callable[[], None]]) -> list[MeterRefused | ReadingRefused]:
    """Return what each of the checks refuses, in their order, for a form that shows all errors at once."""
    refusals: list[MeterRefused | ReadingRefused] = []
    for check in checks:
        try:
            check()
        except (MeterRefused, ReadingRefused) as refusal:
            refusals.append(refusal)
    return refusals


@transaction.atomic
def register_meter(
    *, account: Account, new: NewMeter, counts_from: dt.date, on: dt.date, replaces: Meter | None = None
) -> Meter:
    """Create a meter that counts from a day on (inclusive); its verification must not have ended by the day `on`.

    The serial number of the meter that it replaces is free. Raises ServiceNotMetered, SerialNumberTaken,
    VerificationExpired, or what is wrong with the start value.
    """
    for check in meter_checks(
        on=on,
        service=new.service,
        serial_number=new.serial_number,
        start_value=new.start_value,
        verified_until=new.verified_until,
        digits=new.digits,
        account=account,
        replaces=replaces,
    ):
        check()
    try:
        with transaction.atomic():
            return Meter.objects.create(
                account=account,
                service=new.service,
                place=new.place,
                type=new.type,
                serial_number=new.serial_number.strip(),
                digits=new.digits,
                seal_number=new.seal_number,
                mounted_on=new.mounted_on,
                commissioned_on=counts_from,
                start_value=new.start_value,
                verified_until=new.verified_until,
            )
    except IntegrityError as error:
        raise SerialNumberTaken(same_account=False) from error


@transaction.atomic
def withdraw_meter(meter: Meter) -> None:
    """Delete a meter that a file brought by mistake. Raises ProtectedError when it has readings or papers."""
    meter.delete()
