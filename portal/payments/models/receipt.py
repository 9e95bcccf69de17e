"""Electronic receipt (54-ФЗ): a payment has one, and each return of it another."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.payments.enums import ReceiptState


class WithReceipt(models.Model):
    """Money whose electronic receipt is asked for until it is registered. Its state `succeeded` says that it moved."""

    receipt_state = models.CharField(
        _("Electronic receipt"),
        max_length=10,
        choices=ReceiptState.choices,
        blank=True,
        help_text=_("Empty: none was ordered."),
    )
    receipt_url = models.CharField(_("Page of the receipt"), max_length=500, blank=True)
    receipt_storage = models.CharField(_("Fiscal storage (ФН)"), max_length=20, blank=True)
    receipt_document = models.CharField(_("Fiscal document (ФД)"), max_length=20, blank=True)
    receipt_sign = models.CharField(_("Fiscal sign (ФП)"), max_length=20, blank=True)
    receipt_at = models.DateTimeField(_("Receipt registered"), null=True, blank=True)

    class Meta:
        abstract = True

    state: str

    @property
    def waits_for_receipt(self) -> bool:
        """Whether the money has moved and its electronic receipt has not."""
        return self.state == "succeeded" and self.receipt_state == ReceiptState.PENDING

    @property
    def receipt_is_registered(self) -> bool:
        return self.receipt_state == ReceiptState.SUCCEEDED

    @property
    def receipt_is_pending(self) -> bool:
        return self.receipt_state == ReceiptState.PENDING
