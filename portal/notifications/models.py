"""The outbox, which is the inbox too: a row per event, recipient and channel."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.notifications.enums import Channel, Kind, State


class Message(models.Model):
    """What one recipient is told of one event by one channel. A recipient may be an address without a login."""

    event = models.CharField(_("Event"), max_length=120)
    kind = models.CharField(_("Kind"), max_length=20, choices=Kind.choices)
    channel = models.CharField(_("Channel"), max_length=8, choices=Channel.choices)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("Recipient"), null=True, blank=True,
        on_delete=models.CASCADE, related_name="messages",
    )  # fmt: skip
    address = models.EmailField(_("Address"), blank=True)
    context = models.JSONField(_("Data of the text"), default=dict, blank=True)
    link = models.CharField(_("Link"), max_length=250, blank=True)
    subject = models.CharField(_("Subject"), max_length=200, blank=True)
    body = models.TextField(_("Text"), blank=True)
    state = models.CharField(_("State"), max_length=8, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(_("Attempts"), default=0)
    due_at = models.DateTimeField(_("Send from"))
    claimed_at = models.DateTimeField(_("Claimed"), null=True, blank=True)
    sent_at = models.DateTimeField(_("Sent"), null=True, blank=True)
    read_at = models.DateTimeField(_("Read"), null=True, blank=True)
    error = models.CharField(_("Last error"), max_length=250, blank=True)
    created_at = models.DateTimeField(_("Created"), auto_now_add=True)

    class Meta:
        verbose_name = _("Message")
        verbose_name_plural = _("Messages")
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["user", "channel", "-created_at"], name="notifications_inbox"),
            models.Index(fields=["due_at"], condition=Q(state="waiting"), name="notifications_due"),
        ]
        constraints = [
            models.UniqueConstraint("event", "channel", "user", "address", name="notifications_once"),
            models.CheckConstraint(
                name="notifications_has_recipient", condition=Q(user__isnull=False) | ~Q(address="")
            ),
            models.CheckConstraint(
                name="notifications_inbox_needs_login", condition=~Q(channel="inbox") | Q(user__isnull=False)
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.kind} {self.event}"
