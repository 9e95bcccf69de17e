"""What residents are told of verification and replacement."""

import datetime as dt
from decimal import Decimal

from portal.accounts.recipients import everybody
from portal.core.formatting import date_text, days_text, money_text
from portal.metering.models import Meter
from portal.notifications.enums import Kind
from portal.notifications.services import notify


def _notify(meter: Meter, event: str, until: dt.date, text: str) -> int:
    return notify(
        kind=Kind.VERIFICATION,
        event=f"verification:{meter.pk}:{event}",
        recipients=everybody(meter.account),
        context={"until": date_text(until), "text": text},
        link="/personal/requests/replacement/",
    )


def ends_soon(meter: Meter, days: int, cost: Decimal | None) -> int:
    """The verification ends within so many days; what it costs not to act, ₽ a month."""
    text = f"Поверка счётчика № {meter.serial_number} действует до {date_text(meter.verified_until, year=True)}"
    text += f", осталось {days_text(days)}." if days else ", это сегодня."
    if cost is not None:
        text += f" Если ничего не сделать, посчитаем по нормативу с коэффициентом: около {money_text(cost)} в месяц."
    return _notify(
        meter, f"{meter.verified_until}:{days}", meter.verified_until, f"{text} Закажите поверку или замену."
    )


def replacement_proposed(meter: Meter) -> int:
    """By agreement we replace the meter ourselves."""
    text = f"Заменим счётчик № {meter.serial_number} до {date_text(meter.verified_until)}: напишем о времени визита."
    return _notify(meter, f"{meter.verified_until}:proposed", meter.verified_until, text)


def visit_planned(meter: Meter, when: str, event: str) -> int:
    """The day of the replacement is set."""
    return _notify(meter, event, meter.verified_until, f"Придём заменить счётчик № {meter.serial_number}: {when}.")


def visit_failed(meter: Meter, when: str, event: str, *, missed: bool) -> int:
    """The visit did not take place: by our fault, or nobody was in."""
    text = "Обещали прийти и не успели" if missed else "Мастер приходил, дома никого не было"
    text = f"Замена счётчика № {meter.serial_number}, {when}. {text}. Предложим новое время."
    return _notify(meter, event, meter.verified_until, text)


def visit_moved(meter: Meter, was: str, now: str, event: str, reason: str) -> int:
    """The visit is on another day, by the company for a reason, or by the resident (no reason)."""
    text = f"Замена счётчика № {meter.serial_number}: визит {was} перенесён на {now}."
    return _notify(meter, event, meter.verified_until, f"{text} Причина: {reason}." if reason else text)


def visit_cancelled(meter: Meter, was: str, event: str, reason: str) -> int:
    """The company called the visit off."""
    text = f"Замена счётчика № {meter.serial_number}: визит {was} отменяем. Причина: {reason}. Предложим другое время."
    return _notify(meter, event, meter.verified_until, text)


def replaced(meter: Meter, new: Meter) -> int:
    """The new meter is in service."""
    text = f"Счётчик заменён. Новый, № {new.serial_number}, в расчётах с {date_text(new.commissioned_on)}."
    return _notify(meter, "replaced", new.verified_until, text)


def certificate_decided(meter: Meter, event: str, reason: str) -> int:
    """The certificate was accepted, or not and why."""
    until = meter.verified_until
    text = reason and f"Свидетельство о поверке не приняли: {reason}"
    return _notify(meter, event, until, text or f"Поверку приняли: счётчик действует до {date_text(until, year=True)}.")
