"""Agreements, orders of replacement, visit plans by house; verifications of meters that stay."""

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.accounts.models import Account, House
from portal.core.models import PrivateFile
from portal.metering.models import Meter
from portal.service_requests.crews.models import Slot


class Agreement(models.Model):
    """The resident lets the company replace a meter in time, for a price that was shown."""

    account = models.ForeignKey(
        Account, verbose_name=_("Customer account"), on_delete=models.PROTECT, related_name="replacement_agreements"
    )
    meter = models.ForeignKey(
        Meter, verbose_name=_("Meter"), on_delete=models.PROTECT, related_name="replacement_agreements"
    )
    price = models.DecimalField(_("Price, ₽"), max_digits=10, decimal_places=2)
    price_source = models.CharField(_("Where the price is published"), max_length=250, blank=True)
    agreed_at = models.DateTimeField(_("Agreed"))
    agreed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("Who"), null=True, on_delete=models.SET_NULL, related_name="+"
    )
    withdrawn_at = models.DateTimeField(pgettext_lazy("service_requests", "Withdrawn"), null=True, blank=True)

    class Meta:
        verbose_name = _("Agreement on replacement")
        verbose_name_plural = _("Agreements on replacement")
        ordering = ["-agreed_at"]
        constraints = [
            models.UniqueConstraint("meter", condition=Q(withdrawn_at=None), name="requests_agreement_once"),
            models.CheckConstraint(name="requests_agreement_price", condition=Q(price__gte=0)),
        ]

    def __str__(self) -> str:
        return f"{self.account}: {self.meter_id}"


class OrderState(models.TextChoices):
    """States of a replacement."""

    PROPOSED = "proposed", pgettext_lazy("service_requests", "Proposed")
    PLANNED = "planned", _("Visit is agreed")
    DONE = "done", pgettext_lazy("service_requests", "Replaced")
    CANCELLED = "cancelled", _("Cancelled")


class VisitPlan(models.Model):
    """One trip to a house with several replacements."""

    house = models.ForeignKey(House, verbose_name=_("House"), on_delete=models.PROTECT, related_name="visit_plans")
    slot = models.ForeignKey(Slot, verbose_name=_("Slot"), on_delete=models.PROTECT, related_name="visit_plans")
    made_at = models.DateTimeField(pgettext_lazy("service_requests", "Made"))
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("Who"), null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        verbose_name = _("Visit plan")
        verbose_name_plural = _("Visit plans")
        ordering = ["-made_at"]

    def __str__(self) -> str:
        return f"{self.house}: {self.slot}"


class ReplacementOrder(models.Model):
    """A meter to be replaced before its verification ends."""

    meter = models.ForeignKey(
        Meter, verbose_name=_("Meter"), on_delete=models.PROTECT, related_name="replacement_orders"
    )
    agreement = models.ForeignKey(
        Agreement, verbose_name=_("Agreement"), on_delete=models.PROTECT, related_name="orders"
    )
    state = models.CharField(_("State"), max_length=10, choices=OrderState.choices, default=OrderState.PROPOSED)
    due_on = models.DateField(_("Verification ends"))
    proposed_at = models.DateTimeField(pgettext_lazy("service_requests", "Proposed"))
    plan = models.ForeignKey(
        VisitPlan,
        verbose_name=_("Visit plan"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="orders",
    )
    new_meter = models.OneToOneField(
        Meter, verbose_name=_("New meter"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("Order of replacement")
        verbose_name_plural = _("Orders of replacement")
        ordering = ["due_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                "meter", condition=Q(state__in=["proposed", "planned"]), name="requests_order_once"
            ),
        ]

    def __str__(self) -> str:
        return f"№ {self.number}"

    @property
    def number(self) -> str:
        """The number that people are shown."""
        return str(5_000 + self.pk)


class VerificationState(models.TextChoices):
    """Whether a certificate was accepted."""

    SENT = "sent", _("Being checked")
    ACCEPTED = "accepted", _("Accepted")
    REFUSED = "refused", pgettext_lazy("service_requests", "Refused")


class Verification(models.Model):
    """A verification of an active meter, with its certificate; accepted, it extends the meter."""

    meter = models.ForeignKey(Meter, verbose_name=_("Meter"), on_delete=models.PROTECT, related_name="verifications")
    state = models.CharField(
        _("State"), max_length=10, choices=VerificationState.choices, default=VerificationState.SENT
    )
    verified_on = models.DateField(_("Verified"))
    valid_until = models.DateField(_("Valid until"), help_text=_("Inclusive."))
    value = models.DecimalField(
        _("Reading on the day of the verification, m³"),
        max_digits=12,
        decimal_places=3,
        validators=[MinValueValidator(0)],
    )
    certificate = models.OneToOneField(
        PrivateFile, verbose_name=_("Certificate"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    reason = models.CharField(_("Why it was refused"), max_length=250, blank=True)
    sent_at = models.DateTimeField(_("Sent"))
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("Who"), null=True, on_delete=models.SET_NULL, related_name="+"
    )
    decided_at = models.DateTimeField(_("Decided"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("Decided by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )

    class Meta:
        verbose_name = _("Verification")
        verbose_name_plural = _("Verifications")
        ordering = ["-sent_at"]
        constraints = [
            models.UniqueConstraint("meter", condition=Q(state="sent"), name="requests_verification_one_at_a_time"),
            models.CheckConstraint(
                name="requests_verification_dates",
                condition=Q(valid_until__gt=models.F("verified_on")),
                violation_error_message=_("The end must be later than the beginning."),
            ),
            models.CheckConstraint(
                name="requests_verification_refused_why", condition=~Q(state="refused") | ~Q(reason="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.meter_id}: {self.valid_until}"
