"""Meters and their readings."""

from decimal import Decimal

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail.admin.panels import FieldPanel
from wagtail.contrib.settings.models import BaseGenericSetting, register_setting

from portal.accounts.enums import service_choices
from portal.accounts.models import Account
from portal.core import clock, service_catalogue
from portal.core.formatting import date_text
from portal.metering.calculation import MAXIMUM_FLOW, ReadingLimits
from portal.metering.enums import ReadingSource, Status


@register_setting(icon="warning")
class MeteringSettings(BaseGenericSetting):
    """Settings of unusual readings."""

    high_times = models.DecimalField(
        _("Ask when above the usual, times"),
        max_digits=4,
        decimal_places=1,
        default=3,
        validators=[MinValueValidator(1)],
        help_text=_("A volume above so many times the usual is asked about once, then accepted and flagged."),
    )
    leak_times = models.DecimalField(
        _("Leak hint, times last year"),
        max_digits=4,
        decimal_places=1,
        default=2,
        validators=[MinValueValidator(1)],
        help_text=_("A volume above so many times the same month a year before is flagged as a possible leak."),
    )
    zero_months = models.PositiveSmallIntegerField(
        _("No movement, months"),
        default=3,
        validators=[MinValueValidator(1), MaxValueValidator(12)],
        help_text=_("A meter that has not moved for so many months is flagged."),
    )
    usual_months = models.PositiveSmallIntegerField(
        _("Usual consumption over, months"), default=6, validators=[MinValueValidator(2), MaxValueValidator(24)]
    )

    first_high = models.DecimalField(
        _("Without a history, ask above, m³ a month"),
        max_digits=8,
        decimal_places=1,
        default=60,
        validators=[MinValueValidator(1), MaxValueValidator(100_000)],
        help_text=_("A new meter has no usual consumption for two months: more than this is asked about and flagged."),
    )
    untyped_flow = models.DecimalField(
        _("Maximum flow without a type, m³ an hour"),
        max_digits=7,
        decimal_places=3,
        default=MAXIMUM_FLOW[20],
        validators=[MinValueValidator(Decimal("0.5")), MaxValueValidator(1_000)],
        help_text=_(
            "For meters whose type is not entered. A reading that implies more than this flow around "
            "the clock since the last reading is refused. 5 m³ per hour corresponds to a 20 mm "
            "meter; meter types have a flow of their own."
        ),
    )

    panels = [
        FieldPanel("high_times"),
        FieldPanel("leak_times"),
        FieldPanel("zero_months"),
        FieldPanel("usual_months"),
        FieldPanel("first_high"),
        FieldPanel("untyped_flow"),
    ]

    class Meta:
        verbose_name = _("Unusual readings")

    @property
    def limits(self) -> ReadingLimits:
        """The same as plain numbers."""
        return ReadingLimits(
            high_times=self.high_times,
            leak_times=self.leak_times,
            zero_months=self.zero_months,
            usual_months=self.usual_months,
            first_high=self.first_high,
            untyped_flow=self.untyped_flow,
        )


class MeterType(models.Model):
    """A type of meter with its verification interval."""

    name = models.CharField(_("Type"), max_length=80, unique=True)
    digits = models.PositiveSmallIntegerField(
        _("Whole digits"), default=5, validators=[MinValueValidator(4), MaxValueValidator(8)]
    )
    interval_months = models.PositiveSmallIntegerField(_("Verification interval, months"), default=72)
    nominal_diameter = models.PositiveSmallIntegerField(
        _("Nominal diameter, mm"), default=15, choices=[(diameter, f"{diameter} мм") for diameter in MAXIMUM_FLOW]
    )
    maximum_flow = models.DecimalField(
        _("Maximum flow, m³ an hour"),
        max_digits=7,
        decimal_places=3,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal("0.5")), MaxValueValidator(1_000)],
        help_text=_(
            "Q4 or Qmax from the meter's data sheet. Empty: by the diameter (15 mm: 3.125; 20 mm: 5; "
            "25 mm: 7.875). A reading that implies more than this flow around the clock since the "
            "last reading is refused."
        ),
    )

    class Meta:
        verbose_name = _("Meter type")
        verbose_name_plural = _("Meter types")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                name="metering_type_flow_positive", condition=Q(maximum_flow=None) | Q(maximum_flow__gt=0)
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def flow(self) -> Decimal:
        """The most that passes it, m³ an hour."""
        return MAXIMUM_FLOW[self.nominal_diameter] if self.maximum_flow is None else self.maximum_flow


class Meter(models.Model):
    """A meter of one service of an account. Its volume counts from `commissioned_on`, starting at `start_value`."""

    account = models.ForeignKey(
        Account, verbose_name=_("Customer account"), on_delete=models.PROTECT, related_name="meters"
    )
    service = models.CharField(_("Service"), max_length=12, choices=service_choices)
    place = models.CharField(_("Place"), max_length=60, blank=True, help_text=_("Kitchen, bathroom…"))
    type = models.ForeignKey(
        MeterType, verbose_name=_("Type"), null=True, blank=True, on_delete=models.PROTECT, related_name="meters"
    )
    serial_number = models.CharField(_("Serial number"), max_length=40)
    digits = models.PositiveSmallIntegerField(
        _("Whole digits"), default=5, validators=[MinValueValidator(3), MaxValueValidator(9)]
    )
    seal_number = models.CharField(_("Seal number"), max_length=40, blank=True)
    mounted_on = models.DateField(_("Installed"), null=True, blank=True)
    commissioned_on = models.DateField(_("Counts from"))
    start_value = models.DecimalField(_("Start reading, m³"), max_digits=12, decimal_places=3)
    verified_until = models.DateField(_("Verification valid until"), help_text=_("Inclusive."))
    out_of_order_from = models.DateField(_("Out of order from"), null=True, blank=True)
    closed_on = models.DateField(_("Closed"), null=True, blank=True)
    closing_value = models.DecimalField(
        _("Closing reading, m³"), max_digits=12, decimal_places=3, null=True, blank=True
    )

    class Meta:
        verbose_name = _("Meter")
        verbose_name_plural = _("Meters")
        ordering = ["account", "service", "place", "pk"]
        constraints = [
            models.CheckConstraint(name="metering_meter_digits", condition=Q(digits__gte=3, digits__lte=9)),
            models.CheckConstraint(name="metering_meter_start", condition=Q(start_value__gte=0)),
            models.CheckConstraint(
                name="metering_meter_service",
                condition=Q(service__in=list(service_catalogue.METERED)),
                violation_error_message=_("No meter measures this service."),
            ),
            models.CheckConstraint(
                name="metering_meter_closed_whole",
                condition=Q(closed_on=None, closing_value=None) | Q(closed_on__isnull=False),
            ),
            models.UniqueConstraint(
                "serial_number",
                "service",
                condition=Q(closed_on=None),
                name="metering_meter_serial_once",
                violation_error_message=_("There is already an active meter with this serial number."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_service_display()} № {self.serial_number}"

    def clean(self) -> None:
        """A meter is out of order from a day on which it counted, not from one ahead."""
        super().clean()
        day = self.out_of_order_from
        if day is None or Meter.objects.filter(pk=self.pk, out_of_order_from=day).exists():
            return
        if day > clock.today():
            raise ValidationError({"out_of_order_from": _("This day has not come yet.")})
        if self.commissioned_on and day < self.commissioned_on:
            raise ValidationError(
                {
                    "out_of_order_from": _("The meter counts from %(day)s: it cannot be out of order before.")
                    % {"day": date_text(self.commissioned_on, year=True)}
                }
            )

    @property
    def largest_value(self) -> int:
        """Readings are below this: 10 to the number of whole digits."""
        return 10**self.digits


class UnverifiedSpan(models.Model):
    """Days (inclusive) between a verification that ended and the next one: what the meter showed then never counts."""

    meter = models.ForeignKey(Meter, verbose_name=_("Meter"), on_delete=models.CASCADE, related_name="unverified_spans")
    since = models.DateField(pgettext_lazy("portal", "From"))
    until = models.DateField(_("Until"), help_text=_("Inclusive."))
    value = models.DecimalField(_("Reading on the day of the verification, m³"), max_digits=12, decimal_places=3)

    class Meta:
        verbose_name = _("Days without verification")
        verbose_name_plural = _("Days without verification")
        ordering = ["meter", "since"]
        constraints = [
            models.CheckConstraint(name="metering_unverified_order", condition=Q(until__gte=models.F("since"))),
            models.UniqueConstraint("meter", "since", name="metering_unverified_once"),
        ]

    def __str__(self) -> str:
        return f"{self.meter_id}: {self.since}–{self.until}"


class Reading(models.Model):
    """A value that a meter showed on a day, in m³. What replaced it stays beside it."""

    meter = models.ForeignKey(
        Meter, verbose_name=_("Meter"), on_delete=models.PROTECT, related_name="readings", db_index=False
    )
    value = models.DecimalField(_("Reading, m³"), max_digits=12, decimal_places=3)
    taken_on = models.DateField(_("Day"))
    source = models.CharField(_("Source"), max_length=8, choices=ReadingSource.choices)
    status = models.CharField(
        pgettext_lazy("portal", "Status"), max_length=8, choices=Status.choices, default=Status.ACCEPTED
    )
    rollover = models.BooleanField(_("Turned past the last digit"), default=False)
    flags = models.JSONField(_("Flags"), default=list, blank=True)
    reviewed_at = models.DateTimeField(_("Reviewed"), null=True, blank=True)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("Reviewed by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    report = models.CharField(_("Report"), max_length=80, blank=True)
    flow_reason = models.CharField(
        _("Why above the maximum flow"),
        max_length=250,
        blank=True,
        default="",
        db_default="",
        help_text=_("An engineer's reason for a reading above what the meter can pass."),
    )
    accepted_at = models.DateTimeField(_("Accepted at"))
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("Entered by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    replaces = models.OneToOneField(
        "self", verbose_name=_("Replaces"), null=True, blank=True, on_delete=models.PROTECT, related_name="replaced_by"
    )

    class Meta:
        verbose_name = _("Reading")
        verbose_name_plural = _("Readings")
        ordering = ["-taken_on", "-pk"]
        indexes = [
            models.Index(fields=["meter", "taken_on"], name="metering_reading_day"),
            models.Index(fields=["meter", "id"], name="metering_reading_number"),
        ]
        constraints = [
            models.CheckConstraint(name="metering_reading_value", condition=Q(value__gte=0)),
            models.UniqueConstraint(
                "meter", "taken_on", condition=Q(status="accepted"), name="metering_reading_one_a_day"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.meter_id}: {self.value} ({self.taken_on})"

    @property
    def number(self) -> str:
        """The number that the resident is shown."""
        return f"{self.pk:06}"

    @property
    def is_accepted(self) -> bool:
        return self.status == Status.ACCEPTED

    @property
    def is_replaced(self) -> bool:
        return self.status == Status.REPLACED
