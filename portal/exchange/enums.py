"""What is imported and exported, and the states of an import and its rows."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Subject(models.TextChoices):
    """What the rows of a file are about."""

    ACCOUNTS = "accounts", _("Customer accounts")
    PREMISES = "premises", _("Premises")
    METERS = "meters", _("Meters")
    READINGS = "readings", _("Readings")
    BALANCES = "balances", _("Opening balances")


class ImportState(models.TextChoices):
    """How far an import is."""

    COLUMNS = "columns", _("Columns to be named")
    CHECKING = "checking", _("Being checked")
    CHECKED = "checked", _("Checked, nothing is stored yet")
    WAITING = "waiting", _("Waits for a second person")
    LOADING = "loading", _("Being loaded")
    LOADED = "loaded", _("Loaded")
    UNDOING = "undoing", _("Being undone")
    UNDONE = "undone", _("Undone")
    REFUSED = "refused", _("File refused")
    FAILED = "failed", _("Stopped by a fault")


class RowState(models.TextChoices):
    """State of a row of an import."""

    READ = "read", _("Not checked yet")
    READY = "ready", _("Good")
    ASKED = "asked", _("To be confirmed")
    BAD = "bad", _("Bad")
    REPEATED = "repeated", _("Already there")
    TAKEN = "taken", pgettext_lazy("exchange", "Loaded")
    UNDONE = "undone", pgettext_lazy("exchange", "Taken back")


class ImportAction(models.TextChoices):
    """What a run does with the rows of an import."""

    CHECK = "check", _("Check")
    LOAD = "load", pgettext_lazy("exchange", "Load")
    UNDO = "undo", pgettext_lazy("exchange", "Undo")


class ExportSubject(models.TextChoices):
    """What the rows of an exported file are about."""

    CHARGES = "charges", _("Charges")
    RECEIPTS = "receipts", _("Receipts")
    DEBTS = "debts", _("Balances and debts")
    PAYMENTS = "payments", _("Payments")


class ExportFormat(models.TextChoices):
    """How an exported file is written."""

    CSV = "csv", _("CSV, UTF-8")
    CSV_1251 = "csv1251", _("CSV, windows-1251 (1C)")
    XLSX = "xlsx", _("Excel (XLSX)")


NOT_TAKEN = (RowState.BAD, RowState.ASKED)
BUSY = (ImportState.CHECKING, ImportState.LOADING, ImportState.UNDOING)
