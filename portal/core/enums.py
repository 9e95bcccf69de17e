"""States of the portal's parts."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class HealthStatus(models.TextChoices):
    """OK; DEGRADED: pages go on, something behind them does not; FAILED: requests cannot be answered or stored."""

    OK = "ok", _("Works")
    DEGRADED = "degraded", _("Works in part")
    FAILED = "failed", _("Does not work")
