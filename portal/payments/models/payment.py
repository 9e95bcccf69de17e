"""A payment, everything that passed with its gateway, and the suspicion that it was made twice."""

import uuid
from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.accounts.models import Account
from portal.payments.enums import (
    DuplicateDecision,
    GatewayEventKind,
    Network,
    PaymentChannel,
    PaymentState,
    ReceiptState,
)
from portal.payments.models.receipt import WithReceipt


class Payment(WithReceipt):
    """Money from a resident: by card through a gateway, or reported by a bank's payment file or the cash desk.

    A success is one ledger entry (`payment:<id>`). `key` makes a repeat harmless; `refunded` is the sum of refunds
    that the gateway confirmed.
    """

    reference = models.UUIDField(_("Reference"), default=uuid.uuid4, unique=True, editable=False)
    key = models.CharField(_("Idempotency key"), max_length=120, unique=True)
    account = models.ForeignKey(
        Account, verbose_name=_("Customer account"), on_delete=models.PROTECT, related_name="payments"
    )
    payer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("Paid by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="payments",
    )
    channel = models.CharField(pgettext_lazy("payments", "Channel"), max_length=8, choices=PaymentChannel.choices)
    amount = models.DecimalField(_("Sum, ₽"), max_digits=12, decimal_places=2)
    refunded = models.DecimalField(_("Returned, ₽"), max_digits=12, decimal_places=2, default=Decimal("0.00"))
    state = models.CharField(_("State"), max_length=20, choices=PaymentState.choices, default=PaymentState.CREATED)
    for_period = models.DateField(
        _("For the period"), null=True, blank=True, help_text=_("First day of the month that the payer named.")
    )
    gateway = models.CharField(_("Gateway"), max_length=12, blank=True)
    gateway_id = models.CharField(_("Number at the gateway"), max_length=64, blank=True)
    confirmation_url = models.CharField(_("Bank page"), max_length=500, blank=True)
    return_url = models.CharField(_("Return address"), max_length=500, blank=True)
    contact = models.CharField(_("Contact for the electronic receipt"), max_length=254, blank=True)
    network = models.CharField(_("Network"), max_length=10, choices=Network.choices, blank=True)
    last4 = models.CharField(_("Last 4 digits"), max_length=4, blank=True)
    cancel_reason = models.CharField(_("Reason for the refusal"), max_length=60, blank=True)
    problem = models.CharField(_("Problem"), max_length=60, blank=True)
    paid_on = models.DateField(_("Paid on"), null=True, blank=True)
    paid_at = models.DateTimeField(_("Paid at"), null=True, blank=True)
    created_at = models.DateTimeField(_("Created"), db_index=True)
    closed_at = models.DateTimeField(pgettext_lazy("payments", "Finished"), null=True, blank=True)
    abandoned_at = models.DateTimeField(
        _("Abandoned by the payer"),
        null=True,
        blank=True,
        help_text=_("The payer cancelled it. The gateway is still polled: money that comes anyway is booked."),
    )
    claimed_at = models.DateTimeField(_("Claimed by a worker"), null=True, blank=True)
    next_poll_at = models.DateTimeField(_("Poll the gateway at"), null=True, blank=True)
    poll_count = models.PositiveSmallIntegerField(_("Number of polls"), default=0)
    note = models.CharField(_("Note"), max_length=250, blank=True)

    class Meta:
        verbose_name = _("Payment")
        verbose_name_plural = _("Payments")
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["account", "-created_at"], name="payments_of_account"),
            models.Index(fields=["next_poll_at"], condition=Q(next_poll_at__isnull=False), name="payments_to_ask"),
            models.Index(fields=["paid_on"], name="payments_paid_on"),
        ]
        constraints = [
            models.CheckConstraint(name="payments_positive", condition=Q(amount__gt=0)),
            models.CheckConstraint(
                name="payments_refunded_within", condition=Q(refunded__gte=0) & Q(refunded__lte=F("amount"))
            ),
            models.CheckConstraint(name="payments_state", condition=Q(state__in=PaymentState.values)),
            models.CheckConstraint(name="payments_channel", condition=Q(channel__in=PaymentChannel.values)),
            models.CheckConstraint(
                name="payments_paid_has_date",
                condition=~Q(state="succeeded") | Q(paid_on__isnull=False, paid_at__isnull=False),
            ),
            models.CheckConstraint(name="payments_refunded_only_paid", condition=Q(refunded=0) | Q(state="succeeded")),
            models.CheckConstraint(name="payments_outside_is_paid", condition=~Q(gateway="") | Q(state="succeeded")),
            models.CheckConstraint(name="payments_card_has_gateway", condition=Q(gateway="") | Q(channel="card")),
            models.CheckConstraint(name="payments_last4", condition=Q(last4="") | Q(last4__regex=r"^[0-9]{4}$")),
            models.CheckConstraint(
                name="payments_receipt_state", condition=Q(receipt_state="") | Q(receipt_state__in=ReceiptState.values)
            ),
            models.UniqueConstraint(
                "gateway", "gateway_id", condition=~Q(gateway_id=""), name="payments_gateway_number_once"
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def is_open(self) -> bool:
        """Whether the bank has yet to say how it ended."""
        return self.state in {PaymentState.CREATED, PaymentState.PENDING, PaymentState.WAITING_FOR_CAPTURE}

    @property
    def is_paid(self) -> bool:
        return self.state == PaymentState.SUCCEEDED

    @property
    def is_created(self) -> bool:
        """Whether the gateway has yet to name its page."""
        return self.state == PaymentState.CREATED

    @property
    def is_pending(self) -> bool:
        """Whether the payer is at the bank's page."""
        return self.state == PaymentState.PENDING

    @property
    def is_canceled(self) -> bool:
        return self.state == PaymentState.CANCELED


class GatewayEvent(models.Model):
    """An answer or a notice of a gateway as it came, without secrets. Rows are only added."""

    gateway = models.CharField(_("Gateway"), max_length=12)
    kind = models.CharField(_("Kind"), max_length=12, choices=GatewayEventKind.choices)
    payment = models.ForeignKey(
        Payment,
        verbose_name=_("Payment"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="events",
    )
    gateway_id = models.CharField(_("Number at the gateway"), max_length=64, blank=True)
    status = models.PositiveSmallIntegerField(_("HTTP status"), null=True, blank=True)
    body = models.JSONField(_("Body"), default=dict, blank=True)
    digest = models.CharField(_("SHA-256 of the body"), max_length=64, blank=True)
    source = models.GenericIPAddressField(_("Source"), null=True, blank=True)
    outcome = models.CharField(_("Outcome"), max_length=120, blank=True)
    received_at = models.DateTimeField(_("Received"), db_index=True)

    class Meta:
        verbose_name = _("Gateway event")
        verbose_name_plural = _("Gateway events")
        ordering = ["-received_at", "-pk"]
        indexes = [models.Index(fields=["gateway", "digest"], name="payments_event_digest")]
        constraints = [
            models.CheckConstraint(name="payments_event_kind", condition=Q(kind__in=GatewayEventKind.values))
        ]

    def __str__(self) -> str:
        return f"{self.gateway} {self.kind} {self.gateway_id}"


class PossibleDuplicate(models.Model):
    """A paid payment that looks like an earlier one made again by mistake; staff decide."""

    payment = models.OneToOneField(
        Payment,
        verbose_name=_("Payment"),
        on_delete=models.PROTECT,
        related_name="possible_duplicate",
    )
    earlier = models.ForeignKey(
        Payment, verbose_name=_("Earlier payment"), on_delete=models.PROTECT, related_name="later_duplicates"
    )
    decision = models.CharField(
        _("Decision"), max_length=8, choices=DuplicateDecision.choices, default=DuplicateDecision.OPEN
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("Decided by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    found_at = models.DateTimeField(_("Found"))
    decided_at = models.DateTimeField(_("Decided"), null=True, blank=True)

    class Meta:
        verbose_name = _("Possible double payment")
        verbose_name_plural = _("Possible double payments")
        ordering = ["-found_at"]
        constraints = [
            models.CheckConstraint(name="payments_duplicate_of_another", condition=~Q(payment=F("earlier"))),
            models.CheckConstraint(
                name="payments_duplicate_decided", condition=Q(decision="open") | Q(decided_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.payment_id} ~ {self.earlier_id}"
