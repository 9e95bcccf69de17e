"""States of issuing and printing receipts."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class IssueStatus(models.TextChoices):
    """States of an issue or a print run."""

    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    INCOMPLETE = "incomplete", _("Done, some accounts wait")
