"""Reminders of debts: their days and least sum, and which step of which debt was sent."""

from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, HelpPanel, MultiFieldPanel
from wagtail.contrib.settings.models import BaseGenericSetting, register_setting

from portal.accounts.models import Account
from portal.billing.calculation.reminders import ReminderDays


def _days(label: Any, default: int, least: int, most: int, help_text: Any = "") -> models.PositiveSmallIntegerField:
    return models.PositiveSmallIntegerField(
        label, default=default, help_text=help_text, validators=[MinValueValidator(least), MaxValueValidator(most)]
    )


@register_setting(icon="mail")
class DebtReminderSettings(BaseGenericSetting):
    """Settings of reminders of overdue debts."""

    is_enabled = models.BooleanField(
        _("Remind of debts"), default=True, help_text=_("Unticked: no reminder of a debt is sent at all.")
    )
    first_days = _days(_("First reminder, days after the due day"), 3, 1, 60)
    second_days = _days(_("Second reminder, days after the due day"), 15, 2, 90)
    third_days = _days(_("Third reminder, days after the due day"), 28, 3, 120)
    repeat_days = _days(
        _("Then every, days"), 30, 7, 365, _("Counted from the third reminder, while the debt is open.")
    )
    least_sum = models.DecimalField(
        _("From an overdue sum of, ₽"),
        max_digits=9,
        decimal_places=2,
        default=Decimal("100.00"),
        validators=[MinValueValidator(Decimal("0.01")), MaxValueValidator(Decimal("100000.00"))],
        help_text=_("No reminder is sent about a smaller sum; overdue debts of all months are added up."),
    )

    panels = [
        HelpPanel(
            content=_(
                "Every day at 10:00 the present holders of accounts whose overdue debts reach the sum below are "
                "reminded, each step of a debt once; a payment stops it. The text is in «Notices», «Texts»."
            )
        ),
        FieldPanel("is_enabled"),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("first_days"), FieldPanel("second_days")]),
                FieldRowPanel([FieldPanel("third_days"), FieldPanel("repeat_days")]),
            ],
            _("Days"),
        ),
        FieldPanel("least_sum"),
    ]

    class Meta:
        verbose_name = _("Reminders of debts")
        constraints = [
            models.CheckConstraint(
                name="billing_reminder_days_in_order",
                condition=Q(first_days__gte=1, second_days__gt=F("first_days"), third_days__gt=F("second_days"))
                & Q(repeat_days__gte=7),
                violation_error_message=_("Each reminder must come later than the one before it."),
            ),
            models.CheckConstraint(
                name="billing_reminder_least_sum",
                condition=Q(least_sum__gt=0),
                violation_error_message=_("The sum must be above zero."),
            ),
        ]

    def clean(self) -> None:
        """Refuse days out of order, at the field. Raises ValidationError."""
        super().clean()
        wrong = {}
        message = _("Each reminder must come later than the one before it.")
        if self.first_days and self.second_days and self.second_days <= self.first_days:
            wrong["second_days"] = message
        if self.second_days and self.third_days and self.third_days <= self.second_days:
            wrong["third_days"] = message
        if wrong:
            raise ValidationError(wrong)

    @property
    def days(self) -> ReminderDays:
        """The days as plain numbers."""
        return ReminderDays(self.first_days, self.second_days, self.third_days, self.repeat_days)


class DebtReminder(models.Model):
    """One step of reminding of an account's debt for a month; each step exists once.

    `is_sent` is false for a step that a letter of another debt covered: that letter named the whole overdue sum.
    """

    account = models.ForeignKey(
        Account, verbose_name=_("Account"), on_delete=models.CASCADE, related_name="debt_reminders"
    )
    period = models.DateField(_("Month of the debt"))
    due_on = models.DateField(_("Due by"))
    step = models.PositiveIntegerField(_("Step, days after the due day"))
    overdue = models.DecimalField(_("Overdue, ₽"), max_digits=12, decimal_places=2)
    is_sent = models.BooleanField(_("A message was sent"), default=True)
    reminded_on = models.DateField(_("Reminded on"))

    class Meta:
        verbose_name = _("Reminder of a debt")
        verbose_name_plural = _("Reminders of debts")
        ordering = ["-reminded_on", "-pk"]
        constraints = [
            models.UniqueConstraint("account", "period", "step", name="billing_reminder_step_once"),
            models.CheckConstraint(name="billing_reminder_of_a_debt", condition=Q(overdue__gt=0, step__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.period:%Y-%m} {self.step}"
