"""Logins, people, the address tree, accounts with what is dated about them, contracts, consent."""

from django.contrib.auth.models import AbstractUser
from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from portal.accounts.enums import Delivery, HolderRole, PremisesKind, Service, StreetKind
from portal.accounts.managers import AccountQuerySet, PortalUserManager

NBSP = "\u00a0"


class User(AbstractUser):
    """A login of a resident or of staff. Login names and e-mail addresses are unique whatever their case."""

    email = models.EmailField(_("E-mail"), blank=True)
    must_change_password = models.BooleanField(_("Must choose a new password"), default=False)
    email_confirmed_at = models.DateTimeField(_("E-mail confirmed"), null=True, blank=True)

    objects = PortalUserManager()  # type: ignore[misc]  # AbstractUser declares its own manager on the class

    class Meta:
        verbose_name = _("Login")
        verbose_name_plural = _("Logins")
        constraints = [
            models.UniqueConstraint(
                Lower("username"), name="accounts_user_username_any_case",
                violation_error_message=_("This login name is taken."),
            ),
            models.UniqueConstraint(
                Lower("email"), condition=~Q(email=""), name="accounts_user_email_any_case",
                violation_error_message=_("This e-mail address belongs to another login."),
            ),
        ]  # fmt: skip


class Person(models.Model):
    """A resident as the contract names them; may have a login, or not."""

    user = models.OneToOneField(
        User, verbose_name=_("Login"), null=True, blank=True, on_delete=models.SET_NULL, related_name="person"
    )
    last_name = models.CharField(_("Last name"), max_length=80)
    first_name = models.CharField(_("First name"), max_length=80)
    patronymic = models.CharField(_("Patronymic"), max_length=80, blank=True)
    born_on = models.DateField(_("Born"), null=True, blank=True)
    phone = models.CharField(_("Phone"), max_length=20, blank=True)
    email = models.EmailField(_("E-mail"), blank=True)
    postal_address = models.CharField(_("Postal address, if another"), max_length=250, blank=True)
    created_at = models.DateTimeField(_("Created"), auto_now_add=True)

    class Meta:
        verbose_name = _("Person")
        verbose_name_plural = _("People")
        ordering = ["last_name", "first_name", "patronymic"]
        indexes = [models.Index(fields=["last_name", "first_name"], name="accounts_person_name")]

    def __str__(self) -> str:
        return self.full_name

    @property
    def full_name(self) -> str:
        """«Иванова Анна Петровна»."""
        return " ".join(part for part in (self.last_name, self.first_name, self.patronymic) if part)

    @property
    def short_name(self) -> str:
        """«Анна И.», as the public complaints book shows it."""
        return f"{self.first_name}{NBSP}{self.last_name[:1]}."


class Street(models.Model):
    """A street of the supplied settlement."""

    kind = models.CharField(_("Kind"), max_length=12, choices=StreetKind.choices, default=StreetKind.STREET)
    name = models.CharField(_("Name"), max_length=100)
    settlement = models.CharField(_("Settlement"), max_length=100, default="Красногорск")

    class Meta:
        verbose_name = _("Street")
        verbose_name_plural = _("Streets")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                Lower("name"), "kind", "settlement", name="accounts_street_once",
                violation_error_message=_("This street is there already."),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.get_kind_display()}{NBSP}{self.name}"


class House(models.Model):
    """A house of a street; `sort_number` is the leading number, so that 2 comes before 10."""

    street = models.ForeignKey(Street, verbose_name=_("Street"), on_delete=models.PROTECT, related_name="houses")
    number = models.CharField(_("House"), max_length=20, help_text=_("As written: 4, 12к2, 7А."))
    sort_number = models.PositiveIntegerField(_("Number for sorting"), default=0, editable=False)
    postcode = models.CharField(_("Postcode"), max_length=6, blank=True)

    class Meta:
        verbose_name = _("House")
        verbose_name_plural = _("Houses")
        ordering = ["street__name", "sort_number", "number"]
        constraints = [
            models.UniqueConstraint(
                "street", Lower("number"), name="accounts_house_once",
                violation_error_message=_("This house is there already."),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.street}, {self.number}"

    def save(self, *args: object, **kwargs: object) -> None:
        self.sort_number = _leading_number(self.number)
        super().save(*args, **kwargs)  # type: ignore[arg-type]  # passed through


class Premises(models.Model):
    """A flat, a house or an office that water is supplied to. A private house has no number within the house."""

    house = models.ForeignKey(House, verbose_name=_("House"), on_delete=models.PROTECT, related_name="premises")
    number = models.CharField(_("Flat"), max_length=20, blank=True)
    sort_number = models.PositiveIntegerField(_("Number for sorting"), default=0, editable=False)
    kind = models.CharField(_("Kind"), max_length=8, choices=PremisesKind.choices, default=PremisesKind.FLAT)
    area = models.DecimalField(_("Area, m²"), max_digits=8, decimal_places=2, null=True, blank=True)
    meter_feasible = models.BooleanField(
        _("A meter can be mounted"), default=True,
        help_text=_("Without a meter the raising coefficient applies (Rules 354, cl. 42)."),
    )  # fmt: skip

    class Meta:
        verbose_name = _("Premises")
        verbose_name_plural = _("Premises")
        ordering = ["house__street__name", "house__sort_number", "house__number", "sort_number", "number"]
        constraints = [
            models.UniqueConstraint(
                "house", Lower("number"), name="accounts_premises_once",
                violation_error_message=_("These premises are there already."),
            ),
            models.CheckConstraint(name="accounts_premises_area", condition=Q(area=None) | Q(area__gt=0)),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.address

    def save(self, *args: object, **kwargs: object) -> None:
        self.sort_number = _leading_number(self.number)
        super().save(*args, **kwargs)  # type: ignore[arg-type]  # passed through

    @property
    def address(self) -> str:
        """«ул. Речная, 4, кв. 17»; needs house and street loaded."""
        if not self.number:
            return str(self.house)
        word = {PremisesKind.FLAT: "кв.", PremisesKind.OFFICE: "пом."}.get(PremisesKind(self.kind), "")
        return f"{self.house}, {word}{NBSP if word else ''}{self.number}"


def _leading_number(text: str) -> int:
    digits = ""
    for character in text.strip():
        if not character.isascii() or not character.isdigit():
            break
        digits += character
    return int(digits[:9] or 0)


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
    delivery = models.CharField(_("Receipts"), max_length=10, choices=Delivery.choices, default=Delivery.ELECTRONIC)
    els = models.CharField(_("Unified account (ЕЛС)"), max_length=10, blank=True)
    wastewater_from = models.JSONField(
        _("Wastewater from"), null=True, blank=True,
        help_text=_("Components of the wastewater volume; empty: cold water, and hot water where metered or charged."),
    )  # fmt: skip

    objects = AccountQuerySet.as_manager()

    class Meta:
        verbose_name = _("Account")
        verbose_name_plural = _("Accounts")
        ordering = ["number"]
        constraints = [
            models.CheckConstraint(
                name="accounts_account_dates", condition=Q(closed_on=None) | Q(closed_on__gte=models.F("opened_on"))
            ),
            models.UniqueConstraint(
                "premises", condition=Q(closed_on=None), name="accounts_one_open_account",
                violation_error_message=_("These premises have an open account already."),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.number

    @property
    def izhku(self) -> str:
        """ИЖКУ (ЕЛС-01) where the unified account is known."""
        return f"{self.els}-01" if self.els else ""


class Holder(models.Model):
    """A person who holds or uses an account, from a day to a day (inclusive; open while None)."""

    account = models.ForeignKey(Account, verbose_name=_("Account"), on_delete=models.PROTECT, related_name="holders")
    person = models.ForeignKey(Person, verbose_name=_("Person"), on_delete=models.PROTECT, related_name="holdings")
    role = models.CharField(_("Role"), max_length=8, choices=HolderRole.choices, default=HolderRole.OWNER)
    since = models.DateField(_("From"))
    until = models.DateField(_("Until"), null=True, blank=True)

    class Meta:
        verbose_name = _("Account holder")
        verbose_name_plural = _("Account holders")
        constraints = [
            models.UniqueConstraint(
                "account", "person", condition=Q(until=None), name="accounts_holder_once",
                violation_error_message=_("This person holds the account already."),
            ),
            models.CheckConstraint(
                name="accounts_holder_dates", condition=Q(until=None) | Q(until__gte=models.F("since"))
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.person} · {self.account}"


class Occupancy(models.Model):
    """How many are registered in the premises from a day on; with none, owners count (Rules 354, п. 56(2))."""

    account = models.ForeignKey(
        Account, verbose_name=_("Account"), on_delete=models.PROTECT, related_name="occupancies"
    )
    since = models.DateField(_("From"))
    registered = models.PositiveSmallIntegerField(_("Registered persons"))
    owners = models.PositiveSmallIntegerField(_("Owners"), default=1, validators=[MinValueValidator(1)])
    recorded_at = models.DateTimeField(_("Recorded"), auto_now_add=True)

    class Meta:
        verbose_name = _("Registered persons")
        verbose_name_plural = _("Registered persons")
        ordering = ["account", "-since"]
        constraints = [
            models.UniqueConstraint("account", "since", name="accounts_occupancy_day"),
            models.CheckConstraint(name="accounts_occupancy_owner", condition=Q(owners__gte=1)),
        ]

    def __str__(self) -> str:
        return f"{self.account}: {self.persons}"

    @property
    def persons(self) -> int:
        """Persons that the norm counts."""
        return self.registered or self.owners


class AccountService(models.Model):
    """A service supplied to an account from a day to a day (both inclusive; open while None)."""

    account = models.ForeignKey(Account, verbose_name=_("Account"), on_delete=models.PROTECT, related_name="services")
    service = models.CharField(_("Service"), max_length=12, choices=Service.choices)
    since = models.DateField(_("From"))
    until = models.DateField(_("Until"), null=True, blank=True)

    class Meta:
        verbose_name = _("Supplied service")
        verbose_name_plural = _("Supplied services")
        constraints = [
            models.UniqueConstraint("account", "service", "since", name="accounts_service_day"),
            models.UniqueConstraint(
                "account", "service", condition=Q(until=None), name="accounts_service_open_once",
                violation_error_message=_("This service is supplied already."),
            ),
            models.CheckConstraint(
                name="accounts_service_dates", condition=Q(until=None) | Q(until__gte=models.F("since"))
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.account}: {self.get_service_display()}"


class Contract(models.Model):
    """The service contract made in the office at registration."""

    account = models.ForeignKey(Account, verbose_name=_("Account"), on_delete=models.PROTECT, related_name="contracts")
    person = models.ForeignKey(Person, verbose_name=_("Person"), on_delete=models.PROTECT, related_name="contracts")
    number = models.CharField(_("Number"), max_length=30, unique=True)
    signed_on = models.DateField(_("Signed"))
    ended_on = models.DateField(_("Ended"), null=True, blank=True)

    class Meta:
        verbose_name = _("Contract")
        verbose_name_plural = _("Contracts")
        ordering = ["-signed_on"]

    def __str__(self) -> str:
        return self.number
