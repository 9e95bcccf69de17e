"""When a gateway answered last and when it did not: one row a gateway, over all processes."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class GatewayState(models.Model):
    """`failing_since` is set by the first call without an answer and cleared by the next one that is answered."""

    code = models.CharField(_("Gateway"), max_length=12, primary_key=True)
    answered_at = models.DateTimeField(_("Last answer"), null=True, blank=True)
    milliseconds = models.PositiveIntegerField(_("It took, ms"), null=True, blank=True)
    failed_at = models.DateTimeField(_("Last call without an answer"), null=True, blank=True)
    failure = models.CharField(_("Error"), max_length=60, blank=True)
    failing_since = models.DateTimeField(_("No answers since"), null=True, blank=True)

    class Meta:
        verbose_name = _("State of a gateway")
        verbose_name_plural = _("States of gateways")
        default_permissions = ()

    def __str__(self) -> str:
        return self.code
