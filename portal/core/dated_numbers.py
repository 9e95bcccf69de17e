"""Base of dated numbers: who entered, approved and withdrew them, when and why."""

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class NumberQuerySet(models.QuerySet[Any]):
    """Rows of dated numbers by whether they count."""

    def active(self) -> Self:
        """Return those that count: a withdrawn row stays in its table and is left out of every calculation."""
        return self.filter(withdrawn_at=None)


class DatedNumber(models.Model):
    """Number with its history: who entered, approved and withdrew it, when and why.

    A row is never edited once a closing has used it (`portal.billing.usage`); until then it may be withdrawn.
    """

    created_at = models.DateTimeField(_("Entered"), auto_now_add=True)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("Entered by"),
        null=True,
        blank=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("Approved by"),
        null=True,
        blank=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    withdrawn_at = models.DateTimeField(pgettext_lazy("billing", "Withdrawn"), null=True, blank=True, editable=False)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("Withdrawn by"),
        null=True,
        blank=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    withdrawal_reason = models.CharField(_("Why withdrawn"), max_length=250, blank=True, editable=False)

    objects = NumberQuerySet.as_manager()

    class Meta:
        abstract = True
