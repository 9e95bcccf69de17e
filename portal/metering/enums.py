"""Fixed vocabularies of metering."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ReadingSource(models.TextChoices):
    """Sources of a reading."""

    CABINET = "cabinet", _("Online account")
    PHONE = "phone", _("By phone")
    PAPER = "paper", _("On paper")
    FILE = "file", _("From a file")
    BANK = "bank", _("Bank payment file")
    CONTROL = "control", _("Control reading")
    REPORT = "act", _("By a report")


class Status(models.TextChoices):
    """Whether a reading counts."""

    ACCEPTED = "accepted", _("Accepted")
    REPLACED = "replaced", _("Replaced")
    REJECTED = "rejected", _("Rejected")


class Flag(models.TextChoices):
    """Why staff look at a reading."""

    HIGH = "high", _("Far above usual")
    ROLLOVER = "rollover", _("Turned past the last digit")
    LEAK = "leak", _("Possible leak")
    ZERO = "zero", _("No consumption for three months")
    FLOW = "flow", _("Above the meter's maximum flow, confirmed")
