"""Receipts, their files, and how they are issued and printed. The database refuses to change what was issued."""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.accounts.models import Account
from portal.core.formatting import period_text
from portal.core.models import PrivateFile
from portal.core.runs.models import AccountFailure, AccountRange, Chunk, Run, range_constraints


class ReceiptRun(Run):
    """The issue of a period's receipts."""

    period = models.DateField(_("Period"), unique=True)
    issued_on = models.DateField(_("Date of issue"))
    notify = models.BooleanField(_("Notify the residents"), default=True)
    with_files = models.BooleanField(_("Make the PDFs at once"), default=True)

    class Meta:
        verbose_name = _("Issue of receipts")
        verbose_name_plural = _("Issues of receipts")
        ordering = ["-period"]
        constraints = [models.CheckConstraint(name="receipts_run_period", condition=Q(period__day=1))]

    def __str__(self) -> str:
        return period_text(self.period)


class ReceiptChunk(AccountRange):
    """Part of an issue."""

    run = models.ForeignKey(ReceiptRun, verbose_name=_("Issue"), on_delete=models.CASCADE, related_name="chunks")

    class Meta(AccountRange.Meta):
        verbose_name = _("Part of an issue")
        verbose_name_plural = _("Parts of issues")
        constraints = range_constraints("receipts_chunk")


class ReceiptFailure(AccountFailure):
    """An account whose receipt could not be made."""

    run = models.ForeignKey(ReceiptRun, verbose_name=_("Issue"), on_delete=models.CASCADE, related_name="failures")

    class Meta(AccountFailure.Meta):
        verbose_name = _("Receipt not made")
        verbose_name_plural = _("Receipts not made")
        constraints = [models.UniqueConstraint("run", "account", name="receipts_failure_once")]


class Receipt(models.Model):
    """A receipt: all that it says, as data. Never changed; a wrong one is annulled by a new one that names it."""

    account = models.ForeignKey(
        Account, verbose_name=_("Customer account"), on_delete=models.PROTECT, related_name="receipts"
    )
    period = models.DateField(_("Period"))
    version = models.PositiveSmallIntegerField(_("Number of this issue of the month"), default=1)
    number = models.CharField(pgettext_lazy("portal", "Number"), max_length=40, unique=True)
    to_pay = models.DecimalField(_("Amount due, ₽"), max_digits=12, decimal_places=2)
    up_to_entry = models.BigIntegerField(
        _("Up to ledger entry"), default=0, help_text=_("The last entry of the ledger that the sum to pay counts.")
    )
    due_on = models.DateField(_("Due"))
    issued_on = models.DateField(_("Date of issue"))
    issued_at = models.DateTimeField(_("Issued"))
    data = models.JSONField(_("Contents"), encoder=DjangoJSONEncoder)
    data_sha256 = models.CharField(_("SHA-256 of the data"), max_length=64)
    replaces = models.OneToOneField(
        "self", verbose_name=_("Annuls"), null=True, blank=True, on_delete=models.PROTECT, related_name="replaced_by"
    )
    reason = models.CharField(_("Why issued anew"), max_length=250, blank=True)
    run = models.ForeignKey(
        ReceiptRun, verbose_name=_("Issue"), null=True, blank=True, on_delete=models.PROTECT, related_name="receipts"
    )

    class Meta:
        verbose_name = _("Receipt")
        verbose_name_plural = _("Receipts")
        ordering = ["-period", "account", "-version"]
        indexes = [models.Index(fields=["account", "-period"], name="receipts_receipt_account")]
        constraints = [
            models.UniqueConstraint("account", "period", "version", name="receipts_receipt_once"),
            models.CheckConstraint(name="receipts_receipt_period", condition=Q(period__day=1)),
            models.CheckConstraint(
                name="receipts_receipt_names_what_it_annuls",
                condition=Q(version=1, replaces=None) | (Q(version__gt=1, replaces__isnull=False) & ~Q(reason="")),
            ),
        ]

    def __str__(self) -> str:
        return self.number


class ReceiptFile(models.Model):
    """The PDF of a receipt, made once."""

    receipt = models.OneToOneField(
        Receipt, verbose_name=_("Receipt"), primary_key=True, on_delete=models.PROTECT, related_name="document"
    )
    file = models.OneToOneField(PrivateFile, verbose_name=_("File"), on_delete=models.PROTECT, related_name="+")
    sha256 = models.CharField("SHA-256", max_length=64)
    made_at = models.DateTimeField(pgettext_lazy("receipts", "Made"))

    class Meta:
        verbose_name = _("PDF of a receipt")
        verbose_name_plural = _("PDFs of receipts")

    def __str__(self) -> str:
        return self.sha256


class PrintRun(Run):
    """One PDF of a period's receipts for residents who want paper, by street, house and flat."""

    period = models.DateField(_("Period"))
    receipts = models.PositiveIntegerField(_("Receipts"), default=0)
    pages = models.PositiveIntegerField(_("Pages"), default=0)
    without_address = models.JSONField(
        _("Without a full address"),
        default=list,
        blank=True,
        help_text=_("Account numbers; their receipts are printed last."),
    )
    file = models.ForeignKey(
        PrivateFile, verbose_name=_("File"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("Print run")
        verbose_name_plural = _("Print runs")
        ordering = ["-started_at"]
        constraints = [models.CheckConstraint(name="receipts_print_run_period", condition=Q(period__day=1))]

    def __str__(self) -> str:
        return period_text(self.period)


class PrintChunk(Chunk):
    """Some of a print run's receipts in their order: one job, one file."""

    run = models.ForeignKey(PrintRun, verbose_name=_("Print run"), on_delete=models.CASCADE, related_name="chunks")
    number = models.PositiveIntegerField(_("Part"))
    receipt_ids = models.JSONField(_("Receipts in order"))
    pages = models.PositiveIntegerField(_("Pages"), default=0)
    file = models.ForeignKey(
        PrivateFile, verbose_name=_("File"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("Part of a print run")
        verbose_name_plural = _("Parts of print runs")
        ordering = ["run", "number"]
        constraints = [models.UniqueConstraint("run", "number", name="receipts_print_chunk_once")]

    def __str__(self) -> str:
        return f"{self.run_id}: {self.number}"
