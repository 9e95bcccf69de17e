"""Finishing a registration or a handover: what accounts and metering write of it, in one transaction."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction

from portal.accounts.models import Account, RegistrationDraft, User
from portal.accounts.services import drafts, holders, registration
from portal.accounts.services.holders import HandedOver, Handover
from portal.accounts.services.registration import Registered, Registration
from portal.core import clock
from portal.metering.enums import ReadingSource
from portal.metering.exceptions import ReadingRefused
from portal.metering.models import Meter
from portal.metering.registration import NewMeter, register_meter
from portal.metering.services import submit_reading


class DraftFinished(Exception):
    """Somebody finished this draft already; nothing was written twice."""


def entry_day(opened_on: dt.date, *, today: dt.date) -> dt.date:
    """The day on which a registered meter must be verified: today, or the account's first day where that is later."""
    return max(opened_on, today)


@transaction.atomic
def complete(
    *,
    draft: RegistrationDraft,
    data: Registration,
    meters: Sequence[NewMeter],
    by: User,
    moment: dt.datetime,
    today: dt.date,
) -> Registered:
    """Write the whole registration and close its draft; its meters count from the day on which the account opens.

    Raises DraftFinished, a refusal of portal.accounts.exceptions or of `register_meter`; then nothing is written.
    """
    opened_on = data.account.opened_on
    RegistrationDraft.objects.select_for_update().get(pk=draft.pk)
    registered = registration.register(data, by=by, moment=moment, today=today)
    for meter in meters:
        register_meter(
            account=registered.account, new=meter, counts_from=opened_on, on=entry_day(opened_on, today=today)
        )
    if not drafts.finish(draft, account=registered.account, moment=moment):
        raise DraftFinished
    return registered


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoverReading:
    """Value of a meter on the day of a handover, m³, and what was confirmed."""

    meter: Meter
    value: Decimal
    confirmed_high: bool = False
    confirmed_rollover: bool = False


class ReadingsRefused(Exception):
    """Readings that cannot stand, by the meter's key; nothing was written."""

    def __init__(self, refused: dict[int, ReadingRefused]) -> None:
        super().__init__(str(refused))
        self.refused = refused


@transaction.atomic
def hand_over(
    *,
    account: Account,
    handover: Handover,
    readings: Sequence[HandoverReading],
    by: User,
    moment: dt.datetime,
    today: dt.date,
) -> HandedOver:
    """Hand an account over with the readings of the day.

    Raises ReadingsRefused, or a refusal of portal.accounts.exceptions; then nothing is written.
    """
    done = holders.hand_over(account=account, handover=handover, by=by, moment=moment, today=today)
    _submit(readings, handover.since, by, moment)
    return done


def check_readings(*, readings: Sequence[HandoverReading], since: dt.date, by: User, moment: dt.datetime) -> None:
    """Whether readings of the day of a handover could stand; nothing is written. Raises ReadingsRefused."""
    with transaction.atomic():
        _submit(readings, since, by, moment)
        transaction.set_rollback(True)


def _submit(readings: Sequence[HandoverReading], since: dt.date, by: User, moment: dt.datetime) -> None:
    on = moment if since == moment.date() else clock.start_of(since) + dt.timedelta(hours=12)
    refused: dict[int, ReadingRefused] = {}
    for reading in readings:
        try:
            submit_reading(
                meter=reading.meter,
                value=reading.value,
                moment=on,
                source=ReadingSource.PAPER,
                entered_by=by,
                confirmed_high=reading.confirmed_high,
                confirmed_rollover=reading.confirmed_rollover,
            )
        except ReadingRefused as refusal:
            refused[reading.meter.pk] = refusal
    if refused:
        raise ReadingsRefused(refused)
