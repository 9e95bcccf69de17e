"""The company, its month's calendar, and private files."""

import uuid
from typing import TYPE_CHECKING, Any

from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.utils.functional import lazy
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.contrib.settings.models import BaseGenericSetting, register_setting

from portal.core import cache_version
from portal.core.appearance.contrast import HEX_COLOUR
from portal.core.appearance.fields import check_brand_colour
from portal.core.appearance.logo import Logo, renditions_of
from portal.core.appearance.palette import Palette, designed, palette
from portal.core.appearance.panel import AppearancePanel
from portal.core.appearance.stylesheet import version_of
from portal.core.bank_details import account_key_is_right, inn_key_is_right
from portal.core.dated_numbers import DatedNumber
from portal.core.enums import HealthStatus
from portal.core.files.storage import private_storage
from portal.core.payment_code_panel import PaymentCodePanel, code_of
from portal.core.qr import PaymentStringError
from portal.core.rate_limits.models import RateCounter, RateLimits  # noqa: F401 - Django finds the app's models here

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

# Keys of the cache: pages that may not ask the database name the company and its emergency number.
EMERGENCY_PHONE = "emergency-phone"
COMPANY_NAME = "company-name"


def _digits(*lengths: int) -> RegexValidator:
    pattern = "|".join(rf"\d{{{length}}}" for length in lengths)

    def label() -> str:
        return gettext("Needs %(lengths)s digits.") % {"lengths": gettext(" or ").join(map(str, lengths))}

    return RegexValidator(rf"\A(?:{pattern})\Z", lazy(label, str)())


CHANGE_BANK_DETAILS = "core.change_bank_details"


def _bank_detail(name: str) -> FieldPanel:
    """A field that is not in the form at all without the right: the permission of a group only hides it."""
    return FieldPanel(name, permission=CHANGE_BANK_DETAILS)


@register_setting(icon="home")
class CompanySettings(BaseGenericSetting):
    """Company details: name, bank details, phones. Control keys are checked when staff save."""

    name = models.CharField(_("Short name"), max_length=100)
    legal_name = models.CharField(
        _("Legal name"),
        max_length=160,
        help_text=_("A long one shortens the payment code of receipts: see its picture below after saving."),
    )
    inn = models.CharField(_("INN"), max_length=12, blank=True, validators=[_digits(10, 12)])
    kpp = models.CharField(_("KPP"), max_length=9, blank=True, validators=[_digits(9)])
    ogrn = models.CharField(_("OGRN"), max_length=15, blank=True, validators=[_digits(13, 15)])
    bank_name = models.CharField(_("Bank"), max_length=45, blank=True)
    bank_account = models.CharField(_("Bank account"), max_length=20, blank=True, validators=[_digits(20)])
    bic = models.CharField(_("BIC"), max_length=9, blank=True, validators=[_digits(9)])
    correspondent_account = models.CharField(
        _("Correspondent account"), max_length=20, blank=True, validators=[_digits(20)]
    )
    bank_details_confirmed = models.BooleanField(
        _("Save although a control key is wrong"),
        default=False,
        help_text=_("The key of an INN or a bank account did not match; tick to confirm the numbers as they are."),
    )
    address = models.CharField(_("Office address"), max_length=250, blank=True)
    office_hours = models.CharField(_("Office hours"), max_length=200, blank=True)
    office_phone = models.CharField(_("Office phone"), max_length=30, blank=True)
    emergency_phone = models.CharField(_("Emergency phone, 24/7"), max_length=30, blank=True)
    email = models.EmailField(_("E-mail"), blank=True)
    map_url = models.URLField(_("Map link"), blank=True)
    security_email = models.EmailField(
        _("E-mail for reports of vulnerabilities"),
        blank=True,
        help_text=_("Published at /.well-known/security.txt. Empty: the company's e-mail stands there."),
    )

    logo = models.ForeignKey(
        "wagtailimages.Image",
        verbose_name=_("Logo"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=_(
            "Shown in the header, the browser's tab and on the home screen of phones. Empty: the default drawing."
        ),
    )
    brand_colour = models.CharField(
        _("Colour"),
        max_length=7,
        blank=True,
        validators=[check_brand_colour],
        help_text=_("Buttons and links of the site, the office and letters, such as #7a1f5c. Empty: blue-green."),
    )

    panels = [
        MultiFieldPanel([FieldPanel("name"), FieldPanel("legal_name")], _("Company")),
        MultiFieldPanel(
            [
                FieldPanel("logo"),
                FieldPanel("brand_colour"),
                AppearancePanel(template="core/appearance_panel.html", heading=_("How it looks")),
            ],
            _("Appearance"),
        ),
        MultiFieldPanel(
            [
                FieldRowPanel([_bank_detail("inn"), _bank_detail("kpp"), _bank_detail("ogrn")]),
                _bank_detail("bank_name"),
                FieldRowPanel([_bank_detail("bank_account"), _bank_detail("bic")]),
                _bank_detail("correspondent_account"),
                _bank_detail("bank_details_confirmed"),
                PaymentCodePanel(template="core/payment_code_panel.html", heading=_("Payment code of receipts")),
            ],
            _("Bank details"),
            permission=CHANGE_BANK_DETAILS,
        ),
        MultiFieldPanel(
            [
                FieldPanel("address"),
                FieldPanel("office_hours"),
                FieldRowPanel([FieldPanel("office_phone"), FieldPanel("emergency_phone")]),
                FieldPanel("email"),
                FieldPanel("map_url"),
                FieldPanel("security_email"),
            ],
            _("Contacts"),
        ),
    ]

    logo_pictures: Logo | None = None
    """The logo as pages show it; only `shown` makes the pictures."""

    class Meta:
        verbose_name = _("Company and bank details")
        permissions = [("change_bank_details", _("Can change the company's details and bank account"))]

    def clean(self) -> None:
        """Warn once about wrong control keys. Raises ValidationError unless the numbers were confirmed."""
        super().clean()
        try:
            code_of(self)
        except PaymentStringError as error:
            message = _(
                "With these bank details no receipt can be issued: the payment code has no room. Shorten the name."
            )
            raise ValidationError({"legal_name": message}) from error
        if self.bank_details_confirmed or not self._bank_details_changed():
            return
        wrong = {}
        if self.inn and not inn_key_is_right(self.inn):
            wrong["inn"] = _("The control digit does not match. Check the number, or confirm it below.")
        if self.bank_account and not account_key_is_right(self.bank_account, self.bic):
            wrong["bank_account"] = _("The account's key does not fit this BIC. Check both, or confirm below.")
        if self.correspondent_account and not account_key_is_right(
            self.correspondent_account, self.bic, correspondent=True
        ):
            wrong["correspondent_account"] = _("The account's key does not fit this BIC. Check both, or confirm below.")
        if wrong:
            raise ValidationError(wrong)

    def _bank_details_changed(self) -> bool:
        """Whether numbers with a key are new: whoever may not change them is not asked about them."""
        names = ("inn", "bank_account", "bic", "correspondent_account")
        stored = type(self)._default_manager.filter(pk=self.pk).values_list(*names).first()
        return stored is None or stored != tuple(getattr(self, name) for name in names)

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Pages show the new values at once; the row of defaults, which `load` makes, changes nothing of theirs."""
        of_defaults = self._state.adding
        super().save(*args, **kwargs)
        if not of_defaults:
            cache_version.bump()

    @property
    def palette(self) -> Palette:
        """The colours of the site: the company's, or the designed ones."""
        return palette(self.brand_colour) if HEX_COLOUR.match(self.brand_colour) else designed()

    @property
    def appearance_version(self) -> str:
        """What the URL of the company's stylesheet carries; empty without a colour of its own."""
        return version_of(self.brand_colour) if self.brand_colour else ""

    @classmethod
    def shown(cls) -> "CompanySettings":
        """The company as pages show it (kept for a minute, or until it is saved); what is billed reads `load`."""
        settings: CompanySettings = cache_version.cached("company", cls._remembered)
        return settings

    @classmethod
    def _remembered(cls) -> "CompanySettings":
        company = cls.load()
        company.logo_pictures = renditions_of(company.logo) if company.logo else None
        company.name = company.name or gettext("Water utility")
        company.legal_name = company.legal_name or company.name
        cache.set_many({EMERGENCY_PHONE: company.emergency_phone, COMPANY_NAME: company.name}, None)
        return company


def _day_of_month(default: int, label: "StrOrPromise", text: "StrOrPromise" = "") -> models.PositiveSmallIntegerField:
    return models.PositiveSmallIntegerField(
        label, default=default, help_text=text, validators=[MinValueValidator(1), MaxValueValidator(28)]
    )


class MonthCalendar(DatedNumber):
    """The days of a month on which things happen, for periods from `valid_from` on (its first day)."""

    valid_from = models.DateField(_("From period"), help_text=_("The first day of a month."))
    window_opens = _day_of_month(10, _("Readings: first day"))
    reminder = _day_of_month(18, _("Readings: reminder"))
    window_closes = _day_of_month(20, _("Readings: last day"), _("Inclusive, until midnight Moscow time."))
    closing_day = _day_of_month(21, _("Closing day"))
    receipts_day = _day_of_month(25, _("Receipts issued by"))
    due_day = _day_of_month(15, _("Due day of the next month"))

    class Meta:
        verbose_name = _("Month's calendar")
        verbose_name_plural = _("Month's calendars")
        ordering = ["-valid_from"]
        constraints = [
            models.CheckConstraint(
                name="core_calendar_first_day",
                condition=models.Q(valid_from__day=1),
                violation_error_message=_("A period starts on the first day of a month."),
            ),
            models.UniqueConstraint(
                "valid_from",
                condition=models.Q(withdrawn_at=None),
                name="core_calendar_once",
                violation_error_message=_("There is a calendar from this month already."),
            ),
            models.CheckConstraint(
                name="core_calendar_window_in_order",
                condition=models.Q(window_opens__lte=models.F("reminder"))
                & models.Q(reminder__lte=models.F("window_closes"))
                & models.Q(window_closes__lt=models.F("closing_day"))
                & models.Q(closing_day__lte=models.F("receipts_day")),
                violation_error_message=_(
                    "The order must be: first day, reminder, last day, closing (after the window), receipts."
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.valid_from:%Y-%m}"


class PrivateFile(models.Model):
    """A file that only its owning app's check gives out; nothing here changes after it is stored."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(_("Kind"), max_length=40)
    owner = models.CharField(_("Owner"), max_length=80, db_index=True)
    name = models.CharField(pgettext_lazy("portal", "Name"), max_length=120)
    content_type = models.CharField(_("Type"), max_length=80)
    size = models.PositiveIntegerField(_("Size, bytes"))
    sha256 = models.CharField("SHA-256", max_length=64)
    file = models.FileField(_("File"), storage=private_storage, max_length=200)
    created_at = models.DateTimeField(_("Stored"), auto_now_add=True)

    class Meta:
        verbose_name = _("Private file")
        verbose_name_plural = _("Private files")
        constraints = [
            models.CheckConstraint(name="core_private_file_not_empty", condition=models.Q(size__gt=0)),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def may_be_shown(self) -> bool:
        """Whether a browser may show it in place: our own JPEGs and PDFs."""
        return self.content_type in {"image/jpeg", "application/pdf"}


@register_setting(icon="warning")
class MonitoringSettings(BaseGenericSetting):
    """After what time or below what free space a part counts as not working, and who besides staff is written to."""

    worker_minutes = models.PositiveSmallIntegerField(
        _("The worker counts as dead after, minutes"),
        default=3,
        validators=[MinValueValidator(2), MaxValueValidator(120)],
        help_text=_("Without a heartbeat; a timed job runs every minute. Up to 3: noticed within five minutes."),
    )
    queue_minutes = models.PositiveSmallIntegerField(
        _("The queue is stuck when a job waits longer than, minutes"),
        default=5,
        validators=[MinValueValidator(2), MaxValueValidator(1440)],
        help_text=_("Raise it when closing a month takes longer and letters about it are not wanted."),
    )
    disk_megabytes = models.PositiveIntegerField(
        _("Warn when less than so many megabytes are free"),
        default=500,
        validators=[MinValueValidator(50), MaxValueValidator(1_000_000)],
    )
    backup_hours = models.PositiveSmallIntegerField(
        _("Warn when the last backup is older than, hours"),
        default=36,
        validators=[MinValueValidator(2), MaxValueValidator(720)],
        help_text=_("A backup is made every night."),
    )
    certificate_days = models.PositiveSmallIntegerField(
        _("Warn when the certificate ends in less than, days"),
        default=14,
        validators=[MinValueValidator(1), MaxValueValidator(60)],
        help_text=_("A Let's Encrypt certificate is renewed 30 days before it expires."),
    )
    alert_address = models.EmailField(
        _("Write to this address too"),
        blank=True,
        help_text=_("Managers and administrators get letters about outages anyway."),
    )

    panels = [
        FieldPanel("worker_minutes"),
        FieldPanel("queue_minutes"),
        FieldPanel("disk_megabytes"),
        FieldPanel("backup_hours"),
        FieldPanel("certificate_days"),
        FieldPanel("alert_address"),
    ]

    class Meta:
        verbose_name = _("Monitoring")


class Heartbeat(models.Model):
    """Last sign of a background process."""

    name = models.CharField(_("Part"), max_length=20, primary_key=True)
    beat_at = models.DateTimeField(_("Last heartbeat"))

    class Meta:
        verbose_name = _("Heartbeat")
        verbose_name_plural = _("Heartbeats")
        default_permissions = ()

    def __str__(self) -> str:
        return self.name


class PartState(models.Model):
    """State of a part of the portal since a moment, and whether staff were alerted to it."""

    name = models.CharField(_("Part"), max_length=20, primary_key=True)
    status = models.CharField(_("State"), max_length=8, choices=HealthStatus.choices)
    since = models.DateTimeField(_("Since"))
    checked_at = models.DateTimeField(_("Last checked"))
    detail = models.CharField(_("Detail"), max_length=250, blank=True)
    alerted = models.BooleanField(_("Staff notified"), default=False)

    class Meta:
        verbose_name = _("State of a component")
        verbose_name_plural = _("States of components")
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.name} {self.status}"
