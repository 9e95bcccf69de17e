"""Bank payment files: templates that staff edit, files, their lines, and what was learnt about unknown payers."""

from decimal import Decimal

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel

from portal.accounts.models import Account
from portal.core.models import PrivateFile
from portal.core.runs.models import Chunk, Run
from portal.payments.date_formats import check_date_format
from portal.payments.enums import (
    Encoding,
    Field,
    FileState,
    Layout,
    LineState,
    NegativeSums,
    PaymentChannel,
    Purpose,
    ReportedReadingState,
    RuleKind,
)
from portal.payments.models.payment import Payment


class BankFileTemplate(ClusterableModel):
    """Template of a bank's payment file. A new layout is data that staff enter, not code."""

    name = models.CharField(pgettext_lazy("portal", "Name"), max_length=80, unique=True)
    code = models.SlugField(_("Code"), max_length=30, unique=True)
    channel = models.CharField(
        pgettext_lazy("payments", "Channel"), max_length=8, choices=PaymentChannel.choices, default=PaymentChannel.BANK
    )
    purpose = models.CharField(_("Lines are"), max_length=8, choices=Purpose.choices, default=Purpose.CREDIT)
    layout = models.CharField(
        pgettext_lazy("portal", "Layout"), max_length=12, choices=Layout.choices, default=Layout.DELIMITED
    )
    encoding = models.CharField(_("Encoding"), max_length=8, choices=Encoding.choices, default=Encoding.AUTO)
    separator = models.CharField(
        _("Separator"), max_length=3, blank=True, default=";", help_text=_("One character; \\t for a tab.")
    )
    skip_first = models.PositiveSmallIntegerField(
        _("Lines before the first"), default=0, help_text=_("For a table with headings: lines above the headings.")
    )
    fields = models.PositiveSmallIntegerField(
        _("Fields in a line"), null=True, blank=True, help_text=_("Empty: not checked.")
    )
    comment_prefix = models.CharField(
        _("Comment lines begin with"),
        max_length=20,
        blank=True,
        help_text=_("Such lines are skipped; several beginnings are separated by spaces."),
    )
    date_format = models.CharField(
        _("Dates"),
        max_length=30,
        default="%d.%m.%Y",
        validators=[check_date_format],
        help_text=_("%d day, %m month, %Y year, %H hour, %M minute."),
    )
    time_format = models.CharField(_("Time"), max_length=20, blank=True, default="%H:%M:%S")
    decimal_sign = models.CharField(
        _("Decimal sign"), max_length=1, default=",", choices=[(",", _("comma")), (".", _("dot"))]
    )
    negative = models.CharField(
        _("A negative sum is"), max_length=10, choices=NegativeSums.choices, default=NegativeSums.ERROR
    )
    total_prefix = models.CharField(
        _("The total line begins with"),
        max_length=40,
        blank=True,
        help_text=_("Empty: the file has no totals. Data after the total line refuses the file."),
    )
    total_count_prefix = models.CharField(
        _("The line of the count begins with"),
        max_length=40,
        blank=True,
        help_text=_("Where sum and count have lines of their own, after their names."),
    )
    total_count = models.PositiveSmallIntegerField(
        _("Count: field of the total line"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    total_sum = models.PositiveSmallIntegerField(
        _("Sum: field of the total line"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    total_transferred = models.PositiveSmallIntegerField(
        _("Transferred: field of the total line"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    total_commission = models.PositiveSmallIntegerField(
        _("Commission: field of the total line"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    total_order = models.PositiveSmallIntegerField(
        _("Order number: field of the total line"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("For two files: each line of the orders' file is the total of its payments."),
    )
    account_pattern = models.CharField(
        _("Account number within the text"),
        max_length=250,
        blank=True,
        help_text=_(
            "Words before the number in the purpose of payment, separated by |, as in: л/с|лицевой счет. Endings of "
            "words and dots do not matter."
        ),
    )
    active = models.BooleanField(_("In use"), default=True)

    class Meta:
        verbose_name = _("Bank file template")
        verbose_name_plural = _("Bank file templates")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(name="payments_template_layout", condition=Q(layout__in=Layout.values)),
        ]

    def __str__(self) -> str:
        return self.name


class BankFileColumn(models.Model):
    """One column: by its number, by its heading, or by its place in a line of fixed width."""

    template = ParentalKey(
        BankFileTemplate, verbose_name=_("Template"), on_delete=models.CASCADE, related_name="columns"
    )
    field = models.CharField(_("Holds"), max_length=12, choices=Field.choices)
    position = models.PositiveSmallIntegerField(
        _("Number, or first character"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    width = models.PositiveSmallIntegerField(
        _("Width"), null=True, blank=True, validators=[MinValueValidator(1)], help_text=_("For fixed width only.")
    )
    heading = models.CharField(
        _("Heading"),
        max_length=160,
        blank=True,
        help_text=_(
            "For a table with headings; several that mean the same are separated by |. A table without headings is "
            "read by the numbers of its columns."
        ),
    )

    class Meta:
        verbose_name = _("Column")
        verbose_name_plural = _("Columns")
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                name="payments_column_placed",
                condition=Q(position__isnull=False) | ~Q(heading=""),
                violation_error_message=_("Give the column's number or its heading."),
            ),
            models.UniqueConstraint(
                "template",
                "field",
                condition=~Q(field="ignored"),
                name="payments_column_field_once",
                violation_error_message=_("This field is in the template already."),
            ),
        ]

    def __str__(self) -> str:
        return self.get_field_display()


class BankFile(models.Model):
    """A bank file that somebody uploaded: read (dry run), refused, or imported once."""

    template = models.ForeignKey(
        BankFileTemplate, verbose_name=_("Template"), on_delete=models.PROTECT, related_name="files"
    )
    name = models.CharField(_("File"), max_length=200)
    sha256 = models.CharField("SHA-256", max_length=64, db_index=True)
    stored = models.ForeignKey(
        PrivateFile, verbose_name=_("Stored file"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    state = models.CharField(_("State"), max_length=10, choices=FileState.choices, default=FileState.UPLOADED)
    refusal = models.CharField(_("Why refused"), max_length=40, blank=True)
    refusal_detail = models.CharField(_("Observation"), max_length=250, blank=True)
    warnings = models.JSONField(_("Warnings"), default=list, blank=True)
    total_lines = models.PositiveIntegerField(_("Payments in the file"), default=0)
    total_amount = models.DecimalField(_("Their sum, ₽"), max_digits=14, decimal_places=2, default=Decimal("0.00"))
    commission = models.DecimalField(_("Commission, ₽"), max_digits=14, decimal_places=2, default=Decimal("0.00"))
    ready = models.PositiveIntegerField(pgettext_lazy("payments", "Ready"), default=0)
    unknown = models.PositiveIntegerField(_("Accounts not known"), default=0)
    bad = models.PositiveIntegerField(_("Bad lines"), default=0)
    done = models.PositiveIntegerField(_("Imported"), default=0)
    asked = models.PositiveIntegerField(_("Lines to be decided"), default=0)
    paid_on = models.DateField(
        _("Day of the payments"), null=True, blank=True, help_text=_("For a file that has no dates of payments.")
    )
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("Uploaded by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    uploaded_at = models.DateTimeField(_("Uploaded"))
    imported_at = models.DateTimeField(_("Imported at"), null=True, blank=True)

    class Meta:
        verbose_name = _("Bank payment file")
        verbose_name_plural = _("Bank payment files")
        ordering = ["-uploaded_at", "-pk"]
        permissions = [("import_registry", _("Can import bank payment files"))]
        constraints = [
            models.UniqueConstraint(
                "sha256",
                condition=Q(state__in=["importing", "imported"]),
                name="payments_bank_file_once",
                violation_error_message=_("This file was imported already."),
            ),
            models.CheckConstraint(name="payments_bank_file_state", condition=Q(state__in=FileState.values)),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_checked(self) -> bool:
        return self.state == FileState.CHECKED

    @property
    def is_refused(self) -> bool:
        return self.state == FileState.REFUSED

    @property
    def is_imported(self) -> bool:
        return self.state == FileState.IMPORTED


class BankFileImport(Run):
    """The import of a bank file, once somebody has set it to be imported; lines decided on later are added to it."""

    file = models.OneToOneField(
        BankFile, verbose_name=_("Bank file"), on_delete=models.CASCADE, related_name="import_run"
    )

    class Meta:
        verbose_name = _("Import run")
        verbose_name_plural = _("Import runs")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return str(self.file)


class BankFileChunk(Chunk):
    """Lines of a bank file from one number to another (inclusive), those that are ready: one job, one transaction."""

    run = models.ForeignKey(
        BankFileImport, verbose_name=_("Import run"), on_delete=models.CASCADE, related_name="chunks"
    )
    first_line = models.PositiveIntegerField(_("From line"))
    last_line = models.PositiveIntegerField(_("To line"))

    class Meta:
        verbose_name = _("Part of an import")
        verbose_name_plural = _("Parts of imports")
        ordering = ["run", "first_line"]
        constraints = [
            models.CheckConstraint(name="payments_bank_file_chunk_order", condition=Q(last_line__gte=F("first_line")))
        ]

    def __str__(self) -> str:
        return f"{self.run_id}: {self.first_line}–{self.last_line}"


class BankFileLine(models.Model):
    """A line of a bank file, what is wrong with it, and what became of it."""

    file = models.ForeignKey(BankFile, verbose_name=_("Bank file"), on_delete=models.CASCADE, related_name="lines")
    number = models.PositiveIntegerField(_("Line"))
    raw = models.CharField(_("As entered"), max_length=600)
    state = models.CharField(_("State"), max_length=10, choices=LineState.choices)
    problem = models.CharField(_("Problem"), max_length=30, blank=True)
    detail = models.CharField(_("Observation"), max_length=200, blank=True)
    account_text = models.CharField(_("Account as written"), max_length=60, blank=True)
    account = models.ForeignKey(
        Account, verbose_name=_("Customer account"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    amount = models.DecimalField(_("Sum, ₽"), max_digits=12, decimal_places=2, null=True, blank=True)
    paid_on = models.DateField(_("Paid on"), null=True, blank=True)
    period = models.DateField(_("For the period"), null=True, blank=True)
    operation = models.CharField(_("Operation"), max_length=80, blank=True)
    payer = models.CharField(_("Payer"), max_length=160, blank=True)
    address = models.CharField(_("Address"), max_length=200, blank=True)
    purpose = models.CharField(_("Purpose of payment"), max_length=250, blank=True)
    readings = models.CharField(
        _("Readings reported to the bank"), max_length=200, blank=True, help_text=_("m³, as written.")
    )
    reading_state = models.CharField(
        _("State of the readings"), max_length=10, choices=ReportedReadingState.choices, blank=True
    )
    reading_note = models.CharField(
        _("Result of the readings"), max_length=250, blank=True, help_text=_("For staff, in Russian.")
    )
    payment = models.OneToOneField(
        Payment,
        verbose_name=_("Payment"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="bank_file_line",
    )
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("Resolved by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    settled_at = models.DateTimeField(_("Resolved"), null=True, blank=True)
    note = models.CharField(_("Note"), max_length=250, blank=True)

    class Meta:
        verbose_name = _("Line of a bank file")
        verbose_name_plural = _("Lines of bank files")
        ordering = ["file", "number"]
        permissions = [("settle_line", _("Can settle unidentified payments"))]
        indexes = [
            models.Index(fields=["state", "paid_on"], name="payments_line_state"),
            models.Index(fields=["paid_on", "amount"], name="payments_line_day_sum"),
            models.Index(fields=["operation"], condition=~Q(operation=""), name="payments_line_operation"),
        ]
        constraints = [
            models.UniqueConstraint("file", "number", name="payments_line_once"),
            models.CheckConstraint(name="payments_line_state_known", condition=Q(state__in=LineState.values)),
            models.CheckConstraint(
                name="payments_line_credited", condition=~Q(state="credited") | Q(payment__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.file_id}:{self.number}"

    @property
    def is_bad(self) -> bool:
        return self.state == LineState.BAD

    @property
    def is_asked(self) -> bool:
        """Whether it waits for a decision."""
        return self.state == LineState.ASKED


class IdentificationRule(models.Model):
    """Decision of staff about an unknown account or payer; applied automatically the next time."""

    kind = models.CharField(_("Identified by"), max_length=12, choices=RuleKind.choices)
    text = models.CharField(_("As entered"), max_length=200)
    account = models.ForeignKey(
        Account,
        verbose_name=_("Customer account"),
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="+",
        help_text=_("Empty: such lines are not residents' payments."),
    )
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("Made by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    made_at = models.DateTimeField(pgettext_lazy("payments", "Made"), auto_now_add=True)
    used = models.PositiveIntegerField(_("Times used"), default=0)

    class Meta:
        verbose_name = _("Identification rule")
        verbose_name_plural = _("Identification rules")
        ordering = ["text"]
        constraints = [
            models.UniqueConstraint(
                "kind",
                "text",
                name="payments_rule_once",
                violation_error_message=_("There is a rule for this already."),
            ),
        ]

    def __str__(self) -> str:
        return self.text
