"""What seals cover."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class SealedTable(models.TextChoices):
    """A table whose rows are sealed."""

    ENTRIES = "entries", _("Ledger entries")
    RECEIPTS = "receipts", _("Receipts")
