"""A request to dispatch, all that happened to it, its photos; incidents that join requests; norms by kind."""

import datetime as dt

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.accounts.models import Account, House
from portal.core.models import PrivateFile
from portal.service_requests.crews.models import Crew
from portal.service_requests.dispatch.enums import OPEN, RequestKind, RequestSource, RequestState


class KindNorm(models.Model):
    """Response time for a kind of request."""

    kind = models.CharField(_("Kind"), max_length=12, choices=RequestKind.choices, unique=True)
    urgent = models.BooleanField(_("Urgent"), default=False)
    minutes = models.PositiveIntegerField(_("Norm, minutes"), validators=[MinValueValidator(5)])

    class Meta:
        verbose_name = _("Norm of a kind of request")
        verbose_name_plural = _("Norms of kinds of requests")
        ordering = ["minutes"]

    def __str__(self) -> str:
        return str(self.get_kind_display())


class Incident(models.Model):
    """Several requests with one cause, worked on together."""

    house = models.ForeignKey(
        House, verbose_name=_("House"), null=True, blank=True, on_delete=models.PROTECT, related_name="incidents"
    )
    kind = models.CharField(_("Kind"), max_length=12, choices=RequestKind.choices)
    opened_at = models.DateTimeField(pgettext_lazy("service_requests", "Opened"))
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("Opened by"), null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        verbose_name = _("Incident")
        verbose_name_plural = _("Incidents")
        ordering = ["-opened_at"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.house or self.pk}"


class DispatchRequest(models.Model):
    """A request: from a resident's cabinet, or from a caller that may be unknown to us."""

    kind = models.CharField(_("What happened"), max_length=12, choices=RequestKind.choices)
    state = models.CharField(_("State"), max_length=10, choices=RequestState.choices, default=RequestState.RECEIVED)
    source = models.CharField(_("Source"), max_length=8, choices=RequestSource.choices, default=RequestSource.CABINET)
    account = models.ForeignKey(
        Account,
        verbose_name=_("Customer account"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="dispatch_requests",
    )
    house = models.ForeignKey(
        House,
        verbose_name=_("House"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="dispatch_requests",
    )
    address = models.CharField(_("Address"), max_length=250)
    place = models.CharField(_("Place"), max_length=120, blank=True)
    text = models.TextField(_("What you see"), max_length=2000)
    caller = models.CharField(_("Reported by"), max_length=120, blank=True)
    phone = models.CharField(
        _("Callback number"),
        max_length=20,
        blank=True,
        help_text=_("Empty: the caller gave none. A request from My account always has one."),
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("Entered by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    key = models.CharField(_("Key of the form"), max_length=40, unique=True)
    urgent = models.BooleanField(_("Urgent"), default=False)
    norm_until = models.DateTimeField(_("Work must begin by"))
    received_at = models.DateTimeField(pgettext_lazy("service_requests", "Received"))
    changed_at = models.DateTimeField(_("In this state since"))
    promised_at = models.DateTimeField(_("Promised by"), null=True, blank=True)
    started_at = models.DateTimeField(_("Work began"), null=True, blank=True)
    crew = models.ForeignKey(
        Crew, verbose_name=_("Crew"), null=True, blank=True, on_delete=models.PROTECT, related_name="requests"
    )
    incident = models.ForeignKey(
        Incident,
        verbose_name=_("Incident"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="requests",
    )
    outage = models.ForeignKey(
        "service_requests.Outage",
        verbose_name=_("Known outage"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="requests",
        help_text=_("What was announced for the house when the request came in."),
    )
    reason = models.CharField(_("Reason for the rejection"), max_length=250, blank=True)
    reopened = models.BooleanField(_("Reopened"), default=False)
    rating = models.PositiveSmallIntegerField(
        _("Rating"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(5)]
    )
    rating_text = models.CharField(_("Comment on the rating"), max_length=500, blank=True)
    version = models.PositiveIntegerField(_("Version"), default=1, editable=False)

    class Meta:
        verbose_name = _("Dispatch request")
        verbose_name_plural = _("Dispatch requests")
        ordering = ["-received_at", "-pk"]
        permissions = [
            ("dispatch_requests", _("Can work on dispatch requests")),
        ]
        indexes = [
            models.Index(
                fields=["-urgent", "received_at"],
                name="requests_dispatch_open",
                condition=Q(state__in=[str(state) for state in OPEN]),
            ),
            models.Index(fields=["-received_at"], name="requests_dispatch_newest"),
            models.Index(fields=["account", "-received_at"], name="requests_dispatch_account"),
            models.Index(fields=["house", "received_at"], name="requests_dispatch_house"),
        ]
        constraints = [
            models.CheckConstraint(
                name="requests_dispatch_rejected_why", condition=~Q(state="rejected") | ~Q(reason="")
            ),
            models.CheckConstraint(
                name="requests_dispatch_crew",
                condition=~Q(state__in=["assigned", "on_the_way", "working"]) | Q(crew__isnull=False),
            ),
            models.CheckConstraint(name="requests_dispatch_phone", condition=~Q(phone="") | Q(source="phone")),
            models.CheckConstraint(
                name="requests_dispatch_rating", condition=Q(rating=None) | Q(rating__gte=1, rating__lte=5)
            ),
        ]

    def __str__(self) -> str:
        return f"№ {self.number}"

    @property
    def number(self) -> str:
        """The number that people are shown."""
        return str(10_000 + self.pk)

    @property
    def is_open(self) -> bool:
        """Whether the dispatcher still has something to do."""
        return self.state in OPEN

    @property
    def counted_from(self) -> dt.datetime:
        """Return when the clock of the norm began: with the request, or with its reopening while it waits for a crew
        again.
        """
        return self.changed_at if self.reopened and self.state == RequestState.RECEIVED else self.received_at

    @property
    def is_received(self) -> bool:
        """Whether no crew has it yet."""
        return self.state == RequestState.RECEIVED

    @property
    def is_done(self) -> bool:
        """Whether the crew has finished and nobody has closed it."""
        return self.state == RequestState.DONE

    @property
    def is_closed(self) -> bool:
        return self.state == RequestState.CLOSED


class RequestEventKind(models.TextChoices):
    """Events of a request."""

    STATE = "state", _("State")
    WORDS = "words", _("Message to the resident")
    NOTE = "note", _("Internal note")
    EDIT = "edit", _("Correction of the request")
    UNDONE = "undone", _("Step taken back")
    TERM = "term", _("Promised time")
    INCIDENT = "incident", _("Incident")
    RATING = "rating", _("Rating")


class DispatchEvent(models.Model):
    """Event of a history: actor, time, reason. Append-only."""

    request = models.ForeignKey(
        DispatchRequest, verbose_name=_("Dispatch request"), on_delete=models.CASCADE, related_name="events"
    )
    kind = models.CharField(_("Kind"), max_length=8, choices=RequestEventKind.choices)
    state = models.CharField(_("State"), max_length=10, choices=RequestState.choices, blank=True)
    text = models.CharField(_("Text"), max_length=1000, blank=True)
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
        verbose_name = _("Event of a request")
        verbose_name_plural = _("Events of requests")
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.request_id}: {self.kind}"


class DispatchPhoto(models.Model):
    """A photo of a request."""

    request = models.ForeignKey(
        DispatchRequest, verbose_name=_("Dispatch request"), on_delete=models.CASCADE, related_name="photos"
    )
    file = models.OneToOneField(PrivateFile, verbose_name=_("File"), on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("Photo")
        verbose_name_plural = _("Photos")

    def __str__(self) -> str:
        return self.file.name
