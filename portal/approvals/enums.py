"""Kinds and states of money operations."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class OperationKind(models.TextChoices):
    """Kinds of operations with money."""

    REFUND = "refund", _("Refund")
    CORRECTION = "correction", _("Correction")
    RECALCULATION = "recalculation", _("Recalculation")


class OperationState(models.TextChoices):
    """States of an operation. `alone`: within the limits of one person, done without a second one."""

    ALONE = "alone", _("Done by one person")
    WAITING = "waiting", _("Waits for a second person")
    APPROVED = "approved", pgettext_lazy("approvals", "Approved")
    REJECTED = "rejected", pgettext_lazy("approvals", "Rejected")
    VOID = "void", _("Did not happen")


class NumberRule(models.TextChoices):
    """Kinds of numbers that may need a second person, each switched on by itself."""

    TARIFF = "tariff", _("Tariffs")
    NORM = "norm", _("Norms")
    COEFFICIENT = "coefficient", _("Raising coefficients")
    KEY_RATE = "key_rate", _("Key rates and their limits")
    VAT = "vat", _("VAT")
    CALENDAR = "calendar", _("Working-day calendar")
    REDUCTION = "reduction", _("Reductions for outages")
    OPENING = "opening", _("Opening balances from files")
    RULES = "rules", _("Month's calendar and rules of calculation")
