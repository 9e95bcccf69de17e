"""Crews, their weekly hours, days off, and slots that visits are booked in."""

import datetime as dt

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class CrewKind(models.TextChoices):
    """Kinds of crews."""

    EMERGENCY = "emergency", pgettext_lazy("service_requests", "Emergency")
    FIELD = "field", _("Meters")


class Weekday(models.IntegerChoices):
    """Days of the week, Monday first."""

    MONDAY = 0, _("Monday")
    TUESDAY = 1, _("Tuesday")
    WEDNESDAY = 2, _("Wednesday")
    THURSDAY = 3, _("Thursday")
    FRIDAY = 4, _("Friday")
    SATURDAY = 5, _("Saturday")
    SUNDAY = 6, _("Sunday")


class Crew(models.Model):
    """People who go out together."""

    name = models.CharField(_("Crew"), max_length=60, unique=True)
    kind = models.CharField(_("Kind"), max_length=10, choices=CrewKind.choices, default=CrewKind.FIELD)
    phone = models.CharField(_("Phone"), max_length=20, blank=True)
    members = models.ManyToManyField(
        settings.AUTH_USER_MODEL, verbose_name=_("Members"), blank=True, related_name="crews"
    )
    active = models.BooleanField(_("Works now"), default=True)

    class Meta:
        verbose_name = _("Crew")
        verbose_name_plural = _("Crews")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class WorkingHours(models.Model):
    """A slot that a crew has every week."""

    crew = models.ForeignKey(Crew, verbose_name=_("Crew"), on_delete=models.CASCADE, related_name="hours")
    weekday = models.PositiveSmallIntegerField(_("Weekday"), choices=Weekday.choices)
    starts = models.TimeField(pgettext_lazy("portal", "From"))
    ends = models.TimeField(pgettext_lazy("service_requests", "Until"))
    capacity = models.PositiveSmallIntegerField(
        _("Visits"), default=3, validators=[MinValueValidator(1), MaxValueValidator(50)]
    )

    class Meta:
        verbose_name = _("Working hours")
        verbose_name_plural = _("Working hours")
        ordering = ["crew", "weekday", "starts"]
        constraints = [
            models.UniqueConstraint("crew", "weekday", "starts", name="requests_hours_once"),
            models.CheckConstraint(
                name="requests_hours_order",
                condition=Q(ends__gt=F("starts")),
                violation_error_message=_("The end must be later than the beginning."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.crew}: {self.get_weekday_display()} {self.starts:%H:%M}–{self.ends:%H:%M}"


class DayOff(models.Model):
    """A day without visits, of one crew or of all."""

    crew = models.ForeignKey(
        Crew,
        verbose_name=_("Crew"),
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="days_off",
        help_text=_("Empty: all crews."),
    )
    day = models.DateField(pgettext_lazy("service_requests", "Day"))
    reason = models.CharField(_("Reason"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("Day off")
        verbose_name_plural = _("Days off")
        ordering = ["-day"]

    def __str__(self) -> str:
        return f"{self.day:%d.%m.%Y}"


class Slot(models.Model):
    """Hours of a day in which a crew takes so many visits; the database keeps it from taking more."""

    crew = models.ForeignKey(Crew, verbose_name=_("Crew"), on_delete=models.PROTECT, related_name="slots")
    day = models.DateField(pgettext_lazy("service_requests", "Day"))
    starts = models.TimeField(pgettext_lazy("portal", "From"))
    ends = models.TimeField(pgettext_lazy("service_requests", "Until"))
    capacity = models.PositiveSmallIntegerField(_("Visits"), validators=[MaxValueValidator(50)])
    booked = models.PositiveSmallIntegerField(pgettext_lazy("service_requests", "Booked"), default=0, editable=False)

    class Meta:
        verbose_name = _("Slot")
        verbose_name_plural = _("Slots")
        ordering = ["day", "starts", "crew"]
        constraints = [
            models.UniqueConstraint("crew", "day", "starts", name="requests_slot_once"),
            models.CheckConstraint(
                name="requests_slot_capacity",
                condition=Q(booked__lte=F("capacity")),
                violation_error_message=_("More visits are agreed than that."),
            ),
            models.CheckConstraint(name="requests_slot_order", condition=Q(ends__gt=F("starts"))),
        ]

    def __str__(self) -> str:
        return f"{self.day:%d.%m.%Y} {self.hours}"

    @property
    def hours(self) -> str:
        """«10:00–12:00»."""
        return f"{self.starts.hour}:{self.starts:%M}–{self.ends.hour}:{self.ends:%M}"

    def is_over(self, now: dt.datetime) -> bool:
        """Whether its hours have passed by a moment in Moscow time."""
        return (self.day, self.ends) <= (now.date(), now.time())

    @property
    def free(self) -> int:
        """Return how many visits it still takes."""
        return self.capacity - self.booked
