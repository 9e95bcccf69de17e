"""Receipts and print runs."""

from django.contrib.admin import display
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.accounts.models import Account
from portal.office.common.columns import (
    money_column,
    month_column,
    staff_column,
)
from portal.office.common.lists import OfficeAdmin
from portal.receipts.models import PrintRun, Receipt


class ReceiptAdmin(OfficeAdmin):
    """Issued receipts; the PDF opens from the record's number."""

    model = Receipt
    group = "money"
    menu_icon = "doc-full-inverse"
    menu_order = 35
    list_display = ("file_link", "account", "month", "sum", "due_on", "issued_on", "replaces")
    list_export = ("number", "account", "period", "to_pay", "due_on", "issued_on", "replaces", "reason")
    list_select_related = ("account", "replaces")
    list_filter = ("period", "issued_on")
    search_fields = ("number", "account__number")
    inspect_view_fields = (
        "file_link",
        "account",
        "month",
        "sum",
        "due_on",
        "issued_on",
        "issued_at",
        "annuls",
        "reason",
        "annulled",
        "data_sha256",
    )
    month = month_column("period", _("Period"))
    sum = money_column("to_pay", _("Amount due, ₽"))

    @display(description=pgettext_lazy("portal", "Number"), ordering="number")
    def file_link(self, receipt: Receipt) -> SafeString:
        return format_html('<a href="{}">{}</a>', reverse("office_receipt", args=[receipt.pk]), receipt.number)

    @display(description=_("Annuls"))
    def annuls(self, receipt: Receipt) -> SafeString | str:
        return _receipt_link(receipt.replaces) if receipt.replaces else "—"

    @display(description=_("Annulled by"))
    def annulled(self, receipt: Receipt) -> SafeString:
        """The receipt that stands instead, or the way to issue one."""
        newer = Receipt.objects.filter(replaces=receipt).first()
        if newer is not None:
            return _receipt_link(newer)
        return format_html(
            '{} <a href="{}">{}</a>',
            _("no, it is valid."),
            reverse("office_replace_receipt", args=[receipt.pk]),
            _("Issue a new one instead"),
        )


def _receipt_link(receipt: Receipt) -> SafeString:
    return format_html(
        '<a href="{}">{}</a>', reverse("receipts_receipt_modeladmin_inspect", args=[receipt.pk]), receipt.number
    )


class PrintRunAdmin(OfficeAdmin):
    """Print runs; made from the closing's page."""

    model = PrintRun
    group = "money"
    menu_icon = "copy"
    inspect_view_fields = ("month", "status", "receipts", "pages", "pdf", "without", "started_at", "who")
    menu_order = 37
    list_display = ("month", "status", "receipts", "pages", "pdf", "started_at", "who")
    list_export = ("period", "status", "receipts", "pages", "started_at", "who")
    month = month_column("period", _("Period"))
    who = staff_column("requested_by", _("Started by"), nobody=_("by the timetable"))
    list_select_related = ("requested_by", "file")
    list_filter = ("status", "period")

    @display(description=_("File"))
    def pdf(self, run: PrintRun) -> SafeString | str:
        if run.file is None:
            return "—"
        address = reverse("core:private-file", args=[run.file_id])
        return format_html('<a href="{}">PDF</a>, {}', address, filesizeformat(run.file.size))

    @display(description=_("Without a full address"))
    def without(self, run: PrintRun) -> SafeString | str:
        ids_by_number = dict(Account.objects.filter(number__in=run.without_address).values_list("number", "pk"))
        numbers = (
            (reverse("office_account", args=[ids_by_number[number]]), number)
            for number in run.without_address
            if number in ids_by_number
        )
        return format_html_join(", ", '<a href="{}">{}</a>', numbers) or "—"


LISTS = (
    ReceiptAdmin,
    PrintRunAdmin,
)
