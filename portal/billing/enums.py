"""Fixed vocabularies of billing."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ChargeKind(models.TextChoices):
    """Kinds of charge lines."""

    CHARGE = "charge", _("Charge")
    RECALCULATION = "recalculation", _("Recalculation")
    OUTAGE = "outage", _("Reduction for an outage")
    PENALTY = "penalty", _("Penalty")
    CORRECTION = "correction", _("Correction")


class Basis(models.TextChoices):
    """Bases of the volume of a charge."""

    READING = "reading", _("By the meter")
    AVERAGE = "average", _("By the average")
    NORM = "norm", _("By the norm")


class InterruptionStatus(models.TextChoices):
    """States of a proposed interruption."""

    PROPOSED = "proposed", _("Proposed")
    APPROVED = "approved", pgettext_lazy("portal", "Approved")
    REJECTED = "rejected", pgettext_lazy("billing", "Rejected")


class ClosingStatus(models.TextChoices):
    """States of a closing."""

    RUNNING = "running", _("Running")
    DONE = "done", _("Closed")
    INCOMPLETE = "incomplete", _("Closed, some accounts wait")
    REVERSED = "reversed", _("Reversed")


class StepStatus(models.TextChoices):
    """States of a step of the month's calendar."""

    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
    HELD = "held", _("Waits for a decision")


class MonthStep(models.TextChoices):
    """Steps of a month's calendar."""

    WINDOW_OPENS = "window_opens", _("Reading window opens")
    REMINDER = "reminder", _("Reminder to send readings")
    CLOSE = "close", _("Closing of the period")
    RECEIPTS = "receipts", _("Issue of receipts")


class SetupStep(models.TextChoices):
    """Steps of the setup without which no month is billed."""

    COMPANY = "company", _("Company's name and INN")
    BANK_DETAILS = "bank-details", _("Bank details")
    ACCOUNTS = "accounts", _("Streets and accounts")
    RATES = "rates", _("Tariffs")
    NORMS = "norms", _("Consumption norms")


class NumberKind(models.TextChoices):
    """Dated numbers and days that staff enter on a screen of their own; prices come from published tariffs."""

    NORM = "norm", _("Norm")
    RAISING = "raising", _("Raising coefficient")
    KEY_RATE = "key-rate", _("Key rate")
    KEY_RATE_CAP = "key-rate-cap", _("Limit of the key rate")
    VAT = "vat", _("VAT")
    WORKDAY_YEAR = "workday-year", _("Working-day calendar")
    WORKDAY = "workday", _("Transferred day")
    MONTH_CALENDAR = "month-calendar", _("Month's calendar")
    RULES = "rules", _("Rules of calculation")


class NumberAction(models.TextChoices):
    """Actions on a dated number."""

    ADD = "add", _("Add")
    CHANGE = "change", _("Change")
    WITHDRAW = "withdraw", _("Withdraw")
