"""What people are told about their readings."""

import datetime as dt
from collections.abc import Sequence

from django.utils import translation

from portal.accounts.models import Account
from portal.accounts.recipients import everybody
from portal.core.formatting import date_text, moment_text, volume_text
from portal.metering.models import Reading
from portal.notifications.enums import Kind
from portal.notifications.services import notify


def notify_accepted(*, account: Account, readings: Sequence[Reading], until: dt.date) -> int:
    """Confirm readings to everybody who holds the account; the same readings are confirmed once."""
    numbers = "-".join(str(reading.pk) for reading in readings)
    with translation.override("ru"):
        words = "; ".join(
            f"{reading.meter.get_service_display().lower()} {volume_text(reading.value)} (№ {reading.number})"
            for reading in readings
        )
        context = {"moment": moment_text(readings[0].accepted_at), "readings": words, "until": date_text(until)}
    return notify(
        kind=Kind.READING_ACCEPTED,
        event=f"readings:{numbers}",
        recipients=everybody(account),
        context=context,
        link="/personal/readings/",
    )


def notify_not_taken(*, account: Account, reported_on: dt.date, event: str) -> int:
    """Say that readings told to a bank were not taken, and where to send them; an event is told once."""
    text = (
        f"Показания, которые вы назвали банку {date_text(reported_on)} вместе с платежом, не приняты: они не подошли "
        "по правилам приёма, или непонятно, какого они счётчика. "
        "Платёж зачислен. Передайте показания в личном кабинете."
    )
    return notify(
        kind=Kind.READING_QUESTION,
        event=event,
        recipients=everybody(account),
        context={"text": text},
        link="/personal/readings/",
    )
