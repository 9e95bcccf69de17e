"""Answers to requests that carried an Idempotency-Key, for a day."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import ApiKey


class IdempotentAnswer(models.Model):
    """One request of a key of the API: while `status` is empty it is being answered, then its answer is repeated."""

    api_key = models.ForeignKey(
        ApiKey, verbose_name=_("API key"), on_delete=models.CASCADE, related_name="idempotent_answers"
    )
    digest = models.CharField(_("SHA-256 of the address and the Idempotency-Key"), max_length=64)
    body_digest = models.CharField(_("SHA-256 of the body"), max_length=64)
    claimed_at = models.DateTimeField(_("Begun"), db_index=True)
    status = models.PositiveSmallIntegerField(_("HTTP status"), null=True, blank=True)
    content = models.JSONField(_("Answer"), null=True, blank=True)

    class Meta:
        verbose_name = _("Answer to a repeatable request")
        verbose_name_plural = _("Answers to repeatable requests")
        constraints = [models.UniqueConstraint("api_key", "digest", name="api_answer_once")]

    def __str__(self) -> str:
        return self.digest
