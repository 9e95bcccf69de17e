"""Kinds of ledger entries."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class EntryKind(models.TextChoices):
    """Why a sum stands in the ledger. Positive: the resident owes more; negative: less."""

    OPENING = "opening", _("Opening balance")
    CHARGE = "charge", _("Charge")
    RECALCULATION = "recalculation", _("Recalculation")
    OUTAGE = "outage", _("Reduction for an outage")
    PENALTY = "penalty", _("Penalty")
    CORRECTION = "correction", _("Correction")
    REVERSAL = "reversal", _("Reversal")
    PAYMENT = "payment", _("Payment")
    REFUND = "refund", _("Refund")
