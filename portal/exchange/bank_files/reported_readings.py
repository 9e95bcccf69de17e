"""Readings that a payer reported to the bank with a payment: submitted as the resident's own, of the payment's day.

A bank file does not say which meter a value is of. It is taken where the rules leave only one way to give the values to
the active meters: every other way would be below the last reading or far above the usual. What is not taken is stored
with its reason, for staff; the payment itself is credited whatever becomes of its readings.
"""

import datetime as dt
import logging
import re
from collections.abc import Sequence
from decimal import Decimal
from itertools import permutations

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from portal.core import clock
from portal.core.formatting import volume_text
from portal.core.refusals import error_message
from portal.metering.enums import ReadingSource
from portal.metering.exceptions import ReadingRefused
from portal.metering.models import Meter, Reading
from portal.metering.notifications import notify_not_taken
from portal.metering.selectors import active_meters
from portal.metering.services import submit_reading
from portal.payments.enums import ReportedReadingState
from portal.payments.models import BankFileLine
from portal.payments.services.bank_files import lines_with_readings, note_readings

logger = logging.getLogger(__name__)

CHUNK = 200
NOON = dt.timedelta(hours=12)
_VALUE = re.compile(r"\d{1,9}(?:\.\d+)?")


class NotTaken(Exception):
    """Why a reported reading is not even submitted; its text is for staff."""


def submit_reported_readings(*, file_id: int, limit: int = CHUNK) -> bool:
    """Submit the readings of a file's credited lines, so many at most; returns whether some may be left.

    Each line is a transaction of its own, and a repeat adds nothing. A line that breaks stays waiting, with its error
    in the log, and stops no other; what is left after one is for the timed job.
    """
    lines, failed = lines_with_readings(file_id=file_id, limit=limit), 0
    for line in lines:
        try:
            with translation.override("ru"):
                _submit(line)
        except Exception:
            logger.exception("readings of line %s of bank file %s failed", line.number, file_id)
            failed += 1
    return len(lines) == limit and not failed


@transaction.atomic
def _submit(line: BankFileLine) -> None:
    try:
        readings = _readings(line)
    except NotTaken as why:
        note_readings(line=line, state=ReportedReadingState.REFUSED, note=str(why))
        if line.account is not None and line.paid_on is not None:
            notify_not_taken(account=line.account, reported_on=line.paid_on, event=f"told:{line.pk}:refused")
    else:
        description = "; ".join(
            f"{reading.meter.get_service_display()}: {volume_text(reading.value)}, № {reading.number}"
            for reading in readings
        )
        note_readings(line=line, state=ReportedReadingState.TAKEN, note=description)


def _readings(line: BankFileLine) -> list[Reading]:
    if line.account is None or line.paid_on is None:
        raise NotTaken(_("The payment has no account yet."))
    values = _reported_values(line.readings)
    meters = list(active_meters(line.account, on=line.paid_on))
    if len(values) > len(meters):
        raise NotTaken(
            _("Readings given: %(readings)s; meters at the account on that day: %(meters)s.")
            % {"readings": len(values), "meters": len(meters)}
        )
    moment = clock.start_of(line.paid_on) + NOON
    return [_submitted(meter, value, moment) for value, meter in _only_way(values, meters, moment)]


def _reported_values(text: str) -> list[Decimal]:
    """The values of a line's readings («CounterVal_1: 141,455; CounterVal_2: 80»), m³."""
    written = [value for value in (part.rpartition(":")[2].strip() for part in text.split(";")) if value]
    values = []
    for value_text in written:
        bare = re.sub(r"[\s\u00a0]", "", value_text).replace(",", ".")
        if not _VALUE.fullmatch(bare):
            raise NotTaken(_("This is not a reading: %(written)s") % {"written": value_text})
        values.append(Decimal(bare))
    if not values:
        raise NotTaken(_("No readings are given."))
    return values


def _only_way(values: Sequence[Decimal], meters: Sequence[Meter], moment: dt.datetime) -> list[tuple[Decimal, Meter]]:
    """The one way to give values to meters that the rules of readings allow. Raises NotTaken for none and several."""
    whys: dict[str, None] = {}  # reasons in their order, each once
    fits = {
        (place, meter.pk): _fits(meter, value, moment, whys) for place, value in enumerate(values) for meter in meters
    }
    ways = [
        way
        for way in permutations(meters, len(values))
        if all(fits[place, meter.pk] for place, meter in enumerate(way))
    ]
    if len(ways) > 1:
        raise NotTaken(_("The values fit several meters, and the bank does not say which ones they are of."))
    if not ways:
        raise NotTaken(" ".join(whys) or _("The values do not fit the meters."))
    return list(zip(values, ways[0], strict=True))


def _fits(meter: Meter, value: Decimal, moment: dt.datetime, whys: dict[str, None]) -> bool:
    """Whether the reading would be taken; nothing of the try stays."""
    point = transaction.savepoint()
    try:
        _submitted(meter, value, moment)
    except ReadingRefused as refusal:
        whys[error_message(refusal, for_staff=True)] = None
        return False
    finally:
        transaction.savepoint_rollback(point)
    return True


def _submitted(meter: Meter, value: Decimal, moment: dt.datetime) -> Reading:
    return submit_reading(meter=meter, value=value, moment=moment, source=ReadingSource.BANK)
