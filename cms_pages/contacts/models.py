"""Contacts with hours, and the page of the support form."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel
from wagtail.api import APIField
from wagtail.contrib.settings.models import BaseGenericSetting, register_setting
from wagtail.fields import RichTextField
from wagtail.models import Orderable

from cms_pages.contacts.calculation import Hours
from cms_pages.contacts.captcha import WORDS, Question
from cms_pages.core.blocks import TEXT_FEATURES
from cms_pages.core.models import BasePage


class ContactsPage(BasePage):
    """Departments, phones, hours with today's state, the map."""

    map_picture = models.ForeignKey(
        "wagtailimages.Image",
        verbose_name=_("Map"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=_("A picture: nothing is loaded from other sites."),
    )
    map_alt = models.CharField(_("What the map shows"), max_length=200, blank=True)
    directions = RichTextField(_("How to get there"), blank=True, features=TEXT_FEATURES)

    content_panels = [
        *BasePage.content_panels,
        FieldPanel("summary"),
        InlinePanel("departments", label=_("Department"), heading=_("Departments")),
        MultiFieldPanel([FieldPanel("map_picture"), FieldPanel("map_alt"), FieldPanel("directions")], _("Map")),
    ]
    api_fields = [*BasePage.api_fields, APIField("departments"), APIField("directions")]
    parent_page_types = ["cms_home.HomePage"]
    subpage_types: list[str] = []
    max_count = 1
    template = "contacts/contacts_page.html"
    kind_name = _("Contacts")

    class Meta:
        verbose_name = _("Contacts page")
        verbose_name_plural = _("Contacts pages")

    def clean(self) -> None:
        """A map needs words. Raises ValidationError."""
        super().clean()
        if self.map_picture_id and not self.map_alt.strip():
            raise ValidationError({"map_alt": _("Say in a few words what the picture shows.")})

    def body_text(self) -> str:
        rooms = " ".join(f"{d.name} {d.duties} {d.address} {d.phone} {d.email}" for d in self.departments.all())
        return f"{rooms} {self.directions}"


class Department(Orderable):
    """A department with its hours; an empty day is a day off."""

    page = ParentalKey(ContactsPage, on_delete=models.CASCADE, related_name="departments")
    name = models.CharField(_("Department"), max_length=120)
    duties = models.CharField(_("What it helps with"), max_length=250, blank=True)
    phone = models.CharField(_("Phone"), max_length=40, blank=True)
    email = models.EmailField(_("E-mail"), blank=True)
    address = models.CharField(_("Address"), max_length=250, blank=True)
    round_the_clock = models.BooleanField(_("24/7"), default=False)
    weekdays_open = models.TimeField(_("Monday to Thursday: from"), null=True, blank=True)
    weekdays_close = models.TimeField(_("to"), null=True, blank=True)
    friday_close = models.TimeField(_("Friday: to"), null=True, blank=True)
    saturday_open = models.TimeField(_("Saturday: from"), null=True, blank=True)
    saturday_close = models.TimeField(_("to"), null=True, blank=True)
    break_from = models.TimeField(_("Break: from"), null=True, blank=True)
    break_to = models.TimeField(_("to"), null=True, blank=True)

    panels = [
        FieldPanel("name"),
        FieldPanel("duties"),
        FieldRowPanel([FieldPanel("phone"), FieldPanel("email")]),
        FieldPanel("address"),
        FieldPanel("round_the_clock"),
        FieldRowPanel([FieldPanel("weekdays_open"), FieldPanel("weekdays_close"), FieldPanel("friday_close")]),
        FieldRowPanel([FieldPanel("saturday_open"), FieldPanel("saturday_close")]),
        FieldRowPanel([FieldPanel("break_from"), FieldPanel("break_to")]),
    ]
    api_fields = [APIField("name"), APIField("duties"), APIField("phone"), APIField("email"), APIField("address")]

    class Meta(Orderable.Meta):
        verbose_name = _("Department")
        verbose_name_plural = _("Departments")
        constraints = [
            models.CheckConstraint(
                name="cms_contacts_break_whole",
                condition=models.Q(break_from=None, break_to=None) | models.Q(break_from__lt=models.F("break_to")),
                violation_error_message=_("A break needs a start and a later end."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def hours(self) -> Hours:
        """Its week, as data."""
        weekday = _span(self.weekdays_open, self.weekdays_close)
        friday = _span(self.weekdays_open, self.friday_close or self.weekdays_close)
        saturday = _span(self.saturday_open, self.saturday_close)
        return Hours(
            days=(weekday, weekday, weekday, weekday, friday, saturday, None),
            pause=_span(self.break_from, self.break_to),
            always=self.round_the_clock,
        )


class CaptchaMode(models.TextChoices):
    """Kinds of captcha."""

    PICTURE = "picture", _("A code from a picture, or a question in words")
    QUESTION = "question", _("A question in words")
    OFF = "off", _("Nothing, rate limits only")


@register_setting(icon="help")
class SupportCheck(BaseGenericSetting):
    """Settings that guard the support form against robots."""

    kind = models.CharField(
        _("Protection from robots"),
        max_length=8,
        choices=CaptchaMode.choices,
        default=CaptchaMode.PICTURE,
        help_text=_("Each works without JavaScript. An answer can be used once, within a few minutes."),
    )
    question = models.CharField(
        _("Your own question"),
        max_length=200,
        blank=True,
        help_text=_(
            "Empty: one of our simple questions, a different one each time. Robots do not know a question of your own."
        ),
    )
    answers = models.TextField(
        _("Correct answers"),
        max_length=1000,
        blank=True,
        help_text=_("One per line; capital letters and a full stop do not matter."),
    )

    panels = [FieldPanel("kind"), FieldPanel("question"), FieldPanel("answers")]

    class Meta:
        verbose_name = _("Support form: protection from robots")

    def clean(self) -> None:
        """A question needs an answer. Raises ValidationError."""
        super().clean()
        if self.question.strip() and not self.right_answers:
            raise ValidationError({"answers": _("Write at least one correct answer.")})

    @property
    def right_answers(self) -> tuple[str, ...]:
        """The answers that count."""
        return tuple(line.strip() for line in self.answers.splitlines() if line.strip())

    @property
    def questions(self) -> tuple[Question, ...]:
        """Return what is asked: the company's own question, or the built-in ones."""
        return ((self.question, self.right_answers),) if self.question.strip() and self.right_answers else WORDS


def _span(start: dt.time | None, end: dt.time | None) -> tuple[dt.time, dt.time] | None:
    return (start, end) if start and end else None


class SupportPage(BasePage):
    """The support form: a question to the company, without logging in."""

    thanks = models.TextField(
        _("Text after sending"), max_length=400, blank=True, help_text=_("Empty: the default text.")
    )
    aside = RichTextField(_("Beside the form"), blank=True, features=TEXT_FEATURES)

    content_panels = [
        *BasePage.content_panels,
        FieldPanel("summary"),
        FieldPanel("aside"),
        FieldPanel("thanks"),
    ]
    parent_page_types = ["cms_home.HomePage"]
    subpage_types: list[str] = []
    max_count = 1
    template = "contacts/support_page.html"
    kind_name = _("Support form")

    class Meta:
        verbose_name = _("Support page")
        verbose_name_plural = _("Support pages")

    def body_text(self) -> str:
        return self.aside
