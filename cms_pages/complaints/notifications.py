"""Notifications to the author of an entry of the complaints book. Subjects name only the number."""

import datetime as dt
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cms_pages.complaints.enums import ComplaintKind
from cms_pages.complaints.models import Complaint
from portal.notifications import categories
from portal.notifications.declarations import Link, NotificationKind, Placeholder, day, register
from portal.notifications.services import Recipient, notify
from portal.notifications.texts import Text

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

# What was written, as «Получили …» and «Ответ на …» name it: complaints and questions are numbered apart.
WHAT: "dict[ComplaintKind, StrOrPromise]" = {
    ComplaintKind.QUALITY: pgettext_lazy("accusative", "complaint"),
    ComplaintKind.COMPLAINT: pgettext_lazy("accusative", "complaint"),
    ComplaintKind.SUGGESTION: pgettext_lazy("accusative", "suggestion"),
    ComplaintKind.THANKS: pgettext_lazy("accusative", "letter of thanks"),
}
ENTRY_PAGE = Link("cabinet:complaint", (1,))
WHAT_WRITTEN = Placeholder(_("What was written: a complaint, a suggestion, thanks"), WHAT[ComplaintKind.COMPLAINT])
NUMBER = Placeholder(_("Number of the entry"), "318")

ENTRY_RECEIVED = register(
    NotificationKind(
        code="entry_received",
        name=_("Entry of the complaints book received"),
        category=categories.RECEIVED,
        icon="book",
        link=ENTRY_PAGE,
        placeholders={
            "what": WHAT_WRITTEN,
            "number": NUMBER,
            "answer_by": day(_("Day by which we answer"), dt.date(2026, 12, 12)),
        },
        russian=Text("Получили {what} № {number}", "Ответим до {answer_by}. Как только ответим, напишем отдельно."),
        english=Text(
            "We received your {what} No. {number}", "We shall answer by {answer_by} and write as soon as we do."
        ),
    )
)
ENTRY_ANSWERED = register(
    NotificationKind(
        code="entry_answered",
        name=_("Entry of the complaints book answered"),
        category=categories.ANSWER,
        icon="book",
        link=ENTRY_PAGE,
        placeholders={
            "what": WHAT_WRITTEN,
            "number": NUMBER,
            "answer": Placeholder(_("The answer"), "Давление подняли, проверьте напор.", required=True),
        },
        russian=Text("Ответ на {what} № {number}", "Ответили на {what} № {number}:\n\n{answer}"),
        english=Text("The answer to your {what} No. {number}", "We answered your {what} No. {number}:\n\n{answer}"),
    )
)
ENTRY_REJECTED = register(
    NotificationKind(
        code="entry_rejected",
        name=_("Entry of the complaints book not published"),
        category=categories.ANSWER,
        icon="book",
        link=ENTRY_PAGE,
        placeholders={
            "what": WHAT_WRITTEN,
            "number": NUMBER,
            "reason": Placeholder(_("Why it was not published"), "В тексте есть чужие личные данные."),
        },
        russian=Text("Ответ на {what} № {number}", "В книге не размещено. {reason}"),
        english=Text("The answer to your {what} No. {number}", "It was not published in the book. {reason}"),
    )
)


def _notify(kind: NotificationKind, complaint: Complaint, event: str, **values: object) -> None:
    notify(
        kind=kind,
        event=f"complaint:{complaint.pk}:{event}",
        recipients=[Recipient(user=complaint.author, address=complaint.email)],
        context={"what": WHAT[ComplaintKind(complaint.kind)], "number": str(complaint.pk), **values},
        link_args=(complaint.pk,),
    )


def notify_received(complaint: Complaint) -> None:
    """The entry has a number and a term."""
    _notify(ENTRY_RECEIVED, complaint, "received", answer_by=complaint.due_on)


def notify_answered(complaint: Complaint) -> None:
    """The answer."""
    _notify(ENTRY_ANSWERED, complaint, f"answered:{complaint.version}", answer=complaint.answer)


def notify_rejected(complaint: Complaint) -> None:
    """The reason."""
    _notify(ENTRY_REJECTED, complaint, "rejected", reason=complaint.rejection)
