"""Every number of the calculation, dated: a value is in force from its day until the next one."""

from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.accounts.enums import service_choices
from portal.core import service_catalogue
from portal.core.dated_numbers import DatedNumber
from portal.core.formatting import exact_text


class Rate(DatedNumber):
    """A price per m³, with VAT. Rows only grow; one that no closing has used may be withdrawn for a new one."""

    service = models.CharField(_("Service"), max_length=12, choices=service_choices)
    valid_from = models.DateField(_("In force from"))
    price = models.DecimalField(_("₽ per m³"), max_digits=10, decimal_places=4)
    source = models.CharField(_("Source"), max_length=250, help_text=_("The decision that set it."))
    page_id = models.PositiveIntegerField(_("Page"), null=True, blank=True)
    revision_id = models.PositiveIntegerField(_("Revision"), null=True, blank=True)

    class Meta:
        verbose_name = _("Rate")
        verbose_name_plural = _("Rates")
        ordering = ["service", "-valid_from"]
        constraints = [
            models.CheckConstraint(
                name="billing_rate_positive",
                condition=Q(price__gt=0),
                violation_error_message=_("A rate is above zero."),
            ),
            models.UniqueConstraint(
                "service",
                "valid_from",
                condition=Q(withdrawn_at=None),
                name="billing_rate_once",
                violation_error_message=_("This service has a rate from this day already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_service_display()} {self.valid_from:%d.%m.%Y}: {exact_text(self.price, least=2)}"


class DatedValue(DatedNumber):
    """A number of a service in force from a day on."""

    service = models.CharField(_("Service"), max_length=12, choices=service_choices)
    valid_from = models.DateField(_("In force from"))
    source = models.CharField(_("Source"), max_length=250, blank=True)

    class Meta:
        abstract = True
        ordering = ["service", "-valid_from"]

    def __str__(self) -> str:
        value: Decimal = self.value  # type: ignore[attr-defined]  # each table's own column
        return f"{self.get_service_display()} {self.valid_from:%d.%m.%Y}: {exact_text(value)}"


class Norm(DatedValue):
    """Consumption norm, m³ per person per month."""

    value = models.DecimalField(_("m³ per person per month"), max_digits=8, decimal_places=6)

    class Meta(DatedValue.Meta):
        verbose_name = _("Norm")
        verbose_name_plural = _("Norms")
        constraints = [
            models.CheckConstraint(
                name="billing_norm_positive",
                condition=Q(value__gt=0),
                violation_error_message=_("A norm is above zero."),
            ),
            models.UniqueConstraint(
                "service",
                "valid_from",
                condition=Q(withdrawn_at=None),
                name="billing_norm_once",
                violation_error_message=_("This service has a norm from this day already."),
            ),
        ]


class RaisingCoefficient(DatedValue):
    """Coefficient that multiplies the norm where no valid meter is installed (Rules 354, п. 42, 60)."""

    value = models.DecimalField(_("Coefficient"), max_digits=6, decimal_places=4)

    class Meta(DatedValue.Meta):
        verbose_name = _("Raising coefficient")
        verbose_name_plural = _("Raising coefficients")
        constraints = [
            models.CheckConstraint(
                name="billing_raising_from_one",
                condition=Q(value__gte=1),
                violation_error_message=_("A raising coefficient is 1 or more."),
            ),
            models.CheckConstraint(
                name="billing_raising_service",
                condition=Q(service__in=list(service_catalogue.RAISED)),
                violation_error_message=_("The norm of this service is never raised."),
            ),
            models.UniqueConstraint(
                "service",
                "valid_from",
                condition=Q(withdrawn_at=None),
                name="billing_raising_once",
                violation_error_message=_("This service has a coefficient from this day already."),
            ),
        ]


class KeyRate(DatedNumber):
    """The key rate of the Bank of Russia, % a year."""

    valid_from = models.DateField(_("In force from"))
    percent = models.DecimalField(_("% a year"), max_digits=6, decimal_places=4)

    class Meta:
        verbose_name = _("Key rate")
        verbose_name_plural = _("Key rates")
        ordering = ["-valid_from"]
        constraints = [
            models.CheckConstraint(
                name="billing_key_rate_positive",
                condition=Q(percent__gt=0),
                violation_error_message=_("A key rate must be above zero."),
            ),
            models.UniqueConstraint(
                "valid_from",
                condition=Q(withdrawn_at=None),
                name="billing_key_rate_once",
                violation_error_message=_("There is a key rate from this day already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.valid_from:%d.%m.%Y}: {exact_text(self.percent)} %"


class KeyRateCap(DatedNumber):
    """The limit of the key rate for penalties, from a day to a day (both inclusive; open while None)."""

    valid_from = models.DateField(_("In force from"))
    valid_until = models.DateField(_("Until"), null=True, blank=True)
    percent = models.DecimalField(_("% a year"), max_digits=6, decimal_places=4)
    source = models.CharField(_("Source"), max_length=250, blank=True)

    class Meta:
        verbose_name = _("Limit of the key rate")
        verbose_name_plural = _("Limits of the key rate")
        ordering = ["-valid_from"]
        constraints = [
            models.CheckConstraint(
                name="billing_cap_positive",
                condition=Q(percent__gt=0),
                violation_error_message=_("A limit of the key rate must be above zero."),
            ),
            models.CheckConstraint(
                name="billing_cap_dates",
                condition=Q(valid_until=None) | Q(valid_until__gte=models.F("valid_from")),
                violation_error_message=_("The last day is not before the first."),
            ),
            models.UniqueConstraint(
                "valid_from",
                condition=Q(withdrawn_at=None),
                name="billing_cap_once",
                violation_error_message=_("There is a limit from this day already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.valid_from:%d.%m.%Y}: {exact_text(self.percent)} %"


class VatRate(DatedNumber):
    """VAT that the rates include, %; None: no VAT."""

    valid_from = models.DateField(_("In force from"))
    percent = models.DecimalField(_("%"), max_digits=5, decimal_places=2, null=True, blank=True)

    class Meta:
        verbose_name = _("VAT")
        verbose_name_plural = _("VAT")
        ordering = ["-valid_from"]
        constraints = [
            models.UniqueConstraint(
                "valid_from",
                condition=Q(withdrawn_at=None),
                name="billing_vat_once",
                violation_error_message=_("There is a rate of VAT from this day already."),
            ),
        ]

    def __str__(self) -> str:
        share = _("no VAT") if self.percent is None else f"{exact_text(self.percent)} %"
        return f"{self.valid_from:%d.%m.%Y}: {share}"


class WorkdayYear(DatedNumber):
    """A year whose working days are known. Without it no period due in it is closed.

    Until `by_decree` its days are those of article 112 of the Labour Code alone.
    """

    year = models.PositiveSmallIntegerField(_("Year"))
    by_decree = models.BooleanField(
        _("The Government's transfers are entered"),
        default=False,
        help_text=_("Tick it once the decree's days are entered as transferred days, or if the decree moves none."),
    )
    source = models.CharField(_("Source"), max_length=250, blank=True, help_text=_("The decree: its date and number."))

    class Meta:
        verbose_name = _("Working-day calendar")
        verbose_name_plural = _("Working-day calendars")
        ordering = ["-year"]
        constraints = [
            models.UniqueConstraint(
                "year",
                condition=Q(withdrawn_at=None),
                name="billing_workday_year_once",
                violation_error_message=_("The calendar of this year is entered already."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.year)


class WorkdayException(DatedNumber):
    """A day that is working, or off, other than weekends and holidays say."""

    day = models.DateField(_("Day"))
    working = models.BooleanField(_("Working"), default=False)

    class Meta:
        verbose_name = _("Transferred day")
        verbose_name_plural = _("Transferred days")
        ordering = ["-day"]
        constraints = [
            models.UniqueConstraint(
                "day",
                condition=Q(withdrawn_at=None),
                name="billing_workday_once",
                violation_error_message=_("This day is entered already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day:%d.%m.%Y}"


class BillingSettings(DatedNumber):
    """The company's rules of calculation, for periods from `valid_from` on."""

    valid_from = models.DateField(_("From period"), help_text=_("The first day of a month."))
    estimate_limit = models.PositiveSmallIntegerField(
        _("Months by the average"), default=3, help_text=_("In a row without a metered volume; then the norm applies.")
    )
    average_months = models.PositiveSmallIntegerField(
        _("Months averaged"), default=6, validators=[MinValueValidator(1), MaxValueValidator(24)]
    )
    average_minimum = models.PositiveSmallIntegerField(
        _("Months needed for an average"), default=3, validators=[MinValueValidator(1), MaxValueValidator(24)]
    )
    raising_where_feasible = models.BooleanField(_("Raise the norm where a meter can be mounted"), default=True)
    penalties = models.BooleanField(_("Charge penalties"), default=True)

    class Meta:
        verbose_name = _("Rules of calculation")
        verbose_name_plural = _("Rules of calculation")
        ordering = ["-valid_from"]
        constraints = [
            models.CheckConstraint(
                name="billing_settings_first_day",
                condition=Q(valid_from__day=1),
                violation_error_message=_("A period starts on the first day of a month."),
            ),
            models.CheckConstraint(name="billing_settings_months", condition=Q(average_months__gte=1)),
            models.UniqueConstraint(
                "valid_from",
                condition=Q(withdrawn_at=None),
                name="billing_settings_once",
                violation_error_message=_("There are rules from this month already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.valid_from:%Y-%m}"
