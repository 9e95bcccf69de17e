"""Runs of the reconciliation, and the differences found, with their age."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.payments.enums import DifferenceKind
from portal.payments.models.bank_file import BankFileLine
from portal.payments.models.payment import Payment


class ReconciliationRun(models.Model):
    """Gateway, payments, ledger and bank files compared for a span of days (both inclusive)."""

    first_day = models.DateField(pgettext_lazy("portal", "From"))
    last_day = models.DateField(pgettext_lazy("portal", "To"))
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("Started by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    started_at = models.DateTimeField(pgettext_lazy("payments", "Started"))
    finished_at = models.DateTimeField(pgettext_lazy("payments", "Finished"), null=True, blank=True)
    payments = models.PositiveIntegerField(_("Payments compared"), default=0)
    amount = models.DecimalField(_("Their sum, ₽"), max_digits=14, decimal_places=2, default=0)
    difference_count = models.PositiveIntegerField(_("Differences"), default=0)
    waiting = models.PositiveIntegerField(_("Wait for their account"), default=0)
    gateway_answered = models.BooleanField(_("The gateway answered"), default=True)
    error = models.CharField(_("Error"), max_length=250, blank=True)

    class Meta:
        verbose_name = _("Reconciliation")
        verbose_name_plural = _("Reconciliations")
        ordering = ["-started_at"]
        permissions = [("reconcile", _("Can reconcile payments"))]
        constraints = [
            models.CheckConstraint(name="payments_run_days", condition=Q(first_day__lte=models.F("last_day")))
        ]

    def __str__(self) -> str:
        return f"{self.first_day:%d.%m.%Y}–{self.last_day:%d.%m.%Y}"


class Difference(models.Model):
    """Two books disagree. It stays open, with its age, until a later run does not find it any more."""

    kind = models.CharField(_("Difference"), max_length=24, choices=DifferenceKind.choices)
    key = models.CharField(_("Key"), max_length=160)
    payment = models.ForeignKey(
        Payment,
        verbose_name=_("Payment"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="differences",
    )
    subject = models.CharField(_("What"), max_length=200)
    day = models.DateField(_("Date of the payment"))
    ours = models.CharField(_("Ours"), max_length=120, blank=True)
    theirs = models.CharField(_("Theirs"), max_length=120, blank=True)
    first_run = models.ForeignKey(ReconciliationRun, on_delete=models.PROTECT, related_name="new_differences")
    last_run = models.ForeignKey(ReconciliationRun, on_delete=models.PROTECT, related_name="differences")
    found_at = models.DateTimeField(_("Found"))
    resolved_at = models.DateTimeField(_("Disappeared"), null=True, blank=True)

    class Meta:
        verbose_name = _("Difference")
        verbose_name_plural = _("Differences")
        ordering = ["found_at", "pk"]
        constraints = [
            models.UniqueConstraint("key", condition=Q(resolved_at=None), name="payments_difference_open_once"),
            models.CheckConstraint(name="payments_difference_kind", condition=Q(kind__in=DifferenceKind.values)),
        ]

    def __str__(self) -> str:
        return self.key


def difference_key(line: BankFileLine, kind: DifferenceKind) -> str:
    """The key of a difference about a bank file's line."""
    return f"{kind}:{line.file_id}:{line.number}"
