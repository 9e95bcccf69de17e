"""Readings that a payer told the bank with a payment: submitted as the resident's own, of the day of the payment.

A registry does not say which meter a value is of, so it is taken only where one meter stands alone. What is not taken
is kept with its reason, for staff; the payment itself is credited whatever becomes of its readings.
"""

import datetime as dt
import re
from decimal import Decimal

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from portal.accounts.models import Account
from portal.core import clock
from portal.core.formatting import volume_text
from portal.exchange.reasons import reading_words
from portal.metering.enums import Source
from portal.metering.exceptions import ReadingRefused
from portal.metering.models import Meter, Reading
from portal.metering.selectors import standing_meters
from portal.metering.services import submit_reading
from portal.payments.enums import ToldState
from portal.payments.models import RegistryLine
from portal.payments.services.registries import lines_with_readings, note_readings

CHUNK = 200
NOON = dt.timedelta(hours=12)
_VALUE = re.compile(r"\d{1,9}(?:\.\d+)?")


class NotTaken(Exception):
    """Why a told reading is not even submitted; its text is for staff."""


def submit_told_readings(*, file_id: int, limit: int = CHUNK) -> bool:
    """Submit the readings of a file's credited lines, so many at most; returns whether some may be left.

    Each line is a transaction of its own, and a repeat adds nothing.
    """
    lines = lines_with_readings(file_id=file_id, limit=limit)
    for line in lines:
        with translation.override("ru"):
            _submit(line)
    return len(lines) == limit


@transaction.atomic
def _submit(line: RegistryLine) -> None:
    try:
        reading = _reading(line)
    except NotTaken as why:
        note_readings(line=line, state=ToldState.REFUSED, note=str(why))
    except ReadingRefused as refusal:
        note_readings(line=line, state=ToldState.REFUSED, note=reading_words(refusal))
    else:
        words = f"{reading.meter.get_service_display()}: {volume_text(reading.value)}, № {reading.number}"
        note_readings(line=line, state=ToldState.TAKEN, note=words)


def _reading(line: RegistryLine) -> Reading:
    if line.account is None or line.paid_on is None:
        raise NotTaken(_("The payment has no account yet."))
    value = _told(line.readings)
    meter = _only_meter(line.account, line.paid_on)
    moment = clock.start_of(line.paid_on) + NOON
    return submit_reading(meter=meter, value=value, moment=moment, source=Source.BANK)


def _told(text: str) -> Decimal:
    """The one value of a line's readings («CounterVal_1: 141,455»), m³."""
    values = [value for value in (part.rpartition(":")[2].strip() for part in text.split(";")) if value]
    if len(values) != 1:
        raise NotTaken(_("Several readings are told, and the bank does not say of which meters."))
    bare = re.sub(r"[\s\u00a0]", "", values[0]).replace(",", ".")
    if not _VALUE.fullmatch(bare):
        raise NotTaken(_("This is not a reading: %(written)s") % {"written": values[0]})
    return Decimal(bare)


def _only_meter(account: Account, day: dt.date) -> Meter:
    meters = list(standing_meters(account, on=day)[:2])
    if not meters:
        raise NotTaken(_("No meter stood at the account on that day."))
    if len(meters) > 1:
        raise NotTaken(_("Several meters stand at the account, and the bank does not say which one it is."))
    return meters[0]
