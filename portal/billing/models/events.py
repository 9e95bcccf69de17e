"""Events that change charges: interruptions of supply and tampering reports."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.accounts.enums import service_choices
from portal.accounts.models import Account, House
from portal.billing.enums import InterruptionStatus
from portal.core import service_catalogue
from portal.core.models import PrivateFile


class Interruption(models.Model):
    """A break of one service in one house; proposed by a finished outage, applied once an accountant approved it."""

    house = models.ForeignKey(House, verbose_name=_("House"), on_delete=models.PROTECT, related_name="interruptions")
    service = models.CharField(_("Service"), max_length=12, choices=service_choices)
    started_at = models.DateTimeField(pgettext_lazy("portal", "From"))
    ended_at = models.DateTimeField(_("Until"))
    status = models.CharField(
        pgettext_lazy("portal", "Status"),
        max_length=10,
        choices=InterruptionStatus.choices,
        default=InterruptionStatus.PROPOSED,
    )
    source = models.CharField(_("Source"), max_length=120, help_text=_("The outage that proposed it."))
    decided_at = models.DateTimeField(_("Decided"), null=True, blank=True)
    recorded_at = models.DateTimeField(
        _("Decision recorded"),
        null=True,
        blank=True,
        db_index=True,
        help_text=_("By the real clock: a closing that began later takes the decision into account."),
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("Decided by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )

    class Meta:
        verbose_name = _("Interruption")
        verbose_name_plural = _("Interruptions")
        ordering = ["-started_at"]
        indexes = [models.Index(fields=["house", "started_at"], name="billing_interruption_house")]
        constraints = [
            models.CheckConstraint(
                name="billing_interruption_order",
                condition=Q(ended_at__gt=models.F("started_at")),
                violation_error_message=_("The end must be later than the beginning."),
            ),
            models.UniqueConstraint(
                "house",
                "service",
                "started_at",
                name="billing_interruption_once",
                violation_error_message=_("This interruption already exists."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.house_id} {self.service} {self.started_at:%d.%m.%Y %H:%M}"

    @property
    def is_approved(self) -> bool:
        return self.status == InterruptionStatus.APPROVED


class TamperingReport(models.Model):
    """A report of tampering with a meter or of an unauthorised connection: norm × 10 (Rules 354, п. 62)."""

    account = models.ForeignKey(
        Account, verbose_name=_("Customer account"), on_delete=models.PROTECT, related_name="tampering_reports"
    )
    service = models.CharField(_("Service"), max_length=12, choices=service_choices)
    number = models.CharField(pgettext_lazy("tampering", "Report"), max_length=40, unique=True)
    drawn_on = models.DateField(_("Date of the report"))
    since = models.DateField(pgettext_lazy("portal", "From"), help_text=_("At most three months before the report."))
    until = models.DateField(_("Until"), help_text=_("Inclusive."))
    file = models.OneToOneField(
        PrivateFile, verbose_name=_("File"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("Entered by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    entered_at = models.DateTimeField(_("Entered"), auto_now_add=True)

    class Meta:
        verbose_name = _("Tampering report")
        verbose_name_plural = _("Tampering reports")
        ordering = ["-drawn_on"]
        constraints = [
            models.CheckConstraint(
                name="billing_tampering_order",
                condition=Q(until__gte=models.F("since"), until__lte=models.F("drawn_on")),
                violation_error_message=_("The last day is not before the first, nor after the date of the report."),
            ),
            models.CheckConstraint(
                name="billing_tampering_service",
                condition=Q(service__in=list(service_catalogue.METERED)),
                violation_error_message=_("A report concerns a service with meters."),
            ),
        ]

    def __str__(self) -> str:
        return self.number
