"""Keys by which a resident's own programs read her data and send readings. Only a key's digest is stored."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.accounts.models import User


class ApiKey(models.Model):
    """A key of one login; shown once when it is made."""

    user = models.ForeignKey(
        User, verbose_name=pgettext_lazy("portal", "Login"), on_delete=models.CASCADE, related_name="api_keys"
    )
    name = models.CharField(_("What it is for"), max_length=60)
    digest = models.CharField(_("Digest"), max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(pgettext_lazy("api", "Made"), auto_now_add=True)
    last_used_on = models.DateField(pgettext_lazy("api", "Last used"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("Revoked"), null=True, blank=True)

    class Meta:
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.name
