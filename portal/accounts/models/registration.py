"""Registration in the office: settings, drafts, applications sent ahead, requests of residents about themselves."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.contrib.settings.models import BaseGenericSetting, register_setting

from portal.accounts.calculation import CONTRACT_FIELDS, scheme_is_right, unknown_fields
from portal.accounts.enums import ExportState, PersonalRequestKind, PersonalRequestState
from portal.accounts.models.accounts import Account
from portal.accounts.models.people import Person
from portal.accounts.texts import default_contract
from portal.core.models import PrivateFile


def check_scheme(value: str) -> None:
    """Raise ValidationError unless the scheme has exactly one sequence number: {n} or {n:07}."""
    if not scheme_is_right(value):
        raise ValidationError(_("Write {n} or, with leading zeros, {n:07}; {year} may be added."))


def check_contract(value: str) -> None:
    """Raise ValidationError when the template names a field that a contract does not have."""
    unknown = unknown_fields(value)
    if unknown:
        raise ValidationError(_("Unknown fields: %(fields)s.") % {"fields": ", ".join(unknown)})


@register_setting(icon="doc-full")
class RegistrationSettings(BaseGenericSetting):
    """Settings of numbers of accounts and contracts and of the contract's text."""

    account_scheme = models.CharField(
        _("Account numbers"),
        max_length=40,
        default="{n:07}",
        validators=[check_scheme],
        help_text=_("{n:07} gives 0010007. The next number follows the largest that fits the scheme."),
    )
    contract_scheme = models.CharField(
        _("Contract numbers"),
        max_length=40,
        default="{n}/{year}",
        validators=[check_scheme],
        help_text=_("{n}/{year} gives 12/2026."),
    )
    contract_text = models.TextField(
        _("Text of the contract"),
        default=default_contract,
        validators=[check_contract],
        help_text=format_lazy(
            "{} {}",
            _("A line that starts with # is a heading. Fields:"),
            ", ".join(f"{{{name}}}" for name in CONTRACT_FIELDS),
        ),
    )
    settlement = models.CharField(
        _("Settlement of new streets"),
        max_length=100,
        default="Красногорск",
        help_text=_("Settlement of the streets that registrars add; existing streets do not change."),
    )
    one_time_password_days = models.PositiveSmallIntegerField(_("One-time password is valid, days"), default=30)

    panels = [
        MultiFieldPanel([FieldPanel("account_scheme"), FieldPanel("contract_scheme")], _("Numbers")),
        FieldPanel("contract_text"),
        FieldPanel("settlement"),
        FieldPanel("one_time_password_days"),
    ]

    class Meta:
        verbose_name = _("Numbers and contract")


class RegistrationDraft(models.Model):
    """A registration in progress: what was typed on each step, until one transaction makes it real."""

    registrar = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("Registrar"), on_delete=models.CASCADE, related_name="drafts"
    )
    data = models.JSONField(_("Entered so far"), default=dict, blank=True)
    created_at = models.DateTimeField(_("Started"), auto_now_add=True)
    updated_at = models.DateTimeField(_("Changed"), auto_now=True)
    finished_at = models.DateTimeField(_("Finished"), null=True, blank=True)
    account = models.ForeignKey(
        Account,
        verbose_name=_("Customer account"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="drafts",
    )

    class Meta:
        verbose_name = _("Registration in progress")
        verbose_name_plural = _("Registrations in progress")
        ordering = ["-updated_at"]
        constraints = [
            models.CheckConstraint(
                name="accounts_draft_finished_whole",
                condition=Q(finished_at=None, account=None) | Q(finished_at__isnull=False, account__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        person = self.data.get("person", {})
        return " ".join(filter(None, (person.get("last_name"), person.get("first_name")))) or str(_("New resident"))


class RegistrationApplication(models.Model):
    """An application form (анкета) sent ahead. The registrar finds it by number; it disappears when it expires."""

    number = models.CharField(pgettext_lazy("portal", "Number"), max_length=12, unique=True)
    data = models.JSONField(_("Filled in"))
    sent_at = models.DateTimeField(_("Sent"))
    expires_on = models.DateField(_("Stored until"), help_text=_("Inclusive."))
    taken_by = models.ForeignKey(
        RegistrationDraft,
        verbose_name=_("Used for"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="applications",
    )

    class Meta:
        verbose_name = _("Application form")
        verbose_name_plural = _("Application forms")
        ordering = ["-sent_at"]

    def __str__(self) -> str:
        return self.number


class PersonalRequest(models.Model):
    """Request of a resident about their own data: another name (with a document), or to close the login."""

    person = models.ForeignKey(
        Person, verbose_name=_("Person"), on_delete=models.PROTECT, related_name="personal_requests"
    )
    kind = models.CharField(_("About"), max_length=12, choices=PersonalRequestKind.choices)
    state = models.CharField(
        _("State"), max_length=8, choices=PersonalRequestState.choices, default=PersonalRequestState.WAITING
    )
    wanted = models.JSONField(pgettext_lazy("accounts", "Wanted"), default=dict, blank=True)
    comment = models.TextField(_("Comment"), blank=True, max_length=1000)
    document = models.ForeignKey(
        PrivateFile, verbose_name=_("Document"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    asked_at = models.DateTimeField(_("Asked"))
    answer_by = models.DateField(_("Answer by"))
    decided_at = models.DateTimeField(_("Decided"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("Decided by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    answer = models.CharField(_("Answer"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("Request about personal data")
        verbose_name_plural = _("Requests about personal data")
        ordering = ["-asked_at"]
        permissions = [("decide_personalrequest", _("Can decide requests about personal data"))]
        constraints = [
            models.UniqueConstraint(
                "person",
                "kind",
                condition=Q(state="waiting"),
                name="accounts_one_request_of_a_kind",
                violation_error_message=_("There is already such a request waiting."),
            ),
            models.CheckConstraint(
                name="accounts_request_decided_whole",
                condition=Q(state="waiting", decided_at=None) | (~Q(state="waiting") & Q(decided_at__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.person}"

    @property
    def is_waiting(self) -> bool:
        return self.state == PersonalRequestState.WAITING


class DataExport(models.Model):
    """All data of a login as a ZIP, made by a job; kept a week."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=pgettext_lazy("portal", "Login"),
        on_delete=models.CASCADE,
        related_name="exports",
    )
    asked_at = models.DateTimeField(_("Asked"))
    state = models.CharField(_("State"), max_length=8, choices=ExportState.choices, default=ExportState.WAITING)
    file = models.ForeignKey(
        PrivateFile, verbose_name=_("File"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    made_at = models.DateTimeField(_("Made"), null=True, blank=True)
    error = models.CharField(_("Error"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("Download of all data")
        verbose_name_plural = _("Downloads of all data")
        ordering = ["-asked_at"]
        constraints = [
            models.UniqueConstraint("user", condition=Q(state="waiting"), name="accounts_one_export_waits"),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.asked_at:%Y-%m-%d}"

    @property
    def is_waiting(self) -> bool:
        return self.state == ExportState.WAITING

    @property
    def is_failed(self) -> bool:
        return self.state == ExportState.FAILED
