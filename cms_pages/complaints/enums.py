"""Fixed vocabularies of the complaints book."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ComplaintKind(models.TextChoices):
    """Kinds of entries. The kind sets the term of the answer."""

    QUALITY = "quality", _("Complaint about the quality of the service")
    COMPLAINT = "complaint", _("Another complaint")
    SUGGESTION = "suggestion", _("Suggestion")
    THANKS = "thanks", _("Thanks")


NUMBERED = {
    ComplaintKind.QUALITY: _("Complaint No. %(number)s"),
    ComplaintKind.COMPLAINT: _("Complaint No. %(number)s"),
    ComplaintKind.SUGGESTION: _("Suggestion No. %(number)s"),
    ComplaintKind.THANKS: _("Thanks No. %(number)s"),
}
"""How an entry is called by its number: questions to support have numbers of their own."""


class ComplaintState(models.TextChoices):
    """States of an entry."""

    NEW = "new", pgettext_lazy("complaints", "Received")
    WORKING = "working", _("Being handled")
    APPROVAL = "approval", _("Answer is being checked")
    ANSWERED = "answered", _("Answered")
    CLOSED = "closed", _("Answered privately")
    REJECTED = "rejected", _("Rejected by the rules of the book")

    @classmethod
    def waiting(cls) -> tuple[str, ...]:
        """States in which the resident waits for the company."""
        return (cls.NEW, cls.WORKING, cls.APPROVAL)


class ComplaintStep(models.TextChoices):
    """Events in the history of an entry."""

    RECEIVED = "received", pgettext_lazy("complaints", "Received")
    TAKEN = "taken", _("Work started")
    HANDED = "handed", _("Handed over")
    SHOWN = "shown", _("Shown in the book before the answer")
    PROPOSED = "proposed", _("Answer written, awaiting a second review")
    RETURNED = "returned", _("Returned for another answer")
    ANSWERED = "answered", _("Answered in the book")
    CLOSED = "closed", _("Answered privately")
    REJECTED = "rejected", pgettext_lazy("complaints", "Rejected")
    RATED = "rated", _("Rated by the author")
    REPLIED = "replied", _("Author replied")
    NOTE = "note", _("Internal note")
