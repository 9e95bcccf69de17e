"""Money given back."""

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.approvals.models import MoneyOperation
from portal.payments.enums import ReceiptState, RefundState
from portal.payments.models.payment import Payment
from portal.payments.models.receipt import WithReceipt

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


def _person(label: "StrOrPromise") -> "models.ForeignKey[Any, Any]":
    return models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=label,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )


class Refund(WithReceipt):
    """A payment returned whole or in part. Mirrored in the ledger (`refund:<id>`) when the gateway says succeeded.

    Its receipt («возврат прихода») is ordered where the payment's was.
    """

    payment = models.ForeignKey(Payment, verbose_name=_("Payment"), on_delete=models.PROTECT, related_name="refunds")
    amount = models.DecimalField(_("Sum, ₽"), max_digits=12, decimal_places=2)
    reason = models.CharField(_("Reason"), max_length=250)
    state = models.CharField(_("State"), max_length=10, choices=RefundState.choices)
    key = models.CharField(_("Idempotency key"), max_length=120, unique=True)
    operation = models.OneToOneField(
        MoneyOperation,
        verbose_name=_("Money operation"),
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="refund",
    )
    gateway_id = models.CharField(_("Number at the gateway"), max_length=64, blank=True)
    answer = models.CharField(_("Answer to the resident"), max_length=250, blank=True)
    cancel_reason = models.CharField(_("Reason for the refusal"), max_length=60, blank=True)
    requested_by = _person(_("Refund requested by"))
    made_by = _person(_("Made by"))
    approved_by = _person(_("Approved by"))
    created_at = models.DateTimeField(_("Created"))
    decided_at = models.DateTimeField(_("Decided"), null=True, blank=True)
    closed_at = models.DateTimeField(pgettext_lazy("payments", "Finished"), null=True, blank=True)
    returned_on = models.DateField(_("Returned on"), null=True, blank=True)
    claimed_at = models.DateTimeField(_("Claimed by a worker"), null=True, blank=True)
    next_poll_at = models.DateTimeField(_("Poll the gateway at"), null=True, blank=True)
    poll_count = models.PositiveSmallIntegerField(_("Number of polls"), default=0)

    class Meta:
        verbose_name = _("Refund")
        verbose_name_plural = _("Refunds")
        ordering = ["-created_at", "-pk"]
        permissions = [("make_refund", _("Can return payments"))]
        constraints = [
            models.CheckConstraint(name="payments_refund_positive", condition=Q(amount__gt=0)),
            models.CheckConstraint(name="payments_refund_state", condition=Q(state__in=RefundState.values)),
            models.CheckConstraint(
                name="payments_refund_two_people",
                condition=Q(approved_by=None) | Q(made_by=None) | ~Q(approved_by=F("made_by")),
            ),
            models.CheckConstraint(
                name="payments_refund_dated", condition=~Q(state="succeeded") | Q(returned_on__isnull=False)
            ),
            models.CheckConstraint(
                name="payments_refund_receipt",
                condition=Q(receipt_state="") | Q(receipt_state__in=ReceiptState.values, state="succeeded"),
            ),
            models.UniqueConstraint(
                "payment",
                condition=Q(state="requested"),
                name="payments_refund_asked_once",
                violation_error_message=_("A refund of this payment was asked for already."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def is_requested(self) -> bool:
        """Whether a resident asked for it and nobody has answered."""
        return self.state == RefundState.REQUESTED

    @property
    def is_awaiting(self) -> bool:
        """Whether it waits for a second person."""
        return self.state == RefundState.AWAITING

    @property
    def is_approved(self) -> bool:
        """Whether it is to be sent to the bank."""
        return self.state == RefundState.APPROVED

    @property
    def is_pending(self) -> bool:
        """Whether the bank is returning it."""
        return self.state == RefundState.PENDING

    @property
    def is_returned(self) -> bool:
        return self.state == RefundState.SUCCEEDED

    @property
    def is_canceled(self) -> bool:
        """Whether the bank refused it."""
        return self.state == RefundState.CANCELED
