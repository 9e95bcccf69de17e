"""An application to put a meter into service, offers and visits, the checklist, the certificate."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.accounts.enums import service_choices
from portal.accounts.models import Account
from portal.core import service_catalogue
from portal.core.models import PrivateFile
from portal.metering.models import Meter, MeterType
from portal.service_requests.commissioning.enums import (
    PENDING,
    ApplicationState,
    CertificateKind,
    DayPart,
    FileKind,
    VisitState,
)
from portal.service_requests.crews.models import Slot


class RefusalReason(models.Model):
    """Why a meter may be refused, and what the resident does next."""

    text = models.CharField(_("Reason"), max_length=200, unique=True)
    advice = models.CharField(_("What to do next"), max_length=300)
    active = models.BooleanField(_("Offered"), default=True)

    class Meta:
        verbose_name = _("Reason for refusal")
        verbose_name_plural = _("Reasons for refusal")
        ordering = ["text"]

    def __str__(self) -> str:
        return self.text


class CommissioningApplication(models.Model):
    """Application of a resident with the data of the mounted meter (Rules 354, п. 81(2))."""

    account = models.ForeignKey(
        Account, verbose_name=_("Customer account"), on_delete=models.PROTECT, related_name="commissionings"
    )
    state = models.CharField(
        _("State"), max_length=12, choices=ApplicationState.choices, default=ApplicationState.SUBMITTED
    )
    key = models.CharField(_("Key of the form"), max_length=40, unique=True)
    applicant = models.CharField(_("Who applies"), max_length=250)
    phone = models.CharField(_("Phone"), max_length=20)
    email = models.EmailField(pgettext_lazy("service_requests", "E-mail"), blank=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("Entered by"),
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    service = models.CharField(_("Service"), max_length=12, choices=service_choices)
    place = models.CharField(_("Where it is installed"), max_length=60)
    type = models.ForeignKey(
        MeterType,
        verbose_name=_("Type from the list"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    type_name = models.CharField(_("Type, as in the data sheet"), max_length=80)
    digits = models.PositiveSmallIntegerField(
        _("Whole digits"), default=5, validators=[MinValueValidator(4), MaxValueValidator(8)]
    )
    serial_number = models.CharField(_("Serial number"), max_length=40)
    mounted_by = models.CharField(_("Company that installed it"), max_length=160)
    mounted_on = models.DateField(_("Installed"))
    mounting_value = models.DecimalField(_("Reading at installation, m³"), max_digits=12, decimal_places=3)
    verified_until = models.DateField(_("Next verification"))
    replaces = models.ForeignKey(
        Meter,
        verbose_name=_("Previous meter"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    final_value = models.DecimalField(
        _("Its final reading, m³"), max_digits=12, decimal_places=3, null=True, blank=True
    )
    wanted_on = models.DateField(_("Preferred day"))
    wanted_part = models.CharField(_("Preferred hours"), max_length=10, choices=DayPart.choices, default=DayPart.ANY)
    submitted_at = models.DateTimeField(pgettext_lazy("portal", "Submitted"))
    contact_by = models.DateField(_("We answer by"), help_text=_("Inclusive."))
    visit_by = models.DateField(_("Another date by"), help_text=_("Inclusive."))
    contacted_at = models.DateTimeField(_("Answered"), null=True, blank=True)
    moved_once = models.BooleanField(_("The resident moved the visit"), default=False)
    reasons = models.ManyToManyField(RefusalReason, verbose_name=_("Reasons for the refusal"), blank=True)
    meter = models.OneToOneField(
        Meter,
        verbose_name=_("Meter"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="commissioning",
    )

    class Meta:
        verbose_name = _("Application to put a meter into service")
        verbose_name_plural = _("Applications to put meters into service")
        ordering = ["-submitted_at", "-pk"]
        permissions = [("commission_meters", _("Can put meters into service"))]
        indexes = [models.Index(fields=["state", "contact_by"], name="requests_application_clock")]
        constraints = [
            models.UniqueConstraint(
                "account",
                "service",
                Lower("place"),
                name="requests_application_place_once",
                condition=Q(state__in=[str(state) for state in PENDING]),
                violation_error_message=_("An application for this place is under way already."),
            ),
            models.CheckConstraint(
                name="requests_application_service", condition=Q(service__in=list(service_catalogue.METERED))
            ),
            models.CheckConstraint(
                name="requests_application_meter", condition=~Q(state="commissioned") | Q(meter__isnull=False)
            ),
            models.CheckConstraint(
                name="requests_application_final", condition=Q(replaces=None) | Q(final_value__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"№ {self.number}"

    @property
    def number(self) -> str:
        """The number that people are shown."""
        return str(3_000 + self.pk)

    @property
    def is_pending(self) -> bool:
        """Whether it is not over yet."""
        return self.state in PENDING

    @property
    def is_submitted(self) -> bool:
        return self.state == ApplicationState.SUBMITTED

    @property
    def is_offered(self) -> bool:
        """Whether dates are offered and none is chosen."""
        return self.state == ApplicationState.OFFERED

    @property
    def is_refused(self) -> bool:
        return self.state == ApplicationState.REFUSED


class ApplicationFile(models.Model):
    """A page of the passport, a certificate, a photo."""

    application = models.ForeignKey(
        CommissioningApplication,
        verbose_name=pgettext_lazy("portal", "Application"),
        on_delete=models.CASCADE,
        related_name="files",
    )
    kind = models.CharField(_("Kind"), max_length=12, choices=FileKind.choices)
    file = models.OneToOneField(PrivateFile, verbose_name=_("File"), on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("File of an application")
        verbose_name_plural = _("Files of an application")

    def __str__(self) -> str:
        return self.file.name


class ApplicationEvent(models.Model):
    """Event of a history: actor, time, reason. Append-only."""

    application = models.ForeignKey(
        CommissioningApplication,
        verbose_name=pgettext_lazy("portal", "Application"),
        on_delete=models.CASCADE,
        related_name="events",
    )
    text = models.CharField(_("What happened"), max_length=500)
    is_internal = models.BooleanField(_("For staff only"), default=False)
    at = models.DateTimeField(_("When"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("Who"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )

    class Meta:
        verbose_name = _("Event of an application")
        verbose_name_plural = _("Events of an application")
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return self.text


class Offer(models.Model):
    """A slot that the engineer offered for an application."""

    application = models.ForeignKey(
        CommissioningApplication,
        verbose_name=pgettext_lazy("portal", "Application"),
        on_delete=models.CASCADE,
        related_name="offers",
    )
    slot = models.ForeignKey(Slot, verbose_name=_("Slot"), on_delete=models.CASCADE, related_name="+")

    class Meta:
        verbose_name = _("Offered date")
        verbose_name_plural = _("Offered dates")
        ordering = ["slot__day", "slot__starts"]
        constraints = [models.UniqueConstraint("application", "slot", name="requests_offer_once")]

    def __str__(self) -> str:
        return str(self.slot)


class Visit(models.Model):
    """A visit agreed for a slot: for an application, or for an order of replacement."""

    application = models.ForeignKey(
        CommissioningApplication,
        verbose_name=pgettext_lazy("portal", "Application"),
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="visits",
    )
    order = models.ForeignKey(
        "service_requests.ReplacementOrder",
        verbose_name=_("Replacement"),
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="visits",
    )
    slot = models.ForeignKey(Slot, verbose_name=_("Slot"), on_delete=models.PROTECT, related_name="visits")
    state = models.CharField(_("State"), max_length=10, choices=VisitState.choices, default=VisitState.PLANNED)
    agreed_at = models.DateTimeField(_("Agreed"))
    note = models.CharField(_("Note"), max_length=250, blank=True)

    class Meta:
        verbose_name = _("Visit")
        verbose_name_plural = _("Visits")
        ordering = ["slot__day", "slot__starts", "pk"]
        constraints = [
            models.UniqueConstraint(
                "application", condition=Q(state="planned"), name="requests_visit_application_once"
            ),
            models.UniqueConstraint("order", condition=Q(state="planned"), name="requests_visit_order_once"),
            models.CheckConstraint(
                name="requests_visit_of_one",
                condition=Q(application__isnull=False, order=None) | Q(application=None, order__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return str(self.slot)

    @property
    def account_id(self) -> int | None:
        """Whose place it is."""
        if self.order is not None:
            return self.order.meter.account_id
        return self.application.account_id if self.application else None


class VisitCheck(models.Model):
    """Findings of an engineer at the place."""

    visit = models.OneToOneField(Visit, verbose_name=_("Visit"), on_delete=models.CASCADE, related_name="check_list")
    passport_matches = models.BooleanField(_("The data sheet matches the meter"))
    serial_seen = models.CharField(_("Serial number on the meter"), max_length=40)
    scheme_right = models.BooleanField(_("Installed according to the diagram"))
    working = models.BooleanField(_("The meter turns"))
    seal_number = models.CharField(_("Seal number"), max_length=40, blank=True)
    value = models.DecimalField(_("Reading, m³"), max_digits=12, decimal_places=3)
    old_value = models.DecimalField(
        _("Old meter's reading, m³"), max_digits=12, decimal_places=3, null=True, blank=True
    )
    note = models.CharField(_("Note"), max_length=500, blank=True)
    made_at = models.DateTimeField(_("When"))
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("Engineer"), null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        verbose_name = _("Checklist of a visit")
        verbose_name_plural = _("Checklists of visits")

    def __str__(self) -> str:
        return f"{self.visit_id}"


class VisitPhoto(models.Model):
    """Photo of an engineer at the place: the meter, its seal, the mounting."""

    visit = models.ForeignKey(Visit, verbose_name=_("Visit"), on_delete=models.CASCADE, related_name="photos")
    file = models.OneToOneField(PrivateFile, verbose_name=_("File"), on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("Photo of a visit")
        verbose_name_plural = _("Photos of visits")

    def __str__(self) -> str:
        return self.file.name


class CommissioningCertificate(models.Model):
    """The certificate in two copies: data as they were, PDF, signed scan. Never changed; the scan is added once."""

    number = models.CharField(pgettext_lazy("portal", "Number"), max_length=30, unique=True)
    kind = models.CharField(_("Kind"), max_length=12, choices=CertificateKind.choices)
    account = models.ForeignKey(
        Account, verbose_name=_("Customer account"), on_delete=models.PROTECT, related_name="commissioning_certificates"
    )
    application = models.ForeignKey(
        CommissioningApplication,
        verbose_name=pgettext_lazy("portal", "Application"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="commissioning_certificates",
    )
    order = models.ForeignKey(
        "service_requests.ReplacementOrder",
        verbose_name=_("Replacement"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="commissioning_certificates",
    )
    meter = models.ForeignKey(
        Meter,
        verbose_name=_("Meter"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="commissioning_certificates",
    )
    made_on = models.DateField(pgettext_lazy("service_requests", "Made"))
    data = models.JSONField(_("Data"))
    file = models.OneToOneField(
        PrivateFile, verbose_name="PDF", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    signed = models.OneToOneField(
        PrivateFile,
        verbose_name=_("Signed copy"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )

    class Meta:
        verbose_name = _("Commissioning certificate")
        verbose_name_plural = _("Certificates")
        ordering = ["-made_on", "-pk"]

    def __str__(self) -> str:
        return f"№ {self.number}"
