"""Fixed vocabularies of commissioning."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ApplicationState(models.TextChoices):
    """States of an application."""

    SUBMITTED = "submitted", pgettext_lazy("portal", "Submitted")
    OFFERED = "offered", _("Dates are offered")
    SCHEDULED = "scheduled", _("Visit is agreed")
    COMMISSIONED = "commissioned", _("In service")
    REFUSED = "refused", pgettext_lazy("service_requests", "Refused")
    WITHDRAWN = "withdrawn", pgettext_lazy("service_requests", "Withdrawn")


PENDING = (ApplicationState.SUBMITTED, ApplicationState.OFFERED, ApplicationState.SCHEDULED)
"""States in which the place is taken by this application."""


class VisitState(models.TextChoices):
    """States of a visit."""

    PLANNED = "planned", pgettext_lazy("service_requests", "Agreed")
    MOVED = "moved", pgettext_lazy("service_requests", "Moved")
    MISSED = "missed", _("The company did not come")
    ABSENT = "absent", _("Nobody was in")
    DONE = "done", _("Took place")
    CANCELLED = "cancelled", _("Cancelled")


class FileKind(models.TextChoices):
    """Kinds of files of an application."""

    PASSPORT = "passport", _("Meter data sheet")
    CERTIFICATE = "certificate", _("Verification certificate")


class CertificateKind(models.TextChoices):
    """Outcomes that a commissioning certificate states."""

    COMMISSIONED = "commissioned", _("Meter put into service")
    REFUSED = "refused", _("Refusal to put into service")


class DayPart(models.TextChoices):
    """Which hours suit the resident."""

    ANY = "any", _("Any time")
    MORNING = "morning", _("Morning")
    AFTERNOON = "afternoon", _("Afternoon")
    EVENING = "evening", _("Evening")
