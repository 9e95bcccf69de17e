"""The book: public pages that carry no personal data, and the private records behind them."""

from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail import blocks
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.api import APIField
from wagtail.contrib.settings.models import BaseGenericSetting, register_setting
from wagtail.fields import RichTextField, StreamField
from wagtail.models import PagePermissionTester, Task, TaskState
from wagtail.search import index
from wagtail.snippets.models import register_snippet

from cms_pages.complaints.enums import NUMBERED, ComplaintKind, ComplaintState, ComplaintStep
from cms_pages.complaints.permissions import may_review
from cms_pages.complaints.states import WithState
from cms_pages.core.blocks import LINE_FEATURES
from cms_pages.core.models import BasePage


class ComplaintsBookPage(BasePage):
    """The public book of complaints and suggestions."""

    rules = RichTextField(
        _("Rules of the book"),
        blank=True,
        features=["h3", "bold", "ol", "ul", "link"],
        help_text=_("Entries are rejected only by these rules."),
    )

    content_panels = [*BasePage.content_panels, FieldPanel("summary"), FieldPanel("rules")]
    parent_page_types = ["cms_home.HomePage"]
    subpage_types = ["cms_complaints.ComplaintPage"]
    max_count = 1
    template = "complaints/complaints_book_page.html"
    kind_name = _("Complaints book")

    class Meta:
        verbose_name = _("Complaints book")
        verbose_name_plural = _("Complaints books")

    def body_text(self) -> str:
        return self.rules


class EntryRights(PagePermissionTester):
    """Entries are the reviewers' alone; an entry is published on their screen, which knows of personal data."""

    def can_edit(self) -> bool:
        return may_review(self.user) and bool(super().can_edit())

    def can_publish(self) -> bool:
        return may_review(self.user) and self.page.live and bool(super().can_publish())

    def can_unpublish(self) -> bool:
        return may_review(self.user) and bool(super().can_unpublish())

    def can_delete(self, ignore_bulk: bool = False) -> bool:
        return may_review(self.user) and bool(super().can_delete(ignore_bulk))

    def can_lock(self) -> bool:
        return may_review(self.user) and bool(super().can_lock())

    def can_unlock(self) -> bool:
        return may_review(self.user) and bool(super().can_unlock())


class ComplaintPage(BasePage):
    """An entry as the public sees it: the wording that the reviewer prepared, the answer, dates, no surname."""

    kind = models.CharField(_("Kind"), max_length=10, choices=ComplaintKind.choices, default=ComplaintKind.COMPLAINT)
    received_on = models.DateField(pgettext_lazy("complaints", "Received"))
    due_on = models.DateField(_("Answer due"))
    author_name = models.CharField(
        _("Name as shown"), max_length=60, blank=True, help_text=_("First name and initial only: «Анна И.».")
    )
    street = models.CharField(
        _("Street as shown"), max_length=100, blank=True, help_text=_("Without the house and the flat.")
    )
    text = models.TextField(_("Text as shown"), max_length=6000, blank=True)
    plan = models.CharField(
        _("What happens next"),
        max_length=200,
        blank=True,
        help_text=_("With a date: «Инженер осмотрит люк 16 ноября»."),
    )
    answer = RichTextField(pgettext_lazy("complaints", "Answer"), blank=True, features=[*LINE_FEATURES, "ol", "ul"])
    answered_on = models.DateField(_("Answered"), null=True, blank=True)
    answered_by = models.CharField(
        _("Who answers"), max_length=160, blank=True, help_text=_("«Н. С. Орлова, главный технолог».")
    )
    answer_file = models.ForeignKey(
        "wagtaildocs.Document",
        verbose_name=_("File of the answer"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    steps = StreamField(
        [
            (
                "step",
                blocks.StructBlock(
                    [
                        ("date", blocks.DateBlock(label=_("Date"))),
                        ("text", blocks.CharBlock(label=_("What was done"), max_length=120)),
                    ],
                    label=_("Step"),
                ),
            )
        ],
        verbose_name=_("What was done about it"),
        blank=True,
    )

    content_panels = [
        *BasePage.content_panels,
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("kind"), FieldPanel("received_on"), FieldPanel("due_on")]),
                FieldRowPanel([FieldPanel("author_name"), FieldPanel("street")]),
                FieldPanel("text"),
            ],
            _("Entry as shown"),
        ),
        MultiFieldPanel(
            [
                FieldPanel("plan"),
                FieldPanel("answer"),
                FieldRowPanel([FieldPanel("answered_on"), FieldPanel("answered_by")]),
                FieldPanel("answer_file"),
                FieldPanel("steps"),
            ],
            pgettext_lazy("complaints", "Answer"),
        ),
    ]
    search_fields = [
        *BasePage.search_fields,
        index.FilterField("kind"),
        index.FilterField("received_on"),
    ]
    api_fields = [
        *BasePage.api_fields,
        APIField("kind"),
        APIField("received_on"),
        APIField("author_name"),
        APIField("text"),
        APIField("answer"),
        APIField("answered_on"),
        APIField("answered_by"),
    ]
    parent_page_types = ["cms_complaints.ComplaintsBookPage"]
    subpage_types: list[str] = []
    template = "complaints/complaint_page.html"
    kind_name = _("Entry of the book")

    class Meta:
        verbose_name = _("Entry of the book")
        verbose_name_plural = _("Entries of the book")
        indexes = [models.Index(fields=["-received_on"], name="cms_complaints_received")]

    def permissions_for_user(self, user: Any) -> EntryRights:
        return EntryRights(user, self)

    def body_text(self) -> str:
        return f"{self.text} {self.answer} {self.plan}"

    @property
    def days_to_answer(self) -> int | None:
        """Days from receipt to the answer; None while there is none."""
        return (self.answered_on - self.received_on).days if self.answered_on else None


@register_setting(icon="time")
class ComplaintRules(BaseGenericSetting):
    """Terms of the answers and how the book is run."""

    quality_days = models.PositiveSmallIntegerField(
        _("Quality of the service: working days for the answer"),
        default=3,
        validators=[MinValueValidator(1), MaxValueValidator(30)],
        help_text=_("Rules 354, cl. 31: three working days."),
    )
    other_days = models.PositiveSmallIntegerField(
        _("Everything else: calendar days for the answer"),
        default=30,
        validators=[MinValueValidator(1), MaxValueValidator(60)],
    )
    second_pair_of_eyes = models.BooleanField(
        _("A second reviewer looks at every answer"),
        default=False,
        help_text=_("Nobody can then publish an answer that they wrote themselves."),
    )
    duplicate_days = models.PositiveSmallIntegerField(_("Look for duplicates within the last days"), default=30)
    signature = models.CharField(
        _("Signature of answers"), max_length=160, blank=True, help_text=_("Name and position of whoever answers.")
    )

    panels = [
        FieldRowPanel([FieldPanel("quality_days"), FieldPanel("other_days")]),
        FieldPanel("second_pair_of_eyes"),
        FieldPanel("duplicate_days"),
        FieldPanel("signature"),
    ]

    class Meta:
        verbose_name = _("Complaints book: terms")


@register_snippet
class AnswerTemplate(models.Model):
    """Words that reviewers begin an answer with."""

    title = models.CharField(_("Title"), max_length=100, unique=True)
    kind = models.CharField(_("Kind of entry"), max_length=10, choices=ComplaintKind.choices, blank=True)
    text = models.TextField(_("Text"), max_length=3000)

    panels = [FieldPanel("title"), FieldPanel("kind"), FieldPanel("text")]

    class Meta:
        verbose_name = _("Answer template")
        verbose_name_plural = _("Answer templates")
        ordering = ["title"]

    def __str__(self) -> str:
        return self.title


class Complaint(WithState, models.Model):
    """Entry as the resident wrote it, with contacts and account. Never shown in public, never in a revision."""

    page = models.OneToOneField(
        ComplaintPage, verbose_name=_("Page"), null=True, blank=True, on_delete=models.SET_NULL, related_name="record"
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("Author"), on_delete=models.PROTECT, related_name="complaints"
    )
    account = models.ForeignKey(
        "accounts.Account",
        verbose_name=_("Customer account"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="complaints",
    )
    form_token = models.UUIDField(_("One-time key"), unique=True, editable=False)
    name = models.CharField(pgettext_lazy("portal", "Name"), max_length=250)
    email = models.EmailField(_("E-mail"), blank=True)
    phone = models.CharField(_("Phone"), max_length=40, blank=True)
    kind = models.CharField(_("Kind"), max_length=10, choices=ComplaintKind.choices)
    subject = models.CharField(_("Subject"), max_length=120)
    text = models.TextField(_("Text"), max_length=6000)
    may_publish = models.BooleanField(_("May be shown in the book"), default=True)
    received_at = models.DateTimeField(pgettext_lazy("complaints", "Received"))
    due_on = models.DateField(_("Answer due"))
    state = models.CharField(_("State"), max_length=10, choices=ComplaintState.choices, default=ComplaintState.NEW)
    version = models.PositiveIntegerField(_("Version"), default=1, editable=False)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("Assigned to"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    handed_to = models.CharField(_("Handed over to"), max_length=40, blank=True)
    answer = models.TextField(pgettext_lazy("complaints", "Answer"), max_length=8000, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("Who answered"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    answered_at = models.DateTimeField(_("Answered"), null=True, blank=True)
    rejection = models.CharField(_("Reason for the rejection"), max_length=500, blank=True)
    helped = models.BooleanField(_("The answer helped"), null=True, blank=True)
    reply = models.TextField(_("Reply of the author"), max_length=3000, blank=True)
    replied_at = models.DateTimeField(_("Replied"), null=True, blank=True)

    class Meta:
        verbose_name = _("Entry with personal data")
        verbose_name_plural = _("Entries with personal data")
        ordering = ["-received_at"]
        permissions = [("review_complaints", _("Can review the complaints book"))]
        indexes = [models.Index(fields=["state", "due_on"], name="cms_complaints_queue")]
        constraints = [
            models.CheckConstraint(
                name="cms_complaints_answer_whole",
                condition=~Q(state__in=["answered", "closed"]) | (~Q(answer="") & Q(answered_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="cms_complaints_rejection_said", condition=~Q(state="rejected") | ~Q(rejection="")
            ),
            models.CheckConstraint(
                name="cms_complaints_private_stays_private",
                condition=Q(may_publish=True) | ~Q(state="answered"),
            ),
            models.CheckConstraint(
                name="cms_complaints_reply_whole",
                condition=Q(reply="", replied_at=None) | (~Q(reply="") & Q(replied_at__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"№ {self.pk}"

    @property
    def numbered(self) -> str:
        """«Жалоба № 10», in the reader's language."""
        return str(NUMBERED[ComplaintKind(self.kind)] % {"number": self.pk})

    @property
    def waits(self) -> bool:
        """Whether the author still waits for the company."""
        return self.state in ComplaintState.waiting()


class Attachment(models.Model):
    """A photo or document that came with an entry."""

    complaint = models.ForeignKey(
        Complaint, verbose_name=_("Entry"), on_delete=models.PROTECT, related_name="attachments"
    )
    file = models.OneToOneField(
        "core.PrivateFile", verbose_name=_("File"), on_delete=models.PROTECT, related_name="complaint_attachment"
    )

    class Meta:
        verbose_name = _("Attachment")
        verbose_name_plural = _("Attachments")
        ordering = ["pk"]

    def __str__(self) -> str:
        return str(self.file)


class HistoryEntry(models.Model):
    """One step of an entry: what, who, when, and words for colleagues."""

    complaint = models.ForeignKey(Complaint, verbose_name=_("Entry"), on_delete=models.CASCADE, related_name="history")
    step = models.CharField(_("Step"), max_length=10, choices=ComplaintStep.choices)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("Who"), null=True, on_delete=models.SET_NULL, related_name="+"
    )
    at = models.DateTimeField(_("When"))
    comment = models.TextField(_("Comment"), max_length=2000, blank=True)

    class Meta:
        verbose_name = _("Step of an entry")
        verbose_name_plural = _("Steps of an entry")
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.complaint}: {self.get_step_display()}"


class ComplaintReview(Task):
    """The workflow's task of the book: reviewers see it on their dashboard and finish it on the review screen.

    Wagtail's own buttons are off: they know nothing of the private record, terms and the second pair of eyes.
    """

    class Meta:
        verbose_name = _("Review of an entry of the book")
        verbose_name_plural = _("Reviews of entries of the book")

    def get_task_states_user_can_moderate(self, user: Any, **kwargs: Any) -> models.QuerySet[TaskState]:
        """Return what waits on a reviewer's dashboard; nothing on anybody else's."""
        states = self.task_states.filter(status=TaskState.STATUS_IN_PROGRESS)
        return states if may_review(user) else states.none()

    def user_can_access_editor(self, obj: Any, user: Any) -> bool:
        return may_review(user)

    def get_actions(self, obj: Any, user: Any) -> list[tuple[str, str, bool]]:
        return []

    @classmethod
    def get_description(cls) -> str:
        return str(_("Reviewers answer, close privately or reject it on the screen of the complaints book"))
