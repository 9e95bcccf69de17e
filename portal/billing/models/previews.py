"""Previews of closings: a run in parts and its result; and who released a closing out of the ordinary, and why."""

from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.contrib.settings.models import BaseGenericSetting, register_setting

from portal.billing.calculation.comparison import ClosingLimits, Finding
from portal.billing.models.runs import PeriodRun
from portal.core.formatting import period_text
from portal.core.runs.models import AccountRange, Run, range_constraints


def _whole(label: Any, default: int, least: int, most: int, text: Any = "") -> models.PositiveIntegerField:
    return models.PositiveIntegerField(
        label, default=default, help_text=text, validators=[MinValueValidator(least), MaxValueValidator(most)]
    )


def _decimal(label: Any, default: int, least: str, most: int, text: Any = "") -> models.DecimalField:
    return models.DecimalField(
        label,
        default=default,
        help_text=text,
        max_digits=5,
        decimal_places=1,
        validators=[MinValueValidator(Decimal(least)), MaxValueValidator(most)],
    )


@register_setting(icon="calendar-check")
class ClosingSettings(BaseGenericSetting):
    """From where on a closing stops and waits until somebody says that it is right."""

    total_percent = _whole(
        _("Total: differs by more than, %"),
        30,
        5,
        1000,
        _("From the month before and from the average of the three before it, up or down."),
    )
    lines_percent = _whole(_("Number of lines: differs by more than, %"), 20, 5, 1000)
    least_difference = _whole(
        _("Total: and by more than, ₽"), 50_000, 0, 100_000_000, _("A smaller difference never stops a closing.")
    )
    bill_factor = _decimal(
        _("A bill counts as high above, times the usual"),
        5,
        "1.5",
        100,
        _("The usual is the average of the account's bills of the three months before."),
    )
    least_bill = _whole(_("And above, ₽"), 5_000, 0, 1_000_000, _("A smaller bill is never called high."))
    high_bills_percent = _decimal(_("High bills: more than, per cent of accounts"), 1, "0.1", 100)
    largest_bill = _whole(_("A single bill above, ₽"), 100_000, 1_000, 100_000_000)
    flagged_percent = _decimal(_("Flagged readings nobody decided on: more than, per cent of accounts"), 10, "0.1", 100)
    reductions = _whole(_("Reductions for outages nobody decided on: more than"), 20, 0, 10_000)
    no_persons_percent = _decimal(_("Accounts without registered persons: more than, %"), 10, "0.1", 100)

    panels = [
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("total_percent"), FieldPanel("least_difference")]),
                FieldPanel("lines_percent"),
            ],
            _("The whole month"),
        ),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("bill_factor"), FieldPanel("least_bill")]),
                FieldRowPanel([FieldPanel("high_bills_percent"), FieldPanel("largest_bill")]),
            ],
            _("Single bills"),
        ),
        MultiFieldPanel(
            [FieldPanel("flagged_percent"), FieldPanel("reductions"), FieldPanel("no_persons_percent")],
            _("Not decided and not known"),
        ),
    ]

    class Meta:
        verbose_name = _("Check before a closing")

    @property
    def limits(self) -> ClosingLimits:
        """The same as plain numbers, sums in kopecks."""
        return ClosingLimits(
            total_percent=self.total_percent,
            lines_percent=self.lines_percent,
            least_difference=self.least_difference * 100,
            bill_factor=self.bill_factor,
            least_bill=self.least_bill * 100,
            high_bills_percent=self.high_bills_percent,
            largest_bill=self.largest_bill * 100,
            flagged_percent=self.flagged_percent,
            reductions=self.reductions,
            no_persons_percent=self.no_persons_percent,
        )


class PreviewRun(Run):
    """Preview of closing a period, computed at a moment; `facts` and `payments` are digests of what it rests on."""

    period = models.DateField(_("Period"))
    closing_day = models.DateField(_("Closing day"))
    facts = models.CharField(_("Digest of the facts"), max_length=64)
    payments = models.BigIntegerField(_("Last payment counted"), default=0)
    automatic = models.BooleanField(_("By the timetable"), default=False)
    result = models.JSONField(_("Result"), default=dict, blank=True)

    class Meta:
        verbose_name = _("Preview of a closing")
        verbose_name_plural = _("Previews of closings")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint("period", name="billing_preview_once"),
            models.CheckConstraint(name="billing_preview_period", condition=Q(period__day=1)),
            models.CheckConstraint(
                name="billing_preview_finished", condition=Q(status="running") | Q(finished_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return period_text(self.period)


class PreviewChunk(AccountRange):
    """Part of a preview: one job."""

    run = models.ForeignKey(PreviewRun, verbose_name=_("Run"), on_delete=models.CASCADE, related_name="chunks")
    result = models.JSONField(_("Result"), default=dict, blank=True)

    class Meta(AccountRange.Meta):
        verbose_name = _("Part of a preview")
        verbose_name_plural = _("Parts of previews")
        constraints = range_constraints("billing_preview_chunk")


class ClosingReview(models.Model):
    """A closing that was out of the ordinary: what was found, who said that it is right, when and why."""

    period = models.DateField(_("Period"))
    opened_at = models.DateTimeField(_("Stopped"))
    automatic = models.BooleanField(_("By the timetable"), default=False)
    findings = models.JSONField(_("What was found"), default=list)
    total = models.DecimalField(_("Total, ₽"), max_digits=14, decimal_places=2)
    computed_at = models.DateTimeField(_("Computed"))
    decided_at = models.DateTimeField(_("Decided at"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("Decided by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    reason = models.CharField(_("Reason"), max_length=250, blank=True)
    run = models.ForeignKey(
        PeriodRun, verbose_name=_("Run"), null=True, blank=True, on_delete=models.PROTECT, related_name="reviews"
    )

    class Meta:
        verbose_name = _("Closing out of the ordinary")
        verbose_name_plural = _("Closings out of the ordinary")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint("period", condition=Q(decided_at=None), name="billing_review_open_once"),
            models.CheckConstraint(name="billing_review_period", condition=Q(period__day=1)),
            models.CheckConstraint(
                name="billing_review_reasoned",
                condition=Q(decided_at=None) | ~Q(reason=""),
                violation_error_message=_("Enter why the closing is right."),
            ),
        ]

    def __str__(self) -> str:
        return period_text(self.period)

    @property
    def typed_findings(self) -> list[Finding]:
        """`findings` as the comparison returned them."""
        return [Finding.from_json(stored) for stored in self.findings]
