"""Closings of periods as work: a run, its parts, what could not be computed, and the month's calendar."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.billing.enums import ClosingStatus, StepStatus
from portal.core.formatting import period_text
from portal.core.runs.models import AccountFailure, AccountRange, Run, range_constraints


class PeriodRunQuerySet(models.QuerySet["PeriodRun"]):
    """Closings by whether they stand."""

    def active(self) -> Self:
        """Return those that were not reversed: at most one a period."""
        return self.exclude(status=ClosingStatus.REVERSED)

    def newest(self) -> "PeriodRun | None":
        """The one of the latest period (one query)."""
        return self.order_by("-period").first()


class PeriodRun(Run):
    """The closing of one period."""

    period = models.DateField(_("Period"))
    closing_day = models.DateField(_("Closing day"))
    status = models.CharField(
        pgettext_lazy("portal", "Status"),
        max_length=10,
        choices=ClosingStatus.choices,
        default=ClosingStatus.RUNNING,
    )
    reversed_at = models.DateTimeField(_("Reversed"), null=True, blank=True)
    reversal_reason = models.CharField(_("Why reversed"), max_length=250, blank=True)
    reversed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("Reversed by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )

    objects = PeriodRunQuerySet.as_manager()

    class Meta:
        verbose_name = _("Closing of a period")
        verbose_name_plural = _("Closings of periods")
        ordering = ["-period", "-pk"]
        constraints = [
            models.UniqueConstraint("period", condition=~Q(status="reversed"), name="billing_run_once"),
            models.CheckConstraint(name="billing_run_period", condition=Q(period__day=1)),
        ]

    def __str__(self) -> str:
        return period_text(self.period)

    @property
    def is_done(self) -> bool:
        return self.status == ClosingStatus.DONE

    @property
    def is_incomplete(self) -> bool:
        """Whether some accounts still wait."""
        return self.status == ClosingStatus.INCOMPLETE


class RunChunk(AccountRange):
    """Part of a closing: one job, one transaction."""

    run = models.ForeignKey(PeriodRun, verbose_name=_("Run"), on_delete=models.CASCADE, related_name="chunks")

    class Meta(AccountRange.Meta):
        verbose_name = _("Part of a closing")
        verbose_name_plural = _("Parts of closings")
        constraints = range_constraints("billing_chunk")


class RunFailure(AccountFailure):
    """An account that a closing could not compute."""

    run = models.ForeignKey(PeriodRun, verbose_name=_("Run"), on_delete=models.CASCADE, related_name="failures")

    class Meta(AccountFailure.Meta):
        verbose_name = _("Account not closed")
        verbose_name_plural = _("Accounts not closed")
        constraints = [models.UniqueConstraint("run", "account", name="billing_failure_once")]


class ReversalRun(Run):
    """The reversal of a closing: the mirror of what it booked. Who reversed it and why stands on the closing."""

    closing = models.OneToOneField(
        PeriodRun, verbose_name=_("Closing of a period"), on_delete=models.PROTECT, related_name="reversal"
    )
    booked_on = models.DateField(_("Booked on"))

    class Meta:
        verbose_name = _("Reversal of a closing")
        verbose_name_plural = _("Reversals of closings")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return str(self.closing)


class ReversalChunk(AccountRange):
    """Part of a reversal: one job."""

    run = models.ForeignKey(
        ReversalRun, verbose_name=_("Reversal of a closing"), on_delete=models.CASCADE, related_name="chunks"
    )
    entries = models.PositiveIntegerField(_("Entries"), default=0)

    class Meta(AccountRange.Meta):
        verbose_name = _("Part of a reversal")
        verbose_name_plural = _("Parts of reversals")
        constraints = range_constraints("billing_reversal_chunk")


class CalendarStep(models.Model):
    """A step of a month's calendar that ran: which, for which period, when, with what result."""

    period = models.DateField(_("Period"))
    step = models.CharField(_("Step"), max_length=20)
    due_on = models.DateField(_("Due"))
    status = models.CharField(pgettext_lazy("portal", "Status"), max_length=6, choices=StepStatus.choices)
    ran_at = models.DateTimeField(_("Ran"))
    result = models.CharField(_("Result"), max_length=250, blank=True)

    class Meta:
        verbose_name = _("Step of the month")
        verbose_name_plural = _("Steps of the month")
        ordering = ["-period", "due_on"]
        constraints = [models.UniqueConstraint("period", "step", name="billing_step_once")]

    def __str__(self) -> str:
        return f"{self.period:%Y-%m} {self.step}"


class LedgerCheck(models.Model):
    """One proof of the ledger: how many entries were checked and what does not agree."""

    ran_at = models.DateTimeField(_("Ran"))
    entries = models.PositiveBigIntegerField(_("Entries"))
    problems = models.PositiveIntegerField(_("Problems"))
    listed = models.JSONField(_("The first of them"), default=list, blank=True)
    last_seal = models.PositiveIntegerField(
        _("Up to seal"), default=0, help_text=_("Number of the last seal that was compared; 0 for none.")
    )
    broken_seals = models.JSONField(
        _("Seals that do not agree"), default=list, blank=True, help_text=_("Their numbers.")
    )

    class Meta:
        verbose_name = _("Check of the ledger")
        verbose_name_plural = _("Checks of the ledger")
        ordering = ["-ran_at"]

    def __str__(self) -> str:
        return f"{self.ran_at:%Y-%m-%d %H:%M}: {self.problems}"
