"""Personal accounts with what is dated about them, and contracts."""

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.accounts.enums import HolderGround, HolderRole, ReceiptDelivery, service_choices
from portal.accounts.managers import AccountQuerySet
from portal.accounts.models.addresses import Premises
from portal.accounts.models.people import Person

MAX_PERSONS = 1000
"""In one premises: enough for a large hostel; more is a typing error."""


class Account(models.Model):
    """A personal account (лицевой счёт): what is billed. Belongs to one premises; people hold it."""

    number = models.CharField(
        _("Account number"), max_length=20, unique=True, validators=[RegexValidator(r"\A[0-9-]{4,20}\Z")]
    )
    premises = models.ForeignKey(
        Premises, verbose_name=_("Premises"), on_delete=models.PROTECT, related_name="accounts"
    )
    opened_on = models.DateField(_("Opened"))
    closed_on = models.DateField(_("Closed"), null=True, blank=True)
    billed_from = models.DateField(
        _("Billed from"),
        null=True,
        blank=True,
        help_text=_("First day of a month. Empty: from the day of opening; earlier months were billed elsewhere."),
    )
    delivery = models.CharField(
        _("Receipts"), max_length=10, choices=ReceiptDelivery.choices, default=ReceiptDelivery.ELECTRONIC
    )
    els = models.CharField(_("Unified account number"), max_length=10, blank=True)
    wastewater_from = models.JSONField(
        _("Wastewater from"),
        null=True,
        blank=True,
        help_text=_("Components of the wastewater volume; empty: cold water, and hot water where metered or charged."),
    )

    objects = AccountQuerySet.as_manager()

    class Meta:
        verbose_name = _("Customer account")
        verbose_name_plural = _("Accounts")
        permissions = [("register_resident", _("Can register residents"))]
        ordering = ["number"]
        constraints = [
            models.CheckConstraint(
                name="accounts_account_dates", condition=Q(closed_on=None) | Q(closed_on__gte=models.F("opened_on"))
            ),
            models.CheckConstraint(
                name="accounts_account_billed_from",
                condition=Q(billed_from=None) | Q(billed_from__day=1, billed_from__gt=models.F("opened_on")),
            ),
            models.UniqueConstraint(
                "premises",
                condition=Q(closed_on=None),
                name="accounts_one_open_account",
                violation_error_message=_("These premises already have an open account."),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def izhku(self) -> str:
        """ИЖКУ (ЕЛС-01) where the unified account is known."""
        return f"{self.els}-01" if self.els else ""


class Holder(models.Model):
    """A person who holds or uses an account, from a day to a day (inclusive; open while None)."""

    account = models.ForeignKey(
        Account, verbose_name=_("Customer account"), on_delete=models.PROTECT, related_name="holders"
    )
    person = models.ForeignKey(Person, verbose_name=_("Person"), on_delete=models.PROTECT, related_name="holdings")
    role = models.CharField(_("Role"), max_length=8, choices=HolderRole.choices, default=HolderRole.OWNER)
    since = models.DateField(pgettext_lazy("portal", "From"))
    until = models.DateField(_("Until"), null=True, blank=True)
    ground = models.CharField(_("Ground"), max_length=14, choices=HolderGround.choices, blank=True)
    document = models.CharField(_("Number of the document"), max_length=80, blank=True)
    document_on = models.DateField(_("Date of the document"), null=True, blank=True)

    class Meta:
        verbose_name = _("Account holder")
        verbose_name_plural = _("Account holders")
        constraints = [
            models.UniqueConstraint(
                "account",
                "person",
                condition=Q(until=None),
                name="accounts_holder_once",
                violation_error_message=_("This person already holds the account."),
            ),
            models.CheckConstraint(
                name="accounts_holder_dates", condition=Q(until=None) | Q(until__gte=models.F("since"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.account}"


class Occupancy(models.Model):
    """Number of people registered in the premises from a day on; with none, owners count (Rules 354, п. 56(2))."""

    account = models.ForeignKey(
        Account, verbose_name=_("Customer account"), on_delete=models.PROTECT, related_name="occupancies"
    )
    since = models.DateField(pgettext_lazy("portal", "From"))
    registered = models.PositiveSmallIntegerField(_("Registered persons"), validators=[MaxValueValidator(MAX_PERSONS)])
    owners = models.PositiveSmallIntegerField(
        _("Owners"), default=1, validators=[MinValueValidator(1), MaxValueValidator(MAX_PERSONS)]
    )
    recorded_at = models.DateTimeField(_("Recorded"), auto_now_add=True)

    class Meta:
        verbose_name = _("Registered persons")
        verbose_name_plural = _("Registered persons")
        ordering = ["account", "-since"]
        constraints = [
            models.UniqueConstraint("account", "since", name="accounts_occupancy_day"),
            models.CheckConstraint(
                name="accounts_occupancy_bounds",
                condition=Q(registered__lte=MAX_PERSONS, owners__lte=MAX_PERSONS),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account}: {self.persons}"

    @property
    def persons(self) -> int:
        """Persons that the norm counts."""
        return self.registered or self.owners


class AccountService(models.Model):
    """A service supplied to an account from a day to a day (both inclusive; open while None)."""

    account = models.ForeignKey(
        Account, verbose_name=_("Customer account"), on_delete=models.PROTECT, related_name="services"
    )
    service = models.CharField(_("Service"), max_length=12, choices=service_choices)
    since = models.DateField(pgettext_lazy("portal", "From"))
    until = models.DateField(_("Until"), null=True, blank=True)

    class Meta:
        verbose_name = _("Supplied service")
        verbose_name_plural = _("Supplied services")
        constraints = [
            models.UniqueConstraint("account", "service", "since", name="accounts_service_day"),
            models.UniqueConstraint(
                "account",
                "service",
                condition=Q(until=None),
                name="accounts_service_open_once",
                violation_error_message=_("This service is already supplied."),
            ),
            models.CheckConstraint(
                name="accounts_service_dates", condition=Q(until=None) | Q(until__gte=models.F("since"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account}: {self.get_service_display()}"


class Contract(models.Model):
    """The service contract made in the office at registration."""

    account = models.ForeignKey(
        Account, verbose_name=_("Customer account"), on_delete=models.PROTECT, related_name="contracts"
    )
    person = models.ForeignKey(Person, verbose_name=_("Person"), on_delete=models.PROTECT, related_name="contracts")
    number = models.CharField(pgettext_lazy("portal", "Number"), max_length=30, unique=True)
    signed_on = models.DateField(_("Signed"))
    ended_on = models.DateField(_("Ended"), null=True, blank=True)

    class Meta:
        verbose_name = _("Contract")
        verbose_name_plural = _("Contracts")
        ordering = ["-signed_on"]

    def __str__(self) -> str:
        return self.number
