"""Imports of files: the file, its rows with what became of each, the runs over them, remembered columns. Exports."""

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.core.clock import real_now
from portal.core.models import PrivateFile
from portal.core.periods import Period
from portal.core.runs.enums import RunStatus
from portal.core.runs.models import AccountRange, Chunk, Run, range_constraints
from portal.exchange.enums import BUSY, ExportFormat, ExportSubject, ImportAction, ImportState, RowState, Subject


class ColumnMapping(models.Model):
    """Which headings of a foreign program hold what, remembered by name («1С выгрузка»)."""

    subject = models.CharField(_("What"), max_length=10, choices=Subject.choices)
    name = models.CharField(_("Name of the source"), max_length=80)
    headings = models.JSONField(_("Headings"), default=dict, help_text=_("Our column → the heading in the file."))
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("Made by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    used_at = models.DateTimeField(_("Used last"), default=real_now)

    class Meta:
        verbose_name = _("Columns of a source")
        verbose_name_plural = _("Columns of sources")
        ordering = ["subject", "name"]
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint("subject", "name", name="exchange_mapping_name_once"),
            models.CheckConstraint(name="exchange_mapping_subject", condition=Q(subject__in=Subject.values)),
        ]

    def __str__(self) -> str:
        return self.name


class Import(models.Model):
    """A file that somebody brought: its columns, how far it is, who did what with it and when."""

    subject = models.CharField(_("What"), max_length=10, choices=Subject.choices)
    name = models.CharField(_("File"), max_length=200)
    stored = models.ForeignKey(
        PrivateFile, verbose_name=_("Stored file"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    sha256 = models.CharField("SHA-256", max_length=64, blank=True, db_index=True)
    parent = models.OneToOneField(
        "self",
        verbose_name=_("Received with"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="balances",
        help_text=_("The import of accounts whose debts these are."),
    )
    mapping = models.ForeignKey(
        ColumnMapping,
        verbose_name=_("Columns as of"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="imports",
    )
    sheet = models.CharField(_("Sheet"), max_length=80, blank=True)
    texts = models.JSONField(_("Headings of the file"), default=list, blank=True)
    places = models.JSONField(_("Places of the columns"), default=dict, blank=True)
    is_text = models.BooleanField(_("CSV"), default=False)
    remarks = models.JSONField(_("Remarks"), default=list, blank=True)
    state = models.CharField(
        pgettext_lazy("portal", "Status"), max_length=8, choices=ImportState.choices, default=ImportState.COLUMNS
    )
    refusal = models.CharField(_("Why refused"), max_length=500, blank=True)
    accept_asked = models.BooleanField(_("Rows to be confirmed are right"), default=False)
    last_street = models.BigIntegerField(_("Last street before the file"), default=0, editable=False)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("Uploaded by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    uploaded_at = models.DateTimeField(_("Uploaded"))
    loaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("Loaded by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    loaded_at = models.DateTimeField(pgettext_lazy("exchange", "Loaded"), null=True, blank=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("Approved by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("Undone by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    undone_at = models.DateTimeField(_("Undone"), null=True, blank=True)

    class Meta:
        verbose_name = _("Import of a file")
        verbose_name_plural = _("Imports of files")
        ordering = ["-uploaded_at", "-pk"]
        default_permissions = ("view",)
        constraints = [
            models.CheckConstraint(name="exchange_import_subject", condition=Q(subject__in=Subject.values)),
            models.CheckConstraint(name="exchange_import_state", condition=Q(state__in=ImportState.values)),
            models.CheckConstraint(
                name="exchange_import_two_people",
                condition=Q(approved_by=None) | Q(loaded_by=None) | ~Q(approved_by=F("loaded_by")),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_busy(self) -> bool:
        """Whether its rows are being worked on."""
        return self.state in BUSY

    @property
    def is_refused(self) -> bool:
        """Whether the file cannot be read as it is."""
        return self.state == ImportState.REFUSED

    @property
    def is_failed(self) -> bool:
        """Whether a fault of ours stopped it; it can be resumed."""
        return self.state == ImportState.FAILED

    @property
    def is_waiting(self) -> bool:
        """Whether it waits for a second person."""
        return self.state == ImportState.WAITING

    @property
    def is_checked(self) -> bool:
        """Whether its rows were tried out and nothing is stored."""
        return self.state == ImportState.CHECKED

    @property
    def is_loaded(self) -> bool:
        """Whether its good rows are stored."""
        return self.state == ImportState.LOADED


class ImportRow(models.Model):
    """A row of a file as it was written, and what became of it."""

    imported = models.ForeignKey(Import, verbose_name=_("Import"), on_delete=models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField(_("Row"), help_text=_("As the spreadsheet numbers it."))
    cells = models.JSONField(_("Cells"), default=list)
    key = models.CharField(_("What it is about, for comparing rows"), max_length=120, blank=True)
    state = models.CharField(
        pgettext_lazy("portal", "Status"), max_length=8, choices=RowState.choices, default=RowState.READ
    )
    subject = models.CharField(_("About"), max_length=250, blank=True)
    change = models.CharField(_("What it does"), max_length=250, blank=True)
    reason = models.TextField(_("Why, or what to look at"), blank=True)
    made = models.JSONField(_("Records made"), default=dict, blank=True)

    class Meta:
        verbose_name = _("Row of an import")
        verbose_name_plural = _("Rows of imports")
        ordering = ["imported", "number"]
        default_permissions = ()
        indexes = [
            models.Index(fields=["imported", "state", "number"], name="exchange_row_state"),
            models.Index(fields=["imported", "key"], name="exchange_row_key"),
        ]
        constraints = [
            models.UniqueConstraint("imported", "number", name="exchange_row_once"),
            models.CheckConstraint(name="exchange_row_state_known", condition=Q(state__in=RowState.values)),
        ]

    def __str__(self) -> str:
        return f"{self.imported_id}: {self.number}"

    @property
    def written(self) -> str:
        """Its cells as one line of text."""
        cells = (cell["day"][:10] if isinstance(cell, dict) else cell for cell in self.cells)
        return " · ".join(str(cell) for cell in cells if cell not in (None, ""))


class ImportRun(Run):
    """Checking, loading or undoing the rows of an import: each beginning is a run of its own."""

    imported = models.ForeignKey(Import, verbose_name=_("Import"), on_delete=models.CASCADE, related_name="runs")
    action = models.CharField(_("What"), max_length=5, choices=ImportAction.choices)

    class Meta:
        verbose_name = _("Run of an import")
        verbose_name_plural = _("Runs of imports")
        default_permissions = ()
        constraints = [
            models.CheckConstraint(name="exchange_run_action", condition=Q(action__in=ImportAction.values)),
        ]

    def __str__(self) -> str:
        return f"{self.imported_id}: {self.get_action_display()}"


class ImportChunk(Chunk):
    """Rows of a run by their numbers (inclusive); from 0 to 0: reading the file itself."""

    run = models.ForeignKey(ImportRun, verbose_name=_("Run"), on_delete=models.CASCADE, related_name="chunks")
    first_row = models.PositiveIntegerField(_("From row"))
    last_row = models.PositiveIntegerField(_("To row"))

    class Meta:
        verbose_name = _("Part of a file import")
        verbose_name_plural = _("Parts of file imports")
        ordering = ["run", "first_row"]
        default_permissions = ()
        constraints = [
            models.CheckConstraint(name="exchange_chunk_order", condition=Q(last_row__gte=F("first_row"))),
        ]

    def __str__(self) -> str:
        return f"{self.run_id}: {self.first_row}–{self.last_row}"


class Export(Run):
    """A file of charges, receipts, debts or payments of some months (both inclusive), made for a bookkeeping program.

    The file is deleted after a term; who took what away and when stays.
    """

    subject = models.CharField(_("What"), max_length=10, choices=ExportSubject.choices)
    file_format = models.CharField(_("Format"), max_length=8, choices=ExportFormat.choices)
    first_period = models.DateField(_("From month"))
    last_period = models.DateField(_("To month"))
    queued = models.BooleanField(_("Made by the queue"), default=False)
    rows = models.PositiveIntegerField(_("Rows"), default=0)
    total = models.DecimalField(_("Sum of the file, ₽"), max_digits=16, decimal_places=2, default=Decimal("0.00"))
    file = models.ForeignKey(
        PrivateFile, verbose_name=_("File"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("Export of a file")
        verbose_name_plural = _("Exports of files")
        default_permissions = ()
        constraints = [
            models.CheckConstraint(name="exchange_export_subject", condition=Q(subject__in=ExportSubject.values)),
            models.CheckConstraint(name="exchange_export_format", condition=Q(file_format__in=ExportFormat.values)),
            models.CheckConstraint(
                name="exchange_export_periods",
                condition=Q(first_period__day=1, last_period__day=1, last_period__gte=F("first_period")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_subject_display()} {self.first_period:%Y-%m}"

    @property
    def periods(self) -> tuple[Period, Period]:
        """First and last month."""
        return Period.of(self.first_period), Period.of(self.last_period)

    @property
    def is_running(self) -> bool:
        """Whether its file is still being made."""
        return self.status == RunStatus.RUNNING


class ExportChunk(AccountRange):
    """The rows of some accounts of an export, and the file that they wait in."""

    run = models.ForeignKey(Export, verbose_name=_("Export"), on_delete=models.CASCADE, related_name="chunks")
    rows = models.PositiveIntegerField(_("Rows"), default=0)
    total = models.DecimalField(_("Sum, ₽"), max_digits=16, decimal_places=2, default=Decimal("0.00"))
    file = models.ForeignKey(
        PrivateFile, verbose_name=_("File"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta(AccountRange.Meta):
        verbose_name = _("Part of an export")
        verbose_name_plural = _("Parts of exports")
        default_permissions = ()
        constraints = range_constraints("exchange_export_chunk")
