"""Ways in: settings, throttling, known devices, recovery, confirmation of an address."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.contrib.settings.models import BaseGenericSetting, register_setting

from portal.accounts.enums import ApiScope, ThrottleScope


def livejournal_by_default() -> bool:
    """Whether a site whose staff never decided offers the login through LiveJournal: the demo does."""
    return bool(settings.LIVEJOURNAL_BY_DEFAULT)


@register_setting(icon="lock")
class AccessSettings(BaseGenericSetting):
    """Settings of logging in and of throttling."""

    livejournal_enabled = models.BooleanField(_("Login through LiveJournal"), default=livejournal_by_default)
    livejournal_identity = models.CharField(
        _("Address of a LiveJournal identity"),
        max_length=200,
        default="https://{name}.livejournal.com/",
        validators=[RegexValidator(r"\Ahttps?://[^\s]*\{name\}[^\s]*\Z", _("An address with {name} in it."))],
        help_text=_("{name} stands for the journal's name. Only such identities may be linked."),
    )
    attempts_per_login = models.PositiveSmallIntegerField(
        _("Wrong passwords for one login before a pause"),
        default=5,
        validators=[MinValueValidator(3), MaxValueValidator(20)],
    )
    attempts_per_code = models.PositiveSmallIntegerField(
        _("Wrong one-time or recovery codes for one login before a pause"),
        default=5,
        validators=[MinValueValidator(3), MaxValueValidator(20)],
        help_text=_("Then the login or the session is closed as well, and its owner is notified."),
    )
    attempts_per_address = models.PositiveSmallIntegerField(
        _("Wrong passwords from one address before a pause"),
        default=30,
        validators=[MinValueValidator(3), MaxValueValidator(1000)],
        help_text=_("Codes and API keys are counted too. An IPv6 /64 network counts as one address."),
    )
    pause_minutes = models.PositiveSmallIntegerField(
        _("Pause, minutes"), default=15, validators=[MinValueValidator(1), MaxValueValidator(1440)]
    )
    staff_idle_minutes = models.PositiveSmallIntegerField(
        _("Staff sessions end after idle minutes"), default=30, validators=[MinValueValidator(5)]
    )
    staff_session_hours = models.PositiveSmallIntegerField(
        _("Staff sessions end after hours, however busy"),
        default=12,
        validators=[MinValueValidator(1), MaxValueValidator(72)],
        help_text=_("Counted from the login. Then the password and the code are asked for again."),
    )

    panels = [
        MultiFieldPanel(
            [
                FieldPanel("attempts_per_login"),
                FieldPanel("attempts_per_code"),
                FieldPanel("attempts_per_address"),
                FieldPanel("pause_minutes"),
            ],
            _("Password guessing"),
        ),
        MultiFieldPanel([FieldPanel("staff_idle_minutes"), FieldPanel("staff_session_hours")], _("Staff")),
        MultiFieldPanel([FieldPanel("livejournal_enabled"), FieldPanel("livejournal_identity")], "LiveJournal"),
    ]

    class Meta:
        verbose_name = _("Login and security")


class Throttle(models.Model):
    """Failures counted for one login or one address, and until when they block.

    `user` is the login where what was typed is one; a text that is no login's is counted by its canonical form.
    """

    scope = models.CharField(_("What is counted"), max_length=8, choices=ThrottleScope.choices)
    key = models.CharField(_("Key"), max_length=64)
    label = models.CharField(_("Login or e-mail address"), max_length=254, blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=pgettext_lazy("portal", "Login"),
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="+",
    )
    failures = models.PositiveIntegerField(_("Failures"), default=0)
    counting_until = models.DateTimeField(_("Counted until"))
    blocked_until = models.DateTimeField(_("Blocked until"), null=True, blank=True)

    class Meta:
        verbose_name = _("Paused login")
        verbose_name_plural = _("Paused logins")
        ordering = ["-blocked_until"]
        constraints = [models.UniqueConstraint("scope", "key", name="accounts_throttle_once")]

    def __str__(self) -> str:
        return self.label


class KnownDevice(models.Model):
    """A browser that a login came in from. The browser holds a token, here is only its hash."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=pgettext_lazy("portal", "Login"),
        on_delete=models.CASCADE,
        related_name="devices",
    )
    token_hash = models.CharField(_("Hash of the token"), max_length=64)
    user_agent = models.CharField(_("Browser"), max_length=200, blank=True)
    first_seen_at = models.DateTimeField(_("First login"))
    last_seen_at = models.DateTimeField(_("Last login"))

    class Meta:
        verbose_name = _("Known device")
        verbose_name_plural = _("Known devices")
        ordering = ["-last_seen_at"]
        constraints = [models.UniqueConstraint("user", "token_hash", name="accounts_device_once")]

    def __str__(self) -> str:
        return self.user_agent


class RecoveryRequest(models.Model):
    """Text typed at «Забыли пароль». A job looks it up, so the page never knows whether it exists."""

    asked_for = models.CharField(_("Login or e-mail"), max_length=254)
    asked_at = models.DateTimeField(_("Asked"))
    english = models.BooleanField(_("Asked in English"), default=False)

    class Meta:
        verbose_name = _("Request to recover access")
        verbose_name_plural = _("Requests to recover access")
        ordering = ["asked_at"]

    def __str__(self) -> str:
        return f"{self.asked_at:%Y-%m-%d %H:%M}"


class EmailChange(models.Model):
    """A new address that waits until it is confirmed from its own mailbox."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=pgettext_lazy("portal", "Login"),
        on_delete=models.CASCADE,
        related_name="email_changes",
    )
    address = models.EmailField(_("New address"))
    asked_at = models.DateTimeField(_("Asked"))
    confirmed_at = models.DateTimeField(_("Confirmed"), null=True, blank=True)
    dropped_at = models.DateTimeField(_("Discarded"), null=True, blank=True)

    class Meta:
        verbose_name = _("Change of e-mail")
        verbose_name_plural = _("Changes of e-mail")
        ordering = ["-asked_at"]
        constraints = [
            models.UniqueConstraint(
                "user", condition=Q(confirmed_at=None, dropped_at=None), name="accounts_one_email_change"
            ),
        ]

    def __str__(self) -> str:
        return self.address


class ApiKey(models.Model):
    """A key by which a resident's own program reads their data and sends readings. Only its digest is stored.

    It works until `expires_at`, until it is revoked, or until the password changes: `password_fingerprint` is a digest
    of the password's hash at the time when the key was made.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=pgettext_lazy("portal", "Login"),
        on_delete=models.CASCADE,
        related_name="api_keys",
    )
    name = models.CharField(_("What it is for"), max_length=60)
    digest = models.CharField(_("Digest"), max_length=64, unique=True, editable=False)
    password_fingerprint = models.CharField(_("Digest of the password's hash"), max_length=64, editable=False)
    created_at = models.DateTimeField(pgettext_lazy("api", "Made"))
    expires_at = models.DateTimeField(pgettext_lazy("api", "Works until"))
    may_read = models.BooleanField(_("Reads accounts, meters, charges, receipts and outages"), default=True)
    may_send_readings = models.BooleanField(_("Sends readings of meters"), default=False)
    may_pay = models.BooleanField(_("Reads payments and begins new ones"), default=False)
    last_used_on = models.DateField(pgettext_lazy("api", "Last used"), null=True, blank=True)
    last_used_from = models.CharField(
        _("Network of the last use"), max_length=50, blank=True, help_text=_("An IPv4 address, or the /64 of IPv6.")
    )
    revoked_at = models.DateTimeField(_("Revoked"), null=True, blank=True)

    class Meta:
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(name="accounts_apikey_expires", condition=Q(expires_at__gt=models.F("created_at"))),
            models.CheckConstraint(
                name="accounts_apikey_opens_something",
                condition=Q(may_read=True) | Q(may_send_readings=True) | Q(may_pay=True),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def scopes(self) -> list[ApiScope]:
        """What the key opens."""
        granted = {
            ApiScope.READ: self.may_read,
            ApiScope.READINGS: self.may_send_readings,
            ApiScope.PAYMENTS: self.may_pay,
        }
        return [scope for scope, is_granted in granted.items() if is_granted]
