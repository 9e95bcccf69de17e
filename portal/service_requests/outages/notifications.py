"""Notifications about an outage: announced, moved, ended, called off; exactly those whose house it hits."""

import datetime as dt
from collections.abc import Sequence

from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from portal.accounts.recipients import everybody_of_houses
from portal.core.clock import MOSCOW
from portal.core.formatting import date_text, moment_text, time_text
from portal.core.sections import OUTAGES
from portal.core.service_catalogue import declaration
from portal.notifications import categories
from portal.notifications.declarations import Link, NotificationKind, Placeholder, moment, register
from portal.notifications.services import notify
from portal.notifications.texts import Text
from portal.service_requests.outages.models import Outage, OutageKind


def services_text(services: Sequence[str]) -> str:
    """«холодной воды и горячей воды», as «отключение …» names them; in English “cold water and hot water”."""
    return pgettext("of services", " and ").join(str(declaration(service).genitive) for service in services)


def span_text(starts: dt.datetime, ends: dt.datetime) -> str:
    """«15 ноября с 9:00 до 14:00», or over several days «с 15 ноября, 9:00 до 16 ноября, 14:00»."""
    if date_text(starts) == date_text(ends):
        values = {"date": date_text(starts), "start": time_text(starts), "end": time_text(ends)}
        return gettext("%(date)s from %(start)s to %(end)s") % values
    return gettext("from %(start)s to %(end)s") % {"start": moment_text(starts), "end": moment_text(ends)}


def _delivery_text(places: list[str]) -> str:
    return " ".join(gettext("Water is delivered: %(where)s") % {"where": place} for place in places)


_STARTS = dt.datetime(2026, 11, 15, 9, 0, tzinfo=MOSCOW)
_ENDS = dt.datetime(2026, 11, 15, 14, 0, tzinfo=MOSCOW)
OUTAGES_PAGE = Link(section=OUTAGES)
SERVICES = Placeholder(_("What is switched off"), ["cold_water"], services_text)
SPAN = Placeholder(_("From when to when"), (_STARTS, _ENDS), lambda span: span_text(*span))
REASON = Placeholder(_("Why"), "Меняем задвижку.")
DELIVERY = Placeholder(_("Where water is delivered, if it is"), ["у д. 4 с 10:00 до 13:00."], _delivery_text)

OUTAGE_PLANNED = register(
    NotificationKind(
        code="outage_planned",
        name=_("Planned outage"),
        category=categories.OUTAGE,
        icon="tap",
        link=OUTAGES_PAGE,
        placeholders={"services": SERVICES, "time": SPAN, "reason": REASON, "delivery": DELIVERY},
        russian=Text("Отключение {services}", "Плановое отключение {services}: {time}. {reason} {delivery}"),
        english=Text("Outage: {services}", "Planned outage, {services}: {time}. {reason} {delivery}"),
    )
)
OUTAGE_EMERGENCY = register(
    NotificationKind(
        code="outage_emergency",
        name=_("Emergency outage"),
        category=categories.OUTAGE,
        icon="tap",
        link=OUTAGES_PAGE,
        placeholders={"services": SERVICES, "time": SPAN, "reason": REASON, "delivery": DELIVERY},
        russian=Text("Отключение {services}", "Аварийное отключение {services}: {time}. {reason} {delivery}"),
        english=Text("Outage: {services}", "Emergency outage, {services}: {time}. {reason} {delivery}"),
    )
)
OUTAGE_MOVED = register(
    NotificationKind(
        code="outage_moved",
        name=_("New time of an outage"),
        category=categories.OUTAGE,
        icon="tap",
        link=OUTAGES_PAGE,
        placeholders={"services": SERVICES, "time": SPAN, "reason": REASON},
        russian=Text("Отключение {services}: новый срок", "Новый срок отключения {services}: {time}. {reason}"),
        english=Text("Outage, {services}: new time", "New time of the outage, {services}: {time}. {reason}"),
    )
)
OUTAGE_ENDED = register(
    NotificationKind(
        code="outage_ended",
        name=_("End of an outage"),
        category=categories.OUTAGE,
        icon="tap",
        link=OUTAGES_PAGE,
        placeholders={"services": SERVICES, "moment": moment(_("When it ended"), _ENDS)},
        russian=Text("Отключение закончилось", "Отключение {services} закончилось: {moment}."),
        english=Text("The outage is over", "The outage, {services}, is over: {moment}."),
    )
)
OUTAGE_CANCELLED = register(
    NotificationKind(
        code="outage_cancelled",
        name=_("Outage called off"),
        category=categories.OUTAGE,
        icon="tap",
        link=OUTAGES_PAGE,
        placeholders={"services": SERVICES, "time": SPAN},
        russian=Text("Отключения не будет", "Отключения {services} {time} не будет."),
        english=Text("The outage is called off", "There will be no outage, {services}, {time}."),
    )
)


def _end(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else text + "."


def announced(outage: Outage) -> int:
    """An outage is published."""
    return _notify(
        OUTAGE_PLANNED if outage.kind == OutageKind.PLANNED else OUTAGE_EMERGENCY,
        outage,
        time=(outage.starts_at, outage.ends_at),
        reason=_end(outage.reason),
        delivery=[_end(outage.delivery)] if outage.delivery else None,
    )


def moved(outage: Outage) -> int:
    """Its time changed."""
    return _notify(OUTAGE_MOVED, outage, time=(outage.starts_at, outage.ends_at), reason=_end(outage.reason))


def ended(outage: Outage) -> int:
    """Water is back."""
    return _notify(OUTAGE_ENDED, outage, moment=outage.ended_at)


def cancelled(outage: Outage) -> int:
    """It does not take place."""
    return _notify(OUTAGE_CANCELLED, outage, time=(outage.starts_at, outage.ends_at))


def event_prefix(outage: Outage) -> str:
    """Return what all messages of an outage begin with."""
    return f"outage:{outage.pk}:"


def _notify(kind: NotificationKind, outage: Outage, **values: object) -> int:
    houses = outage.hit_houses.values_list("house_id", flat=True)
    return notify(
        kind=kind,
        event=f"{event_prefix(outage)}{outage.revision}",
        recipients=everybody_of_houses(houses),
        context={"services": outage.services, **values},
    )
