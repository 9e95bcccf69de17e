"""Notifications to residents about verification and replacement."""

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal.accounts.recipients import everybody
from portal.core.formatting import days_text, money_text
from portal.metering.models import Meter
from portal.notifications import categories
from portal.notifications.declarations import Link, NotificationKind, Placeholder, full_day, register
from portal.notifications.services import notify
from portal.notifications.texts import Text
from portal.service_requests.crews.models import Slot
from portal.service_requests.slot_texts import VISIT, slot_values

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

REPLACEMENT_PAGE = Link("cabinet:replacement")
METER = Placeholder(_("Serial number of the meter"), "31507442")
UNTIL = full_day(_("Last day of the verification"), dt.date(2026, 12, 14))
REASON = Placeholder(_("Why"), "заболел мастер")


def _left_text(days: int) -> str:
    return gettext("%(days)s are left") % {"days": days_text(days)} if days else gettext("that is today")


def _cost_text(cost: Decimal) -> str:
    return gettext("If nothing is done, we shall bill the norm with a coefficient: about %(cost)s a month.") % {
        "cost": money_text(cost)
    }


def _declare(
    code: str, name: "StrOrPromise", russian: Text, english: Text, placeholders: dict[str, Placeholder]
) -> NotificationKind:
    return register(
        NotificationKind(
            code=code,
            name=name,
            category=categories.VERIFICATION,
            icon="calendar",
            link=REPLACEMENT_PAGE,
            placeholders={"meter": METER, **placeholders},
            russian=russian,
            english=english,
        )
    )


VERIFICATION_ENDS = _declare(
    "verification_ends",
    _("Verification of a meter ends"),
    Text(
        "Поверка счётчика до {until}",
        "Поверка счётчика № {meter} действует до {until}, {left}. {cost} Закажите поверку или замену.",
    ),
    Text(
        "Meter verification is due by {until}",
        "The verification of meter No. {meter} is valid until {until}, {left}. {cost} Order a verification or a "
        "replacement.",
    ),
    {
        "until": UNTIL,
        "left": Placeholder(_("How many days are left"), 30, _left_text),
        "cost": Placeholder(_("What it costs to do nothing, where it is known"), Decimal("412.60"), _cost_text),
    },
)
REPLACEMENT_PROPOSED = _declare(
    "replacement_proposed",
    _("Replacement of a meter proposed"),
    Text("Поверка счётчика до {until}", "Заменим счётчик № {meter} до {until}: напишем о времени визита."),
    Text(
        "Meter verification is due by {until}",
        "We shall replace meter No. {meter} by {until} and write about the time of the visit.",
    ),
    {"until": UNTIL},
)
VISIT_PLANNED = _declare(
    "replacement_visit_planned",
    _("Visit for a replacement agreed"),
    Text("Замена счётчика: время визита", "Придём заменить счётчик № {meter}: {visit}."),
    Text("Meter replacement: time of the visit", "We come to replace meter No. {meter}: {visit}."),
    {"visit": VISIT},
)
VISIT_MISSED = _declare(
    "replacement_visit_missed",
    _("Visit for a replacement missed by us"),
    Text(
        "Замена счётчика: визит не состоялся",
        "Замена счётчика № {meter}, {visit}. Обещали прийти и не успели. Предложим новое время.",
    ),
    Text(
        "Meter replacement: no visit took place",
        "Replacement of meter No. {meter}, {visit}. We promised to come and did not make it. We shall offer a new "
        "time.",
    ),
    {"visit": VISIT},
)
NOBODY_HOME = _declare(
    "replacement_nobody_home",
    _("Nobody home for a replacement"),
    Text(
        "Замена счётчика: визит не состоялся",
        "Замена счётчика № {meter}, {visit}. Мастер приходил, дома никого не было. Предложим новое время.",
    ),
    Text(
        "Meter replacement: no visit took place",
        "Replacement of meter No. {meter}, {visit}. The engineer came and nobody was home. We shall offer a new time.",
    ),
    {"visit": VISIT},
)
VISIT_MOVED = _declare(
    "replacement_visit_moved",
    _("Visit for a replacement moved by us"),
    Text(
        "Замена счётчика: визит перенесён",
        "Замена счётчика № {meter}: визит {visit} перенесён на {moved_to}. Причина: {reason}.",
    ),
    Text(
        "Meter replacement: the visit was moved",
        "Replacement of meter No. {meter}: the visit of {visit} was moved to {moved_to}. Reason: {reason}.",
    ),
    {"visit": VISIT, "moved_to": VISIT, "reason": REASON},
)
VISIT_MOVED_BY_RESIDENT = _declare(
    "replacement_moved_by_you",
    _("Visit for a replacement moved by the resident"),
    Text("Замена счётчика: визит перенесён", "Замена счётчика № {meter}: визит {visit} перенесён на {moved_to}."),
    Text(
        "Meter replacement: the visit was moved",
        "Replacement of meter No. {meter}: the visit of {visit} was moved to {moved_to}.",
    ),
    {"visit": VISIT, "moved_to": VISIT},
)
VISIT_CANCELLED = _declare(
    "replacement_visit_cancelled",
    _("Visit for a replacement called off"),
    Text(
        "Замена счётчика: визит отменён",
        "Замена счётчика № {meter}: визит {visit} отменяем. Причина: {reason}. Предложим другое время.",
    ),
    Text(
        "Meter replacement: the visit is called off",
        "Replacement of meter No. {meter}: the visit of {visit} is called off. Reason: {reason}. We shall offer "
        "another time.",
    ),
    {"visit": VISIT, "reason": REASON},
)
METER_REPLACED = _declare(
    "meter_replaced",
    _("Meter replaced"),
    Text("Счётчик заменён", "Счётчик заменён. Новый, № {meter}, в расчётах с {since}."),
    Text("The meter was replaced", "The meter was replaced. The new one, No. {meter}, counts from {since}."),
    {"since": full_day(_("First day of the new meter"), dt.date(2026, 11, 16))},
)
VERIFICATION_ACCEPTED = _declare(
    "verification_accepted",
    _("Verification accepted"),
    Text("Поверка счётчика до {until}", "Поверку приняли: счётчик № {meter} действует до {until}."),
    Text(
        "The meter is verified until {until}", "The verification is accepted: meter No. {meter} is valid until {until}."
    ),
    {"until": UNTIL},
)
VERIFICATION_REJECTED = _declare(
    "verification_rejected",
    _("Verification rejected"),
    Text("Свидетельство о поверке не приняли", "Свидетельство о поверке счётчика № {meter} не приняли: {reason}"),
    Text(
        "The certificate of verification was rejected",
        "We did not accept the certificate of verification of meter No. {meter}: {reason}",
    ),
    {"reason": Placeholder(_("Why"), "Номер в свидетельстве не совпадает с номером счётчика.")},
)


def _notify(kind: NotificationKind, meter: Meter, event: str, **values: object) -> int:
    return notify(
        kind=kind,
        event=f"verification:{meter.pk}:{event}",
        recipients=everybody(meter.account),
        context={"meter": meter.serial_number, **values},
    )


def ends_soon(meter: Meter, days: int, cost: Decimal | None) -> int:
    """The verification ends within so many days; what it costs not to act, ₽ a month."""
    until = meter.verified_until
    return _notify(VERIFICATION_ENDS, meter, f"{until}:{days}", until=until, left=days, cost=cost)


def replacement_proposed(meter: Meter) -> int:
    """By agreement we replace the meter ourselves."""
    until = meter.verified_until
    return _notify(REPLACEMENT_PROPOSED, meter, f"{until}:proposed", until=until)


def visit_planned(meter: Meter, slot: Slot, event: str) -> int:
    """The day of the replacement is set."""
    return _notify(VISIT_PLANNED, meter, event, visit=slot_values(slot))


def visit_failed(meter: Meter, slot: Slot, event: str, *, missed: bool) -> int:
    """The visit did not take place: by our fault, or nobody was in."""
    return _notify(VISIT_MISSED if missed else NOBODY_HOME, meter, event, visit=slot_values(slot))


def visit_moved(meter: Meter, was: Slot, now: Slot, event: str, reason: str) -> int:
    """The visit is on another day, by the company for a reason, or by the resident (no reason)."""
    visit, moved_to = slot_values(was), slot_values(now)
    if reason:
        return _notify(VISIT_MOVED, meter, event, visit=visit, moved_to=moved_to, reason=reason)
    return _notify(VISIT_MOVED_BY_RESIDENT, meter, event, visit=visit, moved_to=moved_to)


def visit_cancelled(meter: Meter, was: Slot, event: str, reason: str) -> int:
    """The company called the visit off."""
    return _notify(VISIT_CANCELLED, meter, event, visit=slot_values(was), reason=reason)


def replaced(meter: Meter, new: Meter) -> int:
    """The new meter is in service."""
    return notify(
        kind=METER_REPLACED,
        event=f"verification:{meter.pk}:replaced",
        recipients=everybody(meter.account),
        context={"meter": new.serial_number, "since": new.commissioned_on},
    )


def certificate_decided(meter: Meter, event: str, reason: str) -> int:
    """The certificate was accepted, or not and why."""
    if reason:
        return _notify(VERIFICATION_REJECTED, meter, event, reason=reason)
    return _notify(VERIFICATION_ACCEPTED, meter, event, until=meter.verified_until)
