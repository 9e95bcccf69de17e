"""Outages, what they cover as it was typed, and the houses that this meant when it was published."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.accounts.enums import Service
from portal.accounts.models import House, Street
from portal.core import cache_version
from portal.service_requests.dispatch.models import Incident


class OutageKind(models.TextChoices):
    """Why water is off."""

    PLANNED = "planned", _("Planned")
    EMERGENCY = "emergency", pgettext_lazy("service_requests", "Emergency")


class OutageState(models.TextChoices):
    """States of an outage."""

    DRAFT = "draft", _("Draft")
    PUBLISHED = "published", pgettext_lazy("portal", "Published")
    ENDED = "ended", pgettext_lazy("service_requests", "Ended")
    CANCELLED = "cancelled", _("Cancelled")


class Outage(models.Model):
    """Services that are off from a moment to a moment. `ends_at` is expected until `ended_at` is known."""

    kind = models.CharField(_("Kind"), max_length=10, choices=OutageKind.choices, default=OutageKind.PLANNED)
    state = models.CharField(_("State"), max_length=10, choices=OutageState.choices, default=OutageState.DRAFT)
    services = models.JSONField(_("Services"), default=list)
    starts_at = models.DateTimeField(pgettext_lazy("portal", "From"))
    ends_at = models.DateTimeField(pgettext_lazy("service_requests", "Until"))
    ended_at = models.DateTimeField(pgettext_lazy("service_requests", "Ended"), null=True, blank=True)
    reason = models.CharField(_("Reason"), max_length=250)
    delivery = models.CharField(
        _("Where water is delivered"), max_length=250, blank=True, help_text=_("Place and hours, if any.")
    )
    incident = models.ForeignKey(
        Incident,
        verbose_name=_("Incident"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="outages",
    )
    form_token = models.UUIDField(_("One-time key"), null=True, blank=True, unique=True, editable=False)
    revision = models.PositiveSmallIntegerField(_("Revision"), default=0, editable=False)
    published_at = models.DateTimeField(pgettext_lazy("portal", "Published"), null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("Entered by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    created_at = models.DateTimeField(pgettext_lazy("portal", "Created"), auto_now_add=True)

    class Meta:
        verbose_name = _("Outage")
        verbose_name_plural = _("Outages")
        ordering = ["-starts_at"]
        permissions = [("publish_outage", _("Can announce outages"))]
        indexes = [models.Index(fields=["state", "starts_at"], name="requests_outage_state")]
        constraints = [
            models.CheckConstraint(
                name="requests_outage_order",
                condition=Q(ends_at__gt=F("starts_at")),
                violation_error_message=_("The end must be later than the beginning."),
            ),
            models.CheckConstraint(
                name="requests_outage_ended",
                condition=~Q(state="ended") | Q(ended_at__isnull=False, ended_at__gte=F("starts_at")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.reason}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Store; the public pages show it at once."""
        super().save(*args, **kwargs)
        cache_version.bump()

    @property
    def until(self) -> object:
        """Return when it ended, or is expected to."""
        return self.ended_at or self.ends_at

    def is_overdue(self, now: dt.datetime) -> bool:
        """Whether the promised end has passed and the water is not back."""
        return self.ended_at is None and self.ends_at < now

    def service_names(self) -> list[str]:
        """The services in words."""
        return [str(Service(service).label) for service in self.services]

    @property
    def is_draft(self) -> bool:
        return self.state == OutageState.DRAFT

    @property
    def is_published(self) -> bool:
        return self.state == OutageState.PUBLISHED

    @property
    def is_ended(self) -> bool:
        return self.state == OutageState.ENDED


class OutageScope(models.Model):
    """A street, whole or by houses as somebody typed them: «1–15 нечётные, 20, 7А»."""

    outage = models.ForeignKey(Outage, verbose_name=_("Outage"), on_delete=models.CASCADE, related_name="scopes")
    street = models.ForeignKey(Street, verbose_name=_("Street"), on_delete=models.PROTECT, related_name="+")
    houses = models.CharField(_("Houses"), max_length=250, blank=True, help_text=_("Empty: the whole street."))

    class Meta:
        verbose_name = _("Scope of an outage")
        verbose_name_plural = _("Scope of an outage")
        ordering = ["street__name", "pk"]

    def __str__(self) -> str:
        return f"{self.street}: {self.houses}" if self.houses else str(self.street)


class OutageHouse(models.Model):
    """A house that a published outage hits."""

    outage = models.ForeignKey(Outage, verbose_name=_("Outage"), on_delete=models.CASCADE, related_name="hit_houses")
    house = models.ForeignKey(House, verbose_name=_("House"), on_delete=models.PROTECT, related_name="outages")

    class Meta:
        verbose_name = _("House without water")
        verbose_name_plural = _("Houses without water")
        constraints = [models.UniqueConstraint("outage", "house", name="requests_outage_house_once")]

    def __str__(self) -> str:
        return str(self.house)
