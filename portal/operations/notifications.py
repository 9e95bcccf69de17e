"""Alerts to staff about the portal itself: jobs that broke, letters, the ledger, parts that do not work."""

import datetime as dt

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from portal.core.clock import MOSCOW
from portal.notifications import categories
from portal.notifications.declarations import Link, NotificationKind, Placeholder, moment, register
from portal.notifications.texts import Text
from portal.office.automation.selectors import JOBS
from portal.office.system.selectors import PARTS, WATCH_SYSTEM

SINCE = moment(_("Since when"), dt.datetime(2026, 11, 15, 8, 12, tzinfo=MOSCOW))
PART = Placeholder(_("Which part"), PARTS["mail"].label)


def _times_text(count: int) -> str:
    return ngettext("%(n)d time", "%(n)d times", count) % {"n": count}


def _remedy_text(remedy: list[object]) -> str:
    return gettext("What to do: %(remedy)s") % {"remedy": remedy[0]}


JOB_FAILED = register(
    NotificationKind(
        code="job_failed",
        name=_("Queue job failed (staff)"),
        category=categories.JOB_FAILED,
        link=Link("office_month"),
        permission="office.watch_month",
        placeholders={
            "job": Placeholder(_("Which job"), JOBS["check-ledger"]),
            "count": Placeholder(_("How often it failed within a day"), 3, _times_text),
            "moment": moment(_("When it failed last"), dt.datetime(2026, 11, 15, 8, 12, tzinfo=MOSCOW)),
            "error": Placeholder(_("The last line of the error"), "TimeoutError"),
        },
        russian=Text(
            "Задание не удалось: {job}",
            "За последние сутки задание прервалось {count}, последний раз {moment}. {error}\n"
            "На странице месяца его можно запустить ещё раз.",
        ),
        english=Text(
            "A job failed: {job}",
            "Within the last day the job failed {count}, the last time {moment}. {error}\n"
            "It can be started again on the page of the month.",
        ),
    )
)
LETTERS_UNDELIVERED = register(
    NotificationKind(
        code="letters_undelivered",
        name=_("Letters not delivered (staff)"),
        category=categories.JOB_FAILED,
        link=Link("office_notice_history", query="?state=failed&channel=email"),
        permission="notifications.retry_message",
        placeholders={"count": Placeholder(_("How many letters"), 4)},
        russian=Text(
            "Задание не удалось: письма не доставлены",
            "За последние сутки не доставлено писем: {count}. В списке видно, кому и почему; там же их можно отправить "
            "ещё раз.",
        ),
        english=Text(
            "A job failed: letters were not delivered",
            "Letters not delivered within the last day: {count}. The list shows to whom and why; they can be sent "
            "again there.",
        ),
    )
)
LEDGER_DIFFERS = register(
    NotificationKind(
        code="ledger_differs",
        name=_("Ledger does not agree (staff)"),
        category=categories.JOB_FAILED,
        link=Link("office_ledger_checks"),
        permission="office.watch_month",
        placeholders={"count": Placeholder(_("How many differences"), 2)},
        russian=Text(
            "Задание не удалось: сверка книги счетов",
            "Книга не сходится, расхождений: {count}. На странице сверки — каждое из них со счётом.",
        ),
        english=Text(
            "A job failed: proof of the ledger",
            "The ledger does not agree, differences: {count}. The page of the proof shows each with its account.",
        ),
    )
)
PART_BROKEN = register(
    NotificationKind(
        code="part_broken",
        name=_("Part of the portal broken (staff)"),
        category=categories.SERVICE_STATE,
        link=Link("office_system"),
        permission=WATCH_SYSTEM,
        placeholders={
            "part": PART,
            "broken": Placeholder(_("What is wrong, in two words"), PARTS["mail"].broken),
            "since": SINCE,
            "meaning": Placeholder(_("What that means for people"), PARTS["mail"].meaning),
            "remedy": Placeholder(_("What to do, if it is known"), [PARTS["mail"].remedy], _remedy_text),
            "detail": Placeholder(_("Details, if any"), "ConnectionRefusedError"),
        },
        russian=Text("Портал: {part} — {broken}", "С {since}. {meaning}\n{remedy}\n{detail}"),
        english=Text("Portal: {part} {broken}", "Since {since}. {meaning}\n{remedy}\n{detail}"),
    )
)
PART_WORKS = register(
    NotificationKind(
        code="part_works",
        name=_("Part of the portal works again (staff)"),
        category=categories.SERVICE_STATE,
        link=Link("office_system"),
        permission=WATCH_SYSTEM,
        placeholders={"part": PART, "since": SINCE},
        russian=Text("Портал: {part} — снова в порядке", "С {since}."),
        english=Text("Portal: {part} works again", "Since {since}."),
    )
)
