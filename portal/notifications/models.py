"""The outbox, which is the inbox too: a row per event, recipient and channel; editors' texts; people's choices."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.core import clock
from portal.notifications.categories import JOB_FAILED
from portal.notifications.declarations import find_kind
from portal.notifications.enums import FINAL_ERRORS, DeliveryChannel, Language, MessageState


class Message(models.Model):
    """Message to one recipient about one event by one channel. A recipient may be an address without a login."""

    event = models.CharField(_("Event"), max_length=120)
    kind = models.CharField(_("Kind"), max_length=40)
    channel = models.CharField(_("Channel"), max_length=8, choices=DeliveryChannel.choices)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("Recipient"),
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="messages",
    )
    address = models.EmailField(_("Address"), blank=True)
    language = models.CharField(_("Language"), max_length=2, choices=Language.choices, default=Language.RUSSIAN)
    context = models.JSONField(_("Data of the text"), default=dict, blank=True)
    link = models.CharField(_("Link"), max_length=250, blank=True)
    subject = models.CharField(_("Subject"), max_length=200, blank=True)
    body = models.TextField(_("Text"), blank=True)
    digest = models.BooleanField(_("Included in the daily digest"), default=False)
    state = models.CharField(_("State"), max_length=8, choices=MessageState.choices, default=MessageState.WAITING)
    attempts = models.PositiveSmallIntegerField(_("Attempts"), default=0)
    due_at = models.DateTimeField(_("Send from"))
    expires_at = models.DateTimeField(_("Send no later than"), null=True, blank=True)
    first_failed_at = models.DateTimeField(_("First failed attempt"), null=True, blank=True)
    claimed_at = models.DateTimeField(_("Claimed by a worker"), null=True, blank=True)
    sent_at = models.DateTimeField(_("Sent"), null=True, blank=True)
    read_at = models.DateTimeField(_("Read"), null=True, blank=True)
    error = models.CharField(_("Last error"), max_length=250, blank=True)
    created_at = models.DateTimeField(pgettext_lazy("portal", "Created"), default=clock.now, editable=False)

    class Meta:
        verbose_name = _("Message")
        verbose_name_plural = _("Messages")
        ordering = ["-created_at", "-pk"]
        permissions = [("retry_message", _("Can send a message again"))]
        indexes = [
            models.Index(fields=["user", "channel", "-created_at"], name="notifications_inbox"),
            models.Index(fields=["due_at"], condition=Q(state="waiting"), name="notifications_due"),
            models.Index(fields=["-created_at"], name="notifications_history"),
            # Equal events and those that begin alike; the partial indexes below serve neither.
            models.Index(fields=["event"], opclasses=["varchar_pattern_ops"], name="notifications_event"),
        ]
        constraints = [
            models.UniqueConstraint(
                "event", "channel", "user", condition=Q(user__isnull=False), name="notifications_once_a_login"
            ),
            models.UniqueConstraint(
                "event", "channel", "address", condition=Q(user=None), name="notifications_once_an_address"
            ),
            models.CheckConstraint(
                name="notifications_has_recipient", condition=Q(user__isnull=False) | ~Q(address="")
            ),
            models.CheckConstraint(
                name="notifications_inbox_needs_login", condition=~Q(channel="inbox") | Q(user__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.event}"

    @property
    def kind_name(self) -> str:
        """The name of its kind; the code where nothing declares it any more."""
        kind = find_kind(self.kind)
        return str(kind.name) if kind else self.kind

    @property
    def icon(self) -> str:
        """The icon of its kind."""
        kind = find_kind(self.kind)
        return kind.icon if kind else "bell"

    @property
    def is_failed_job(self) -> bool:
        """Whether it tells staff of a job that failed."""
        kind = find_kind(self.kind)
        return kind is not None and kind.category is JOB_FAILED

    @property
    def may_be_retried(self) -> bool:
        """Whether it failed and is still worth sending."""
        return self.state == MessageState.FAILED and self.error not in FINAL_ERRORS


class NotificationText(models.Model):
    """Text of a kind as editors changed it; an empty field falls back to Russian, then to the portal's own text."""

    kind = models.CharField(_("Kind"), max_length=40, unique=True)
    subject_ru = models.CharField(_("Subject in Russian"), max_length=160, blank=True)
    body_ru = models.TextField(_("Text in Russian"), blank=True)
    subject_en = models.CharField(_("Subject in English"), max_length=160, blank=True)
    body_en = models.TextField(_("Text in English"), blank=True)
    changed_at = models.DateTimeField(_("Changed"), auto_now=True)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("Changed by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )

    class Meta:
        verbose_name = _("Text of a message")
        verbose_name_plural = _("Texts of messages")
        ordering = ["kind"]
        permissions = [("edit_texts", _("Can edit the texts of messages"))]

    def __str__(self) -> str:
        kind = find_kind(self.kind)
        return str(kind.name) if kind else self.kind


class Choice(models.Model):
    """Whether a person wants a category by a channel; where nothing is chosen the category's default holds."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("Recipient"),
        on_delete=models.CASCADE,
        related_name="notification_choices",
    )
    category = models.CharField(pgettext_lazy("notifications", "Category"), max_length=20)
    channel = models.CharField(_("Channel"), max_length=8, choices=DeliveryChannel.choices)
    wanted = models.BooleanField(_("Wanted"))

    class Meta:
        verbose_name = _("Notification preferences")
        verbose_name_plural = _("Notification preferences")
        constraints = [models.UniqueConstraint("user", "category", "channel", name="notifications_choice_once")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.category} {self.channel}"


class Delivery(models.Model):
    """Mail preferences of a person: quiet hours (Moscow time), a digest, the language."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, verbose_name=_("Recipient"), on_delete=models.CASCADE, related_name="delivery"
    )
    quiet_from = models.TimeField(_("Do not disturb from"), null=True, blank=True)
    quiet_until = models.TimeField(_("Do not disturb until"), null=True, blank=True)
    digest = models.BooleanField(_("One letter per day"), default=False)
    language = models.CharField(_("Language"), max_length=2, choices=Language.choices, default=Language.RUSSIAN)

    class Meta:
        verbose_name = _("Delivery of messages")
        verbose_name_plural = _("Delivery of messages")
        constraints = [
            models.CheckConstraint(
                name="notifications_quiet_hours_whole",
                condition=Q(quiet_from=None, quiet_until=None) | Q(quiet_from__isnull=False, quiet_until__isnull=False),
                violation_error_message=_("Enter both the beginning and the end of the quiet hours."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}"
