"""Models of booked closings: lines with their reasons, the state that each closing left, corrections."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from portal.accounts.enums import service_choices
from portal.accounts.models import Account
from portal.billing.calculation import stored_explanations
from portal.billing.calculation.explanations import Explanation
from portal.billing.enums import Basis, ChargeKind
from portal.billing.models.numbers import Rate
from portal.core.formatting import date_text, money_text, period_text


class AccountClosing(models.Model):
    """One account closed for one period: what the next closing starts from. Reversed ones stay beside."""

    account = models.ForeignKey(
        Account, verbose_name=_("Customer account"), on_delete=models.PROTECT, related_name="closings", db_index=False
    )
    run = models.ForeignKey("billing.PeriodRun", verbose_name=_("Run"), on_delete=models.PROTECT, related_name="+")
    period = models.DateField(_("Period"))
    closed_on = models.DateField(_("Closing day"))
    generation = models.PositiveSmallIntegerField(_("Number of this closing of the month"), default=1)
    total = models.DecimalField(_("Charged, ₽"), max_digits=12, decimal_places=2)
    state = models.JSONField(_("State"))
    last_reading = models.BigIntegerField(_("Last reading counted"), default=0)
    last_entry = models.BigIntegerField(_("Last entry counted"), default=0)
    reversed_at = models.DateTimeField(_("Reversed"), null=True, blank=True)

    class Meta:
        verbose_name = _("Closing of an account")
        verbose_name_plural = _("Closings of accounts")
        indexes = [models.Index(fields=["account", "period"], name="billing_closing_account")]
        constraints = [
            models.UniqueConstraint("account", "period", condition=Q(reversed_at=None), name="billing_closing_once"),
            models.CheckConstraint(name="billing_closing_period", condition=Q(period__day=1)),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.period:%Y-%m}"


class Charge(models.Model):
    """One line of one account: what was charged, for what, by which volume and rate, and why."""

    account = models.ForeignKey(
        Account, verbose_name=_("Customer account"), on_delete=models.PROTECT, related_name="charges", db_index=False
    )
    period = models.DateField(_("Period"), help_text=_("The closed month that booked it."))
    for_period = models.DateField(_("For the month"))
    kind = models.CharField(_("Kind"), max_length=13, choices=ChargeKind.choices)
    service = models.CharField(_("Service"), max_length=12, choices=service_choices, blank=True)
    basis = models.CharField(_("Basis"), max_length=8, choices=Basis.choices, blank=True)
    volume = models.DecimalField(_("Volume, m³"), max_digits=12, decimal_places=3, null=True, blank=True)
    price = models.DecimalField(_("₽ per m³"), max_digits=10, decimal_places=4, null=True, blank=True)
    rate = models.ForeignKey(
        Rate,
        verbose_name=_("Rate"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="charges",
        db_index=False,
    )
    amount = models.DecimalField(_("Sum, ₽"), max_digits=12, decimal_places=2)
    explanation = models.JSONField(_("Reasons"), default=dict)
    key = models.CharField(_("Key of its entry"), max_length=60, unique=True)
    reversed_at = models.DateTimeField(_("Reversed"), null=True, blank=True)

    class Meta:
        verbose_name = _("Charge")
        verbose_name_plural = _("Charges")
        ordering = ["-period", "account", "pk"]
        indexes = [models.Index(fields=["account", "period"], name="billing_charge_account")]
        constraints = [
            models.CheckConstraint(
                name="billing_charge_periods",
                condition=Q(period__day=1, for_period__day=1, for_period__lte=models.F("period")),
            ),
            models.CheckConstraint(name="billing_charge_kind", condition=Q(kind__in=ChargeKind.values)),
            models.CheckConstraint(
                name="billing_charge_has_volume",
                condition=~Q(kind="charge") | Q(volume__isnull=False, price__isnull=False, basis__in=Basis.values),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {period_text(self.period)}: {money_text(self.amount)}"

    @cached_property
    def why(self) -> Explanation:
        """The numbers that it was computed from."""
        return stored_explanations.loaded(self.explanation)

    @property
    def is_by_meter(self) -> bool:
        return self.basis == Basis.READING


class OpeningDebt(models.Model):
    """An unpaid charge that an account brings from before the portal."""

    account = models.ForeignKey(
        Account, verbose_name=_("Customer account"), on_delete=models.PROTECT, related_name="opening_debts"
    )
    period = models.DateField(_("Period"))
    due_on = models.DateField(_("Due"))
    amount = models.DecimalField(_("Sum, ₽"), max_digits=12, decimal_places=2)

    class Meta:
        verbose_name = _("Debt from before")
        verbose_name_plural = _("Debts from before")
        constraints = [
            models.UniqueConstraint("account", "period", name="billing_opening_debt_once"),
            models.CheckConstraint(name="billing_opening_debt_positive", condition=Q(amount__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{period_text(self.period)}: {money_text(self.amount)}"


class Correction(models.Model):
    """A sum that an accountant books with a reason and a document; nothing computed is edited."""

    account = models.ForeignKey(
        Account, verbose_name=_("Customer account"), on_delete=models.PROTECT, related_name="corrections"
    )
    service = models.CharField(_("Service"), max_length=12, choices=service_choices, blank=True)
    for_period = models.DateField(_("For the month"))
    amount = models.DecimalField(_("Sum, ₽"), max_digits=12, decimal_places=2)
    reason = models.CharField(_("Reason"), max_length=250)
    document = models.CharField(_("Document"), max_length=120)
    booked_on = models.DateField(_("Booked"))
    booked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("Booked by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("Approved by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    created_at = models.DateTimeField(_("Entered"), auto_now_add=True)

    class Meta:
        verbose_name = _("Correction")
        verbose_name_plural = _("Corrections")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="billing_correction_not_zero",
                condition=~Q(amount=0),
                violation_error_message=_("A correction is not zero."),
            ),
            models.CheckConstraint(
                name="billing_correction_reasoned",
                condition=~Q(reason="") & ~Q(document=""),
                violation_error_message=_("A correction needs a reason and a document."),
            ),
            models.CheckConstraint(
                name="billing_correction_two_people",
                condition=Q(approved_by=None) | Q(booked_by=None) | ~Q(approved_by=F("booked_by")),
            ),
        ]

    def __str__(self) -> str:
        return f"{date_text(self.booked_on, year=True)}: {money_text(self.amount)}"
