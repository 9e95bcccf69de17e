"""Finishing a registration: everything of accounts and the meters of metering in one transaction."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction

from portal.accounts.models import RegistrationDraft, User
from portal.accounts.services import drafts, registration
from portal.accounts.services.registration import Registered, Registration
from portal.metering.models import Meter, MeterType


@dataclass(frozen=True, slots=True)
class NewMeter:
    """A meter with its first reading, m³; it counts from the day on which the account opens."""

    service: str
    serial_number: str
    start_value: Decimal
    verified_until: dt.date
    place: str = ""
    seal_number: str = ""
    type: MeterType | None = None


class DraftFinished(Exception):
    """Somebody finished this draft already; nothing was written twice."""


@transaction.atomic
def complete(
    *, draft: RegistrationDraft, data: Registration, meters: Sequence[NewMeter], by: User, moment: dt.datetime,
    today: dt.date,
) -> Registered:  # fmt: skip
    """Write the whole registration and close its draft.

    Raises DraftFinished, or a refusal of portal.accounts.exceptions; then nothing is written.
    """
    RegistrationDraft.objects.select_for_update().get(pk=draft.pk)
    registered = registration.register(data, by=by, moment=moment, today=today)
    for meter in meters:
        Meter.objects.create(
            account=registered.account, service=meter.service, place=meter.place, type=meter.type,
            serial_number=meter.serial_number, digits=meter.type.digits if meter.type else 5,
            seal_number=meter.seal_number, commissioned_on=data.account.opened_on, start_value=meter.start_value,
            verified_until=meter.verified_until,
        )  # fmt: skip
    if not drafts.finish(draft, account=registered.account, moment=moment):
        raise DraftFinished
    return registered
