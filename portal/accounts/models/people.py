"""Logins, people, and their consents."""

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.accounts.managers import PortalUserManager

NBSP = "\u00a0"


class User(AbstractUser):
    """A login of a resident or of staff. Login names and e-mail addresses are unique whatever their case."""

    email = models.EmailField(_("E-mail"), blank=True)
    must_change_password = models.BooleanField(_("Must choose a new password"), default=False)
    one_time_password_until = models.DateTimeField(_("One-time password valid until"), null=True, blank=True)
    email_confirmed_at = models.DateTimeField(_("E-mail confirmed"), null=True, blank=True)

    objects = PortalUserManager()  # type: ignore[misc]  # AbstractUser declares its own manager on the class

    @property
    def is_staff(self) -> bool:  # type: ignore[override]  # a column in AbstractUser
        """For libraries that ask (allauth, ninja); our code asks portal.accounts.staff. No column, no setter."""
        from portal.accounts.staff import is_employee

        return is_employee(self)

    class Meta:
        verbose_name = pgettext_lazy("portal", "Login")
        verbose_name_plural = _("Logins")
        permissions = [
            ("unlock_user", _("Can unlock a login locked after wrong passwords")),
            ("reset_two_factor", _("Can switch off an employee's two-factor login")),
            ("view_audit", _("Can read who saw and changed residents' data")),
        ]
        constraints = [
            models.UniqueConstraint(
                Lower("username"),
                name="accounts_user_username_any_case",
                violation_error_message=_("This login name is taken."),
            ),
            models.UniqueConstraint(
                Lower("email"),
                condition=~Q(email=""),
                name="accounts_user_email_any_case",
                violation_error_message=_("This e-mail address belongs to another login."),
            ),
            models.CheckConstraint(
                name="accounts_user_username_latin",
                condition=Q(username__regex=r"^[!-~]*\Z"),
                violation_error_message=_("A login name has Latin letters, digits and . _ + - only."),
            ),
            models.CheckConstraint(
                name="accounts_user_email_latin",
                condition=Q(email__regex=r"^([!-~]+@.+)?\Z"),
                violation_error_message=_("Before the @ an address has Latin letters, digits and signs only."),
            ),
            models.CheckConstraint(
                name="accounts_user_username_no_at",
                condition=~Q(username__contains="@"),
                violation_error_message=_("A login name has no @: logging in by e-mail address works anyway."),
            ),
        ]


class Person(models.Model):
    """A resident as the contract names them; may have a login, or not."""

    user = models.OneToOneField(
        User,
        verbose_name=pgettext_lazy("portal", "Login"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="person",
    )
    last_name = models.CharField(_("Last name"), max_length=80)
    first_name = models.CharField(_("First name"), max_length=80)
    patronymic = models.CharField(_("Patronymic"), max_length=80, blank=True)
    born_on = models.DateField(_("Date of birth"), null=True, blank=True)
    phone = models.CharField(_("Phone"), max_length=20, blank=True)
    email = models.EmailField(_("E-mail"), blank=True)
    postal_address = models.CharField(_("Postal address, if different"), max_length=250, blank=True)
    created_at = models.DateTimeField(pgettext_lazy("portal", "Created"), auto_now_add=True)
    anonymised_at = models.DateTimeField(_("Made anonymous"), null=True, blank=True, editable=False)

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


class ConsentText(models.Model):
    """A version of the consent to the processing of personal data (152-ФЗ). What was agreed to never changes."""

    version = models.CharField(_("Version"), max_length=20, unique=True)
    text = models.TextField(_("Text"))
    valid_from = models.DateField(_("In force from"))

    class Meta:
        verbose_name = _("Text of the consent")
        verbose_name_plural = _("Texts of the consent")
        ordering = ["-valid_from", "-pk"]

    def __str__(self) -> str:
        return self.version


class Consent(models.Model):
    """A person's consent to one version: given on paper on a day, or on screen at a moment; may be withdrawn."""

    person = models.ForeignKey(Person, verbose_name=_("Person"), on_delete=models.PROTECT, related_name="consents")
    text = models.ForeignKey(ConsentText, verbose_name=_("Version"), on_delete=models.PROTECT, related_name="consents")
    on_paper_on = models.DateField(_("Signed on paper"), null=True, blank=True)
    recorded_at = models.DateTimeField(_("Recorded"))
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("Recorded by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    withdrawn_at = models.DateTimeField(_("Withdrawn"), null=True, blank=True)

    class Meta:
        verbose_name = _("Consent")
        verbose_name_plural = _("Consents")
        ordering = ["-recorded_at"]
        constraints = [
            models.UniqueConstraint("person", "text", condition=Q(withdrawn_at=None), name="accounts_consent_once"),
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.text}"
