"""Lists of charges, corrections, debts from before the portal and tampering reports."""

from typing import Any

from django.contrib.admin import display
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from portal.billing.models import (
    Charge,
    Correction,
    OpeningDebt,
    TamperingReport,
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


class TamperingReportAdmin(GuidedAdmin):
    """Tampering reports; entered by the guided screen."""

    model = TamperingReport
    group = "money"
    menu_icon = "lock-open"
    menu_order = 57
    screen = ("office_act", ())
    list_display = ("number", "account", "service", "drawn_on", "since", "until", "document", "who")
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
    def document(self, report: TamperingReport) -> SafeString | str:
        if report.file_id is None:
            return "—"
        return format_html('<a href="{}">{}</a>', reverse("core:private-file", args=[report.file_id]), _("open"))


LISTS = (
    ChargeAdmin,
    CorrectionAdmin,
    OpeningDebtAdmin,
    TamperingReportAdmin,
)
