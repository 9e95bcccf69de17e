"""Notifications to residents about putting a meter into service: a kind for each step.

The history of an application shows the same words: the Russian default of the step's kind.
"""

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal.accounts.recipients import holders_on
from portal.core.clock import date_of
from portal.core.formatting import date_text
from portal.notifications import categories
from portal.notifications.declarations import Link, NotificationKind, Placeholder, day, register
from portal.notifications.services import notify
from portal.notifications.texts import Text
from portal.service_requests.commissioning.models import ApplicationEvent, CommissioningApplication
from portal.service_requests.slot_texts import SAMPLE_SLOT, VISIT, slots_text

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

NUMBER = Placeholder(_("Number of the application"), "П-118")
ANSWER_BY = day(_("Day by which we answer"), dt.date(2026, 11, 20))
REASON = Placeholder(_("Why"), "заболел мастер")


def _declare(
    code: str,
    name: "StrOrPromise",
    russian: tuple[str, str],
    english: tuple[str, str],
    placeholders: dict[str, Placeholder] | None = None,
) -> NotificationKind:
    """A step: state for the subject and body, in both languages."""
    return register(
        NotificationKind(
            code=f"commissioning_{code}",
            name=name,
            category=categories.REQUEST_CHANGED,
            icon="chat",
            link=Link("cabinet:commissioning", (1,)),
            placeholders={"number": NUMBER, **(placeholders or {})},
            russian=Text(f"Заявка № {{number}}: {russian[0]}", russian[1]),
            english=Text(f"Request No. {{number}}: {english[0]}", english[1]),
        )
    )


def _reading_text(counts_from: dt.date) -> str:
    return gettext("Take the reading on %(day)s and send it in this application: we shall count from it.") % {
        "day": date_text(counts_from)
    }


SUBMITTED = _declare(
    "submitted",
    _("Meter application received"),
    ("приняли", "Заявка подана. Согласуем дату до {answer_by}."),
    ("received", "The application is in. We shall agree on a day by {answer_by}."),
    {"answer_by": ANSWER_BY},
)
OFFERED = _declare(
    "offered",
    _("Times of a visit offered"),
    ("выберите время визита", "Предлагаем время визита: {visits}. Выберите в кабинете."),
    ("choose the time of the visit", "We offer these times for the visit: {visits}. Choose one in your account."),
    {"visits": Placeholder(_("The times that are offered"), [SAMPLE_SLOT], slots_text)},
)
AGREED = _declare(
    "agreed",
    _("Visit agreed"),
    ("визит согласован", "Визит согласован: {visit}."),
    ("the visit is agreed", "The visit is agreed: {visit}."),
    {"visit": VISIT},
)
MOVED = _declare(
    "moved",
    _("Visit moved by the resident"),
    ("визит перенесён", "Визит перенесён на {visit}."),
    ("the visit was moved", "The visit was moved to {visit}."),
    {"visit": VISIT},
)
MOVED_BY_COMPANY = _declare(
    "moved_by_us",
    _("Visit moved by us"),
    ("визит перенесён", "Визит {visit} переносим на {moved_to}. Причина: {reason}."),
    ("the visit was moved", "We move the visit of {visit} to {moved_to}. Reason: {reason}."),
    {"visit": VISIT, "moved_to": VISIT, "reason": REASON},
)
CANCELLED_BY_COMPANY = _declare(
    "cancelled_by_us",
    _("Visit called off by us"),
    ("визит отменён", "Визит {visit} отменяем. Причина: {reason}. Предложим другое время."),
    ("the visit is called off", "We call off the visit of {visit}. Reason: {reason}. We shall offer another time."),
    {"visit": VISIT, "reason": REASON},
)
OTHER_DAY = _declare(
    "other_day",
    _("Another day asked for"),
    ("ищем другую дату", "Просили другую дату: {wanted}. Ответим до {answer_by}."),
    ("we look for another day", "You asked for another day: {wanted}. We shall answer by {answer_by}."),
    {"wanted": day(_("Day that the resident asked for"), dt.date(2026, 11, 28)), "answer_by": ANSWER_BY},
)
NOBODY_HOME = _declare(
    "nobody_home",
    _("Nobody home for a visit"),
    ("вас не застали", "Мастер приходил {visit}, дома никого не было. Предложим новое время."),
    ("nobody was home", "The engineer came on {visit} and nobody was home. We shall offer a new time."),
    {"visit": VISIT},
)
WITHDRAWN = _declare(
    "withdrawn",
    _("Meter application withdrawn"),
    ("отозвана", "Заявка отозвана."),
    ("withdrawn", "The application was withdrawn."),
)
REFUSED = _declare(
    "refused",
    _("Meter not accepted"),
    ("отказ", "В эксплуатацию не приняли. {reasons}"),
    ("refused", "The meter was not accepted. {reasons}"),
    {"reasons": Placeholder(_("Why, and what to do"), "Нет пломбы завода. Замените счётчик.")},
)
IN_SERVICE = _declare(
    "in_service",
    _("Meter in service"),
    (
        "счётчик введён",
        "Счётчик № {meter} введён в эксплуатацию {date}. В расчётах он с {counts_from}. {reading}",
    ),
    (
        "the meter is in service",
        "Meter No. {meter} is in service since {date}. It counts from {counts_from}. {reading}",
    ),
    {
        "meter": Placeholder(_("Serial number of the meter"), "31507442"),
        "date": day(_("Day of commissioning"), dt.date(2026, 11, 21)),
        "counts_from": day(_("Day from which the meter counts"), dt.date(2026, 12, 1)),
        "reading": Placeholder(_("Which reading to send, for a new place"), dt.date(2026, 12, 1), _reading_text),
    },
)


def notify_step(
    application: CommissioningApplication, event: ApplicationEvent, kind: NotificationKind, context: Mapping[str, Any]
) -> int:
    """Tell the holders of the account of a step."""
    return notify(
        kind=kind,
        event=f"commissioning:{application.pk}:{event.pk}",
        recipients=holders_on(application.account, date_of(application.submitted_at)),
        context=context,
        link_args=(application.pk,),
    )
