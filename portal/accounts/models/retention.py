"""Retention of personal data (152-ФЗ, art. 5 and 21): terms that staff may lengthen, never below the law's."""

from typing import TYPE_CHECKING

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.contrib.settings.models import BaseGenericSetting, register_setting

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

LONGEST = 240  # months


def _months(
    label: "StrOrPromise", *, default: int, least: int, source: "StrOrPromise"
) -> models.PositiveSmallIntegerField:
    return models.PositiveSmallIntegerField(
        label, default=default, help_text=source, validators=[MinValueValidator(least), MaxValueValidator(LONGEST)]
    )


@register_setting(icon="bin")
class RetentionSettings(BaseGenericSetting):
    """Terms in whole months. The lower bound of each is what the law, or the time for claims, asks for."""

    messages = _months(
        _("Letters and notices, months"),
        default=36,
        least=36,
        source=_("At least 36: the time for claims (Civil Code, art. 196); they prove what a debtor was sent."),
    )
    questions = _months(
        _("Support questions, months"),
        default=60,
        least=60,
        source=_("At least 60: appeals of consumers (Rosarkhiv order 236 of 20.12.2019, art. 154)."),
    )
    gateway_events = _months(
        _("Raw answers of the payment gateway, months"),
        default=60,
        least=60,
        source=_("At least 60: papers of payments (Tax Code, art. 23, 1, 8; 402-FZ, art. 29)."),
    )
    requests = _months(
        _("Names and phones in requests and applications, months"),
        default=60,
        least=36,
        source=_("At least 36: the time for claims (Civil Code, art. 196). The request itself stays."),
    )
    complaints = _months(
        _("Names and texts in the complaints book's entries, months"),
        default=60,
        least=60,
        source=_("At least 60: appeals of consumers (Rosarkhiv order 236 of 20.12.2019, art. 154)."),
    )
    bank_lines = _months(
        _("Payers in lines of bank files, months"),
        default=60,
        least=60,
        source=_("At least 60: papers of payments (Tax Code, art. 23, 1, 8; 402-FZ, art. 29)."),
    )
    people = _months(
        _("Former holders, months after they left"),
        default=60,
        least=60,
        source=_("At least 60, for the same papers; then 152-FZ, art. 21 asks to make the data anonymous."),
    )
    drafts = _months(
        _("Registrations that were not finished, months"),
        default=1,
        least=1,
        source=_("The law sets no term: the data is of no use without the visit."),
    )
    audit_log = _months(
        _("The audit, months before it is archived"),
        default=36,
        least=12,
        source=_("At least 12; the database refuses less. Archived entries stay in a file that the audit names."),
    )

    panels = [
        FieldPanel(name)
        for name in (
            *("messages", "questions", "requests", "complaints", "gateway_events", "bank_lines"),
            *("people", "drafts", "audit_log"),
        )
    ]

    class Meta:
        verbose_name = _("Terms of retention")
        constraints = [
            models.CheckConstraint(
                name="accounts_retention_lawful",
                condition=models.Q(
                    messages__gte=36,
                    questions__gte=60,
                    requests__gte=36,
                    complaints__gte=60,
                    bank_lines__gte=60,
                    gateway_events__gte=60,
                    people__gte=60,
                    drafts__gte=1,
                    audit_log__gte=12,
                ),
            ),
        ]
