"""State of the demo bank: it is a bank of its own, and the portal asks it only through its gateway."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _


class DemoBankPayment(models.Model):
    """A payment as the demo bank sees it; amounts in ₽."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = models.CharField(_("Idempotency key"), max_length=120, unique=True)
    reference = models.CharField(_("Shop's reference"), max_length=64)
    amount = models.DecimalField(_("Sum, ₽"), max_digits=12, decimal_places=2)
    description = models.CharField(_("Description"), max_length=128)
    return_url = models.CharField(_("Return address"), max_length=500)
    capture = models.BooleanField(_("Capture at once"), default=True)
    state = models.CharField(_("State"), max_length=20, default="pending")
    reason = models.CharField(_("Reason"), max_length=60, blank=True)
    network = models.CharField(_("Network"), max_length=10, blank=True)
    last4 = models.CharField(_("Last 4 digits"), max_length=4, blank=True)
    receipt_contact = models.CharField(_("Buyer's contact"), max_length=254, blank=True)
    receipt_item = models.CharField(_("Item of the receipt"), max_length=128, blank=True)
    receipt_vat = models.DecimalField(_("VAT, %"), max_digits=5, decimal_places=2, null=True, blank=True)
    scenario = models.CharField(_("Scenario"), max_length=20, blank=True)
    attempts = models.PositiveSmallIntegerField(_("Wrong codes"), default=0)
    created_at = models.DateTimeField(_("Created"))
    expires_at = models.DateTimeField(_("Expires"))
    decides_at = models.DateTimeField(_("Decides"), null=True, blank=True)
    captured_at = models.DateTimeField(_("Captured"), null=True, blank=True)

    class Meta:
        verbose_name = _("Payment at the demo bank")
        verbose_name_plural = _("Payments at the demo bank")
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return str(self.pk)


class DemoBankRefund(models.Model):
    """A refund as the demo bank sees it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = models.CharField(_("Idempotency key"), max_length=120, unique=True)
    payment = models.ForeignKey(DemoBankPayment, on_delete=models.CASCADE, related_name="refunds")
    amount = models.DecimalField(_("Sum, ₽"), max_digits=12, decimal_places=2)
    state = models.CharField(_("State"), max_length=20, default="succeeded")
    reason = models.CharField(_("Reason"), max_length=60, blank=True)
    created_at = models.DateTimeField(_("Created"))

    class Meta:
        verbose_name = _("Refund at the demo bank")
        verbose_name_plural = _("Refunds at the demo bank")
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return str(self.pk)
