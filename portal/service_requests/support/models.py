"""Questions and their threads."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.billing.models import Charge
from portal.service_requests.support.enums import MessageSide, QuestionState


class SupportQuestion(models.Model):
    """A question of the support form. The account number is what the asker wrote: nobody confirmed it."""

    form_token = models.UUIDField(_("One-time key"), unique=True, editable=False)
    name = models.CharField(_("Name"), max_length=120)
    email = models.EmailField(pgettext_lazy("service_requests", "E-mail"))
    account_number = models.CharField(_("Account number as written"), max_length=20, blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=pgettext_lazy("portal", "Login"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="support_questions",
    )
    charge = models.ForeignKey(
        Charge,
        verbose_name=_("Disputed line of a bill"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="disputes",
    )
    state = models.CharField(_("State"), max_length=8, choices=QuestionState.choices, default=QuestionState.OPEN)
    asked_at = models.DateTimeField(_("Asked"))
    turned_at = models.DateTimeField(_("State since"))
    due_on = models.DateField(_("Answer due"))

    class Meta:
        verbose_name = _("Support question")
        verbose_name_plural = _("Support questions")
        ordering = ["-asked_at"]
        permissions = [
            ("answer_support", _("Can answer support questions")),
            ("answer_disputes", _("Can answer about disputed lines of bills")),
        ]
        indexes = [models.Index(fields=["state", "due_on"], name="requests_support_queue")]
        constraints = [
            models.CheckConstraint(name="requests_support_named", condition=~Q(name="") & ~Q(email="")),
        ]

    def __str__(self) -> str:
        return f"№ {self.pk}"

    @property
    def is_dispute(self) -> bool:
        """Whether it is about a line of a bill."""
        return self.charge_id is not None

    @property
    def is_open(self) -> bool:
        return self.state == QuestionState.OPEN

    @property
    def is_answered(self) -> bool:
        return self.state == QuestionState.ANSWERED


class SupportMessage(models.Model):
    """One message of a thread; never changed after it is written."""

    question = models.ForeignKey(
        SupportQuestion, verbose_name=_("Question"), on_delete=models.PROTECT, related_name="messages"
    )
    side = models.CharField(_("Who wrote"), max_length=8, choices=MessageSide.choices)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("Author"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    text = models.TextField(_("Text"), max_length=6000)
    written_at = models.DateTimeField(_("Written"))

    class Meta:
        verbose_name = _("Message of a question")
        verbose_name_plural = _("Messages of a question")
        ordering = ["written_at", "pk"]
        constraints = [models.CheckConstraint(name="requests_support_text", condition=~Q(text=""))]

    def __str__(self) -> str:
        return f"{self.question}: {self.written_at:%Y-%m-%d}"

    @property
    def is_from_company(self) -> bool:
        return self.side == MessageSide.COMPANY
