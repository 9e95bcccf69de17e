"""Charges with their reasons, closings, receipts, corrections, acts."""

from typing import Any

from django.contrib.admin import display
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.accounts.models import Account
from portal.billing.models import (
    Charge,
    Correction,
    Interruption,
    OpeningDebt,
    PeriodRun,
    TamperingAct,
)
from portal.billing.selectors.bills import BillLine
from portal.office.common.columns import (
    exact_column,
    money_column,
    month_column,
    reversed_mark,
    staff_column,
    volume_column,
)
from portal.office.common.filters import ReversedFilter
from portal.office.common.lists import OfficeAdmin
from portal.office.numbers.lists import GuidedAdmin
from portal.receipts.models import PrintRun, Receipt


class ChargeAdmin(OfficeAdmin):
    """Every line of every bill."""

    model = Charge
    group = "money"
    menu_icon = "list-ul"
    menu_order = 40
    list_display = ("account", "month", "for_month", "what", "service", "basis", "cubic", "per_cubic", "sum")
    list_export = (
        "account",
        "period",
        "for_period",
        "kind",
        "service",
        "basis",
        "volume",
        "price",
        "amount",
        "reversed_at",
    )
    list_select_related = ("account",)
    list_filter = (ReversedFilter, "kind", "service", "basis", "period")
    search_fields = ("account__number",)
    ordering = ("-period", "account", "pk")
    inspect_view_fields = (
        "account",
        "month",
        "for_month",
        "kind",
        "service",
        "basis",
        "cubic",
        "per_cubic",
        "rate",
        "sum",
        "why",
        "reversed_at",
        "key",
    )
    month = month_column("period", _("Period"))
    for_month = month_column("for_period", _("For the month"))
    cubic = volume_column("volume", _("Volume"))
    per_cubic = exact_column("price", _("₽ per m³"), least=2)
    sum = money_column("amount", _("Sum, ₽"))

    @display(description=_("Kind"), ordering="kind")
    def what(self, charge: Charge) -> SafeString | str:
        """The kind; what was reversed says so."""
        return reversed_mark(charge.get_kind_display(), is_reversed=charge.reversed_at is not None)

    def get_extra_attrs_for_row(self, obj: Charge, context: Any) -> dict[str, str]:
        return {"class": "office-reversed"} if obj.reversed_at is not None else {}

    @display(description=_("Why"))
    def why(self, charge: Charge) -> SafeString:
        sentences = format_html_join("", "<li>{}</li>", ((sentence,) for sentence in BillLine(charge).sentences))
        return format_html('<ul class="office-why">{}</ul>', sentences)


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


class PeriodRunAdmin(OfficeAdmin):
    """Closings of months."""

    model = PeriodRun
    group = "money"
    menu_icon = "calendar-check"
    menu_order = 30
    list_display = ("month", "closing_day", "status", "started_at", "finished_at", "who")
    list_export = ("period", *list_display[1:], "reversed_at", "who_reversed", "reversal_reason")
    month = month_column("period", _("Period"))
    who = staff_column("requested_by", _("Started by"), nobody=_("by the timetable"))
    who_reversed = staff_column("reversed_by", _("Reversed by"))
    list_select_related = ("requested_by", "reversed_by")
    list_filter = ("status", "period")
    search_fields = ("reversal_reason",)
    inspect_view_fields = (
        "month",
        "closing_day",
        "status",
        "started_at",
        "finished_at",
        "who",
        "reversed_at",
        "who_reversed",
        "reversal_reason",
    )


class CorrectionAdmin(OfficeAdmin):
    """Corrections with their reason and document; made by the guided screen."""

    model = Correction
    group = "money"
    menu_icon = "edit"
    menu_order = 50
    list_display = ("booked_on", "account", "sum", "month", "reason", "document", "who")
    list_export = ("booked_on", "account", "amount", "service", "for_period", "reason", "document", "who", "second")
    list_select_related = ("account", "booked_by", "approved_by")
    list_filter = ("booked_on",)
    search_fields = ("account__number", "reason", "document")
    inspect_view_fields = ("booked_on", "account", "sum", "month", "service", "reason", "document", "who", "second")
    month = month_column("for_period", _("For the month"))
    sum = money_column("amount", _("Sum, ₽"))
    who = staff_column("booked_by", _("Booked by"))
    second = staff_column("approved_by", _("Approved by"))


class OpeningDebtAdmin(OfficeAdmin):
    """Debts brought from before the portal."""

    model = OpeningDebt
    group = "money"
    menu_icon = "history"
    menu_order = 80
    list_display = ("account", "month", "due_on", "sum")
    month = month_column("period", _("Period"))
    list_export = ("account", "period", "due_on", "amount")
    inspect_view_fields = ("account", "month", "due_on", "sum")
    list_select_related = ("account",)
    search_fields = ("account__number",)
    sum = money_column("amount", _("Sum, ₽"))


class InterruptionAdmin(OfficeAdmin):
    """Breaks of supply, proposed by finished outages."""

    model = Interruption
    group = "money"
    menu_icon = "warning"
    menu_order = 55
    list_display = ("house", "service", "started_at", "ended_at", "status", "who")
    list_export = (*list_display, "source", "decided_at")
    who = staff_column("decided_by", _("Decided by"))
    list_select_related = ("house__street", "decided_by")
    list_filter = ("status", "service")
    search_fields = ("house__street__name", "house__number", "source")


class TamperingActAdmin(GuidedAdmin):
    """Acts of tampering; entered by the guided screen."""

    model = TamperingAct
    group = "money"
    menu_icon = "lock-open"
    menu_order = 57
    screen = ("office_act", ())
    list_display = ("number", "account", "service", "drawn_on", "since", "until", "paper", "who")
    list_export = ("number", "account", "service", "drawn_on", "since", "until", "who", "entered_at")
    who = staff_column("entered_by", _("Entered by"))
    list_select_related = ("account", "entered_by", "file")
    list_filter = ("service", "drawn_on")
    search_fields = ("number", "account__number")
    inspect_view_fields = (
        "number",
        "account",
        "service",
        "drawn_on",
        "since",
        "until",
        "entered_by",
        "entered_at",
    )

    @display(description=_("File"))
    def paper(self, act: TamperingAct) -> SafeString | str:
        if act.file_id is None:
            return "—"
        return format_html('<a href="{}">{}</a>', reverse("core:private-file", args=[act.file_id]), _("open"))


LISTS = (
    ChargeAdmin,
    ReceiptAdmin,
    PrintRunAdmin,
    PeriodRunAdmin,
    CorrectionAdmin,
    OpeningDebtAdmin,
    InterruptionAdmin,
    TamperingActAdmin,
)
