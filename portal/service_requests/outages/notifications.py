"""What people are told of an outage: announced, moved, ended, called off; exactly those whose house it hits."""

import datetime as dt

from portal.accounts.recipients import everybody_of_houses
from portal.core.formatting import date_text, moment_text, time_text
from portal.notifications.enums import Kind
from portal.notifications.services import notify
from portal.service_requests.outages.models import Outage, OutageKind

_OF = {"cold_water": "холодной воды", "hot_water": "горячей воды", "wastewater": "водоотведения"}


def _what(outage: Outage) -> str:
    return " и ".join(_OF[service] for service in outage.services)


def span_text(starts: dt.datetime, ends: dt.datetime) -> str:
    """«15 ноября с 9:00 до 14:00», or over several days «с 15 ноября, 9:00 до 16 ноября, 14:00»."""
    if date_text(starts) == date_text(ends):
        return f"{date_text(starts)} с {time_text(starts)} до {time_text(ends)}"
    return f"с {moment_text(starts)} до {moment_text(ends)}"


def _end(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else text + "."


def announced(outage: Outage) -> int:
    """An outage is published."""
    kind = "Плановое отключение" if outage.kind == OutageKind.PLANNED else "Аварийное отключение"
    text = f"{kind} {_what(outage)}: {span_text(outage.starts_at, outage.ends_at)}. {_end(outage.reason)}"
    if outage.delivery:
        text += f" Подвоз воды: {_end(outage.delivery)}"
    return _notify(outage, f"Отключение {_what(outage)}", text)


def moved(outage: Outage) -> int:
    """Its time changed."""
    text = f"Новый срок отключения {_what(outage)}: {span_text(outage.starts_at, outage.ends_at)}."
    return _notify(outage, f"Отключение {_what(outage)}: новый срок", f"{text} {_end(outage.reason)}")


def ended(outage: Outage) -> int:
    """Water is back."""
    moment = moment_text(outage.ended_at) if outage.ended_at else ""
    return _notify(outage, "Отключение закончилось", f"Отключение {_what(outage)} закончилось: {moment}.")


def cancelled(outage: Outage) -> int:
    """It does not take place."""
    text = f"Отключения {_what(outage)} {span_text(outage.starts_at, outage.ends_at)} не будет."
    return _notify(outage, "Отключения не будет", text)


def event_prefix(outage: Outage) -> str:
    """What all messages of an outage begin with."""
    return f"outage:{outage.pk}:"


def _notify(outage: Outage, subject: str, text: str) -> int:
    houses = outage.hit_houses.values_list("house_id", flat=True)
    return notify(
        kind=Kind.OUTAGE,
        event=f"{event_prefix(outage)}{outage.revision}",
        recipients=everybody_of_houses(houses),
        context={"subject": subject, "text": text},
        link="/outages/",
    )
