"""Fixed vocabularies of support questions."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class QuestionState(models.TextChoices):
    """Whose turn it is."""

    OPEN = "open", _("Waits for an answer")
    ANSWERED = "answered", _("Answered")
    CLOSED = "closed", pgettext_lazy("service_requests", "Closed")


class MessageSide(models.TextChoices):
    """Authors of a message of the thread."""

    ASKER = "asker", _("Asked by")
    COMPANY = "company", _("Company")
