"""Notifications to residents about their readings."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from portal.accounts.enums import Service
from portal.accounts.models import Account
from portal.accounts.recipients import everybody
from portal.core.clock import MOSCOW
from portal.core.formatting import volume_text
from portal.metering.models import Reading
from portal.notifications import categories
from portal.notifications.declarations import Link, NotificationKind, Placeholder, day, moment, register
from portal.notifications.services import notify
from portal.notifications.texts import Text

READINGS_PAGE = Link("cabinet:readings")


def _listed(readings: Sequence[tuple[Any, Decimal, str]]) -> str:
    """«холодная вода 141,455 м³ (№ 31507442); …» of service, value and number of each."""
    return "; ".join(f"{str(service).lower()} {volume_text(value)} (№ {number})" for service, value, number in readings)


READING_ACCEPTED = register(
    NotificationKind(
        code="reading_accepted",
        name=_("Reading accepted"),
        category=categories.READING_ACCEPTED,
        icon="check-circle",
        link=READINGS_PAGE,
        placeholders={
            "moment": moment(_("When the readings came"), dt.datetime(2026, 11, 15, 8, 12, tzinfo=MOSCOW)),
            "readings": Placeholder(
                _("The readings, meter by meter"),
                [(Service.COLD_WATER.label, Decimal("141.455"), "31507442")],
                _listed,
            ),
            "until": day(_("Last day on which they can be replaced"), dt.date(2026, 11, 20)),
        },
        russian=Text("Показания приняты", "Приняли показания {moment}: {readings}. Заменить их можно до {until}."),
        english=Text(
            "Readings accepted",
            "We accepted your readings, {moment}: {readings}. You can replace them until {until}.",
        ),
    )
)
READING_QUESTION = register(
    NotificationKind(
        code="reading_question",
        name=_("Question about a reading"),
        category=categories.READING_QUESTION,
        icon="meter",
        link=READINGS_PAGE,
        placeholders={
            "meter": Placeholder(_("Serial number of the meter"), "31507442"),
            "volume": Placeholder(_("The reading"), Decimal("155.135"), volume_text),
            "date": day(_("Day of the reading"), dt.date(2026, 11, 15)),
        },
        russian=Text(
            "Проверьте показание счётчика",
            "Счётчик № {meter}: получили показание {volume} от {date}. Оно не похоже на обычное. Проверьте цифры на "
            "счётчике; если ошиблись, передайте показание ещё раз. Если всё верно, делать ничего не нужно.",
        ),
        english=Text(
            "Please check a meter reading",
            "Meter No. {meter}: we received the reading {volume} of {date}. It is unlike the usual ones. Check the "
            "digits on the meter; if there is a mistake, send the reading again. If it is right, there is nothing to "
            "do.",
        ),
    )
)
BANK_READING_REJECTED = register(
    NotificationKind(
        code="bank_reading_rejected",
        name=_("Readings reported to a bank rejected"),
        category=categories.READING_QUESTION,
        icon="meter",
        link=READINGS_PAGE,
        placeholders={"date": day(_("Day of the payment"), dt.date(2026, 11, 15))},
        russian=Text(
            "Проверьте показание счётчика",
            "Показания, которые вы назвали банку {date} вместе с платежом, не приняты: они не подошли по правилам "
            "приёма, или непонятно, какого они счётчика. Платёж зачислен. Передайте показания в личном кабинете.",
        ),
        english=Text(
            "Please check a meter reading",
            "The readings that you gave the bank with your payment on {date} were not accepted: they break the rules, "
            "or it is unclear which meter they are of. The payment was credited. Send the readings in your account.",
        ),
    )
)


def notify_accepted(*, account: Account, readings: Sequence[Reading], until: dt.date) -> int:
    """Confirm readings to everybody who holds the account; the same readings are confirmed once."""
    numbers = "-".join(str(reading.pk) for reading in readings)
    return notify(
        kind=READING_ACCEPTED,
        event=f"readings:{numbers}",
        recipients=everybody(account),
        context={
            "moment": readings[0].accepted_at,
            "readings": [(Service(reading.meter.service).label, reading.value, reading.number) for reading in readings],
            "until": until,
        },
    )


def ask_about_reading(reading: Reading, *, account: Account) -> int:
    """Ask everybody who holds the account to check a reading, once."""
    return notify(
        kind=READING_QUESTION,
        event=f"reading-question:{reading.pk}",
        recipients=everybody(account),
        context={"meter": reading.meter.serial_number, "volume": reading.value, "date": reading.taken_on},
    )


def notify_not_taken(*, account: Account, reported_on: dt.date, event: str) -> int:
    """Say that readings reported to a bank were not accepted, and where to send them; an event is notified of once."""
    return notify(kind=BANK_READING_REJECTED, event=event, recipients=everybody(account), context={"date": reported_on})
