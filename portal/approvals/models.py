"""Limits of what one person may do with money, and every operation that was counted against them."""

from decimal import Decimal

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail.admin.panels import FieldPanel, FieldRowPanel
from wagtail.contrib.settings.models import BaseGenericSetting, register_setting

from portal.accounts.models import Account
from portal.approvals.enums import OperationKind, OperationState


@register_setting(icon="group")
class ApprovalSettings(BaseGenericSetting):
    """From which sum money needs a second person. No role may change it: the superuser's alone."""

    second_person_above = models.DecimalField(
        _("A second person above, ₽"),
        max_digits=10,
        decimal_places=2,
        default=Decimal("3000.00"),
        validators=[MinValueValidator(Decimal("0.00"))],
        help_text=_(
            "Refunds, corrections and recalculations of one person are added up: for one payment, and for one account "
            "within the days below. What goes above this sum waits for somebody else."
        ),
    )
    account_days = models.PositiveSmallIntegerField(
        _("Added up for one account within, days"),
        default=30,
        validators=[MinValueValidator(1), MaxValueValidator(366)],
    )
    day_above = models.DecimalField(
        _("A second person above, ₽ a day"),
        max_digits=10,
        decimal_places=2,
        default=Decimal("3000.00"),
        validators=[MinValueValidator(Decimal("0.00"))],
        help_text=_("Everything that one person does in a day, with all accounts. Not less than the sum above."),
    )

    panels = [
        FieldRowPanel([FieldPanel("second_person_above"), FieldPanel("account_days")]),
        FieldPanel("day_above"),
    ]

    class Meta:
        verbose_name = _("Money by two people")
        constraints = [
            models.CheckConstraint(
                name="approvals_day_not_below_single",
                condition=Q(day_above__gte=F("second_person_above")),
                violation_error_message=_("The limit of a day is not below that of one operation."),
            ),
        ]


class MoneyOperation(models.Model):
    """What an employee does with a resident's money: counted against their limits, and approved by another above them.

    `amount` in ₽, positive: the resident owes more. `moved` is what is counted, above zero. `subject` names what else
    the sum is counted for («payment:12»); `details` is what the owner of the kind needs to book it.
    """

    kind = models.CharField(_("Kind"), max_length=13, choices=OperationKind.choices)
    key = models.CharField(_("Idempotency key"), max_length=120, unique=True, editable=False)
    account = models.ForeignKey(
        Account, verbose_name=_("Customer account"), on_delete=models.PROTECT, related_name="money_operations"
    )
    subject = models.CharField(_("Counted for"), max_length=40, blank=True)
    amount = models.DecimalField(_("Sum, ₽"), max_digits=12, decimal_places=2)
    moved = models.DecimalField(_("Counted, ₽"), max_digits=12, decimal_places=2)
    reason = models.CharField(_("Reason"), max_length=250)
    document = models.CharField(_("Document"), max_length=120, blank=True)
    details = models.JSONField(_("Details"), default=dict, blank=True)
    state = models.CharField(_("State"), max_length=8, choices=OperationState.choices)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("Made by"),
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    made_at = models.DateTimeField(pgettext_lazy("approvals", "Made"))
    made_on = models.DateField(_("Day"), help_text=_("The business day whose limit it is counted against."))
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("Decided by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    decided_at = models.DateTimeField(_("Decided"), null=True, blank=True)
    answer = models.CharField(_("Answer"), max_length=250, blank=True)

    class Meta:
        verbose_name = _("Money operation")
        verbose_name_plural = _("Money operations")
        ordering = ["-made_at", "-pk"]
        permissions = [("approve_operation", _("Can approve money operations of others as the second person"))]
        indexes = [
            models.Index(fields=["made_by", "made_on"], name="approvals_of_a_day"),
            models.Index(fields=["state"], condition=Q(state="waiting"), name="approvals_waiting"),
        ]
        constraints = [
            models.CheckConstraint(name="approvals_kind", condition=Q(kind__in=OperationKind.values)),
            models.CheckConstraint(name="approvals_state", condition=Q(state__in=OperationState.values)),
            models.CheckConstraint(name="approvals_moved_positive", condition=Q(moved__gt=0)),
            models.CheckConstraint(
                name="approvals_two_people",
                condition=~Q(state="approved") | Q(made_by=None) | Q(decided_by=None) | ~Q(made_by=F("decided_by")),
            ),
            models.CheckConstraint(
                name="approvals_decided_dated",
                condition=Q(state__in=("approved", "rejected"), decided_at__isnull=False)
                | Q(state__in=("alone", "waiting"), decided_at=None)
                | Q(state="void"),
            ),
            models.CheckConstraint(name="approvals_rejected_why", condition=~Q(state="rejected") | ~Q(answer="")),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} №\u00a0{self.pk}"
