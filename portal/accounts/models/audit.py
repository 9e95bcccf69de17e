"""Beside Wagtail's log: counters that limit what anonymous clients write into it, and its archived months."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from portal.core.models import PrivateFile


class AuditCounter(models.Model):
    """Count of one refusal within one hour: the log gets the 1st, 10th, 100th…, not each."""

    action = models.CharField(_("Action"), max_length=40)
    key = models.CharField(_("Key"), max_length=64)
    hour = models.DateTimeField(_("Hour"))
    count = models.PositiveIntegerField(_("Number"), default=0)

    class Meta:
        verbose_name = _("Counter of refusals")
        verbose_name_plural = _("Counters of refusals")
        ordering = ["-hour"]
        constraints = [models.UniqueConstraint("action", "hour", "key", name="accounts_audit_counter_once")]

    def __str__(self) -> str:
        return f"{self.action} {self.hour:%Y-%m-%d %H}"


class AuditArchive(models.Model):
    """A part of the log that was moved into a file. The database deletes log entries of archived days only.

    `since` is inclusive, `until` is not; `sha256` is of the file, which stays when the entries are gone.
    """

    log = models.CharField(_("Log"), max_length=40)
    since = models.DateTimeField(_("From"))
    until = models.DateTimeField(_("To"))
    entries = models.PositiveIntegerField(_("Entries"))
    sha256 = models.CharField("SHA-256", max_length=64)
    file = models.ForeignKey(PrivateFile, verbose_name=_("File"), on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(_("Made"))

    class Meta:
        verbose_name = _("Archive of the audit")
        verbose_name_plural = _("Archives of the audit")
        ordering = ["-until"]
        constraints = [
            models.UniqueConstraint("log", "since", name="accounts_audit_archive_once"),
            models.CheckConstraint(name="accounts_audit_archive_in_order", condition=Q(since__lt=F("until"))),
        ]

    def __str__(self) -> str:
        return f"{self.log} {self.since:%Y-%m}"
