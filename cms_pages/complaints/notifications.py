"""What the author of an entry is told. Subjects name only the number."""

from cms_pages.complaints.enums import Kind
from cms_pages.complaints.models import Complaint
from portal.core.formatting import date_text
from portal.notifications.enums import Kind as MessageKind
from portal.notifications.services import Recipient, notify

# What was written, as «Получили …» and «Ответ на …» name it: complaints and questions are numbered apart.
WHAT = {
    Kind.QUALITY: "жалобу",
    Kind.COMPLAINT: "жалобу",
    Kind.SUGGESTION: "предложение",
    Kind.THANKS: "благодарность",
}


def _notify(complaint: Complaint, event: str, text: str, *, kind: MessageKind = MessageKind.ANSWER) -> None:
    notify(
        kind=kind,
        event=f"complaint:{complaint.pk}:{event}",
        recipients=[Recipient(user=complaint.author, address=complaint.email)],
        context={"what": WHAT[Kind(complaint.kind)], "number": str(complaint.pk), "text": text},
        link=f"/personal/complaints/{complaint.pk}/",
    )


def notify_received(complaint: Complaint) -> None:
    """The entry has a number and a term."""
    text = f"Ответим до {date_text(complaint.due_on)}. Как только ответим, напишем отдельно."
    _notify(complaint, "received", text, kind=MessageKind.RECEIVED)


def notify_answered(complaint: Complaint) -> None:
    """The answer."""
    _notify(complaint, f"answered:{complaint.version}", complaint.answer)


def notify_rejected(complaint: Complaint) -> None:
    """The reason."""
    _notify(complaint, "rejected", f"В книге не размещено. {complaint.rejection}")
