"""Entries that only grow, and checkpoints that shorten the sum. The database refuses UPDATE and DELETE (0002)."""

from decimal import Decimal
from typing import Self

from django.db import models
from django.db.models import Exists, OuterRef, Q, Value
from django.db.models.functions import Concat
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.accounts.models import Account
from portal.core.formatting import date_text, money_text
from portal.core.money import from_kopecks
from portal.ledger.enums import EntryKind

LARGEST = Decimal(10000000000)
"""No entry is of so much, ₽: the column takes ten digits before the point, and SQLite alone would not refuse more."""


class EntryQuerySet(models.QuerySet["Entry"]):
    """Entries by whether they stand."""

    def active(self) -> Self:
        """Without reversals and what they undid: their sums are nought together, whatever their days."""
        return self.exclude(kind=EntryKind.REVERSAL).filter(~_is_reversed())

    def with_reversed(self) -> Self:
        """With `is_reversed`: whether a reversal undid the entry."""
        return self.annotate(is_reversed=_is_reversed())

    def undone(self) -> Self:
        """Reversals and what they undid."""
        return self.filter(Q(kind=EntryKind.REVERSAL) | Q(_is_reversed()))


def _is_reversed() -> Exists:
    """Whether an entry has its mirror, whose key names the entry's."""
    return Exists(Entry.objects.filter(kind=EntryKind.REVERSAL, key=Concat(Value("reversal:"), OuterRef("key"))))


class Entry(models.Model):
    """One sum on one account, in ₽; positive raises what the resident owes."""

    account = models.ForeignKey(
        Account, verbose_name=_("Customer account"), on_delete=models.PROTECT, related_name="entries", db_index=False
    )
    kind = models.CharField(_("Kind"), max_length=14, choices=EntryKind.choices)
    amount = models.DecimalField(_("Sum, ₽"), max_digits=12, decimal_places=2)
    effective_on = models.DateField(_("Date"))
    period = models.DateField(_("Period"), null=True, blank=True, help_text=_("First day of the period."))
    key = models.CharField(_("Idempotency key"), max_length=120, unique=True)
    source = models.CharField(_("Source"), max_length=80, help_text=_("Its source: charge:12, payment:7."))
    note = models.CharField(_("Note"), max_length=250, blank=True)
    created_at = models.DateTimeField(_("Booked"), db_index=True)
    made_by = models.CharField(
        _("Made by"),
        max_length=150,
        blank=True,
        default="",
        db_default="",
        help_text=_("Login of the employee, for what is booked by hand; not shown to residents."),
    )
    approved_by = models.CharField(
        _("Approved by"),
        max_length=150,
        blank=True,
        default="",
        db_default="",
        help_text=_("Login of the second person, where one was needed."),
    )

    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("Ledger entry")
        verbose_name_plural = _("Ledger entries")
        ordering = ["effective_on", "id"]
        indexes = [
            models.Index(fields=["account", "effective_on", "id"], name="ledger_entry_account"),
            models.Index(fields=["account", "id"], name="ledger_entry_number"),
        ]
        constraints = [
            models.CheckConstraint(name="ledger_entry_not_zero", condition=~Q(amount=0)),
            models.CheckConstraint(name="ledger_entry_bounds", condition=Q(amount__gt=-LARGEST, amount__lt=LARGEST)),
            models.CheckConstraint(name="ledger_entry_period", condition=Q(period=None) | Q(period__day=1)),
            models.CheckConstraint(name="ledger_entry_kind", condition=Q(kind__in=EntryKind.values)),
            models.CheckConstraint(
                name="ledger_entry_two_people", condition=Q(approved_by="") | ~Q(approved_by=models.F("made_by"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {date_text(self.effective_on, year=True)}: {money_text(self.amount)}"

    @property
    def balance_after(self) -> Decimal:
        """Return what the account owed after this entry, ₽; on entries of selectors.entries_with_balance."""
        return from_kopecks(self.__dict__["kopecks_after"])


class Checkpoint(models.Model):
    """The sum of an account's entries up to and including one entry, stored when a period closes."""

    account = models.ForeignKey(
        Account,
        verbose_name=_("Customer account"),
        on_delete=models.PROTECT,
        related_name="checkpoints",
        db_index=False,
    )
    period = models.DateField(_("Period"))
    balance = models.DecimalField(_("Balance, ₽"), max_digits=14, decimal_places=2)
    up_to_entry = models.BigIntegerField(_("Up to entry"))
    created_at = models.DateTimeField(pgettext_lazy("ledger", "Stored"))

    class Meta:
        verbose_name = _("Checkpoint")
        verbose_name_plural = _("Checkpoints")
        constraints = [
            models.UniqueConstraint("account", "period", name="ledger_checkpoint_once"),
            models.CheckConstraint(name="ledger_checkpoint_period", condition=Q(period__day=1)),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.period} {self.balance}"
