"""Seals and the blocks of row hashes under them. The database refuses UPDATE and DELETE (0002)."""

from dataclasses import fields
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.core.formatting import date_text
from portal.integrity.enums import SealedTable
from portal.integrity.hashing import SealFacts


class SealBlock(models.Model):
    """The hashes of up to 1,000 rows of a table, in the order of their keys: by them a changed row is named."""

    table = models.CharField(_("Table"), max_length=8, choices=SealedTable.choices)
    number = models.PositiveBigIntegerField(pgettext_lazy("portal", "Number"))
    first_row = models.BigIntegerField(_("First row"))
    last_row = models.BigIntegerField(_("Last row"))
    rows = models.PositiveIntegerField(_("Rows"))
    kopecks = models.BigIntegerField(_("Sum in kopecks"))
    packed = models.BinaryField(_("Hashes of the rows"))
    sha256 = models.CharField("SHA-256", max_length=64)

    class Meta:
        verbose_name = _("Block of sealed rows")
        verbose_name_plural = _("Blocks of sealed rows")
        ordering = ["table", "number"]
        constraints = [
            models.UniqueConstraint("table", "number", name="integrity_block_once"),
            models.CheckConstraint(name="integrity_block_table", condition=Q(table__in=SealedTable.values)),
            models.CheckConstraint(name="integrity_block_order", condition=Q(last_row__gte=F("first_row"))),
        ]

    def __str__(self) -> str:
        return f"{self.table}: {self.first_row}–{self.last_row}"


class Seal(models.Model):
    """A day's hash over what was booked and issued since the seal before it, chained to that seal."""

    number = models.PositiveIntegerField(pgettext_lazy("portal", "Number"), unique=True)
    day = models.DateField(_("Day"), unique=True)
    made_at = models.DateTimeField(_("Sealed"))
    entries = models.PositiveBigIntegerField(_("New entries"))
    entries_kopecks = models.BigIntegerField(_("Sum of the new entries, kopecks"))
    last_entry = models.BigIntegerField(_("Up to entry"))
    receipts = models.PositiveBigIntegerField(_("New receipts"))
    receipts_kopecks = models.BigIntegerField(_("Sum of the new receipts, kopecks"))
    last_receipt = models.BigIntegerField(_("Up to receipt"))
    entry_blocks = models.PositiveBigIntegerField(
        _("Up to block of entries"), help_text=_("The last block of entries that the hash counts.")
    )
    receipt_blocks = models.PositiveBigIntegerField(
        _("Up to block of receipts"), help_text=_("The last block of receipts that the hash counts.")
    )
    previous = models.CharField(_("Hash of the previous seal"), max_length=64, blank=True)
    sha256 = models.CharField(_("Hash"), max_length=64, unique=True)

    class Meta:
        verbose_name = _("Seal of the ledger")
        verbose_name_plural = _("Seals of the ledger")
        ordering = ["-number"]
        constraints = [
            models.CheckConstraint(
                name="integrity_seal_chained",
                condition=Q(number=1, previous="") | (Q(number__gt=1) & ~Q(previous="")),
            ),
        ]

    def __str__(self) -> str:
        return f"№ {self.number}, {date_text(self.day, year=True)}"

    @property
    def facts(self) -> SealFacts:
        """Everything that the hash counts, beside the blocks."""
        values: dict[str, Any] = {field.name: getattr(self, field.name) for field in fields(SealFacts)}
        return SealFacts(**values)

    def blocks_up_to(self, table: SealedTable) -> int:
        """Return the number of the last block of a table that the hash counts."""
        return self.entry_blocks if table is SealedTable.ENTRIES else self.receipt_blocks
