"""The dated numbers and days behind a bill: rates, norms, coefficients, key rates, VAT, rules, calendars."""

from typing import Any, ClassVar

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import ObjectList

from portal.billing.models import (
    BillingSettings,
    KeyRate,
    KeyRateCap,
    Norm,
    RaisingCoefficient,
    Rate,
    VatRate,
    WorkdayException,
    WorkdayYear,
)
from portal.billing.selectors import workday_gaps
from portal.core import clock
from portal.core.models import MonthCalendar
from portal.office.lists.base import (
    DatedPermissions,
    OfficeAdmin,
    OfficeIndexView,
    RecordPermissions,
    exact_column,
    yes_no_column,
)
from portal.office.number_forms import OpenMonthsForm


class GuidedAdmin(OfficeAdmin):
    """A list whose records are added by a guided screen that shows what they change: `screen` is its address."""

    permission_helper_class = DatedPermissions
    screen: ClassVar[tuple[str, tuple[str, ...]]]

    def create_view(self, request: HttpRequest) -> HttpResponse:
        if not self.permission_helper.user_can_create(request.user):
            raise PermissionDenied
        name, arguments = self.screen
        return redirect(name, *arguments)


class RuleAdmin(OfficeAdmin):
    """Dated rules of the company: a new one never begins in a closed month."""

    permission_helper_class = DatedPermissions

    def get_edit_handler(self) -> ObjectList:
        handler: ObjectList = super().get_edit_handler()
        handler.base_form_class = OpenMonthsForm
        return handler


class RateAdmin(OfficeAdmin):
    """Prices: handed down by published tariff pages."""

    model = Rate
    group = "figures"
    menu_icon = "tag"
    menu_order = 10
    list_display = ("service", "valid_from", "per_cubic", "source", "created_at", "withdrawn_at")
    list_export = list_display
    inspect_view_fields = list_display
    per_cubic = exact_column("price", _("₽ per m³"), least=2)
    list_filter = ("service",)
    search_fields = ("source",)


class NormAdmin(GuidedAdmin):
    """Consumption norms."""

    model = Norm
    group = "figures"
    menu_icon = "decimal"
    menu_order = 20
    screen = ("office_number", ("norm",))
    list_display = ("service", "valid_from", "norm", "source")
    list_export = list_display
    inspect_view_fields = list_display
    norm = exact_column("value", Norm._meta.get_field("value").verbose_name)
    list_filter = ("service",)


class RaisingCoefficientAdmin(GuidedAdmin):
    """Raising coefficients."""

    model = RaisingCoefficient
    group = "figures"
    menu_icon = "order-up"
    menu_order = 30
    screen = ("office_number", ("raising",))
    list_display = ("service", "valid_from", "times", "source")
    list_export = list_display
    inspect_view_fields = list_display
    times = exact_column("value", RaisingCoefficient._meta.get_field("value").verbose_name)
    list_filter = ("service",)


class KeyRateAdmin(GuidedAdmin):
    """Key rates of the Bank of Russia."""

    model = KeyRate
    group = "figures"
    menu_icon = "key"
    menu_order = 40
    screen = ("office_number", ("key-rate",))
    list_display = ("valid_from", "per_cent")
    list_export = list_display
    inspect_view_fields = list_display
    per_cent = exact_column("percent", KeyRate._meta.get_field("percent").verbose_name)


class KeyRateCapAdmin(RuleAdmin):
    """Limits of the key rate for penalties."""

    model = KeyRateCap
    group = "figures"
    menu_icon = "lock"
    menu_order = 50
    list_display = ("valid_from", "valid_until", "percent", "source")
    list_export = list_display


class VatRateAdmin(RuleAdmin):
    """VAT within the rates."""

    model = VatRate
    group = "figures"
    menu_icon = "table"
    menu_order = 60
    list_display = ("valid_from", "percent")
    list_export = list_display


class BillingSettingsAdmin(RuleAdmin):
    """Rules of calculation by period."""

    model = BillingSettings
    group = "figures"
    menu_icon = "sliders"
    menu_order = 70
    list_display = ("valid_from", "estimate_limit", "average_months", "average_minimum", "charges_penalties")
    list_export = (*list_display[:-1], "penalties", "raising_where_feasible")
    charges_penalties = yes_no_column("penalties", _("Charge penalties"))


class MonthCalendarAdmin(OfficeAdmin):
    """The month's days: window, closing, receipts, due day."""

    model = MonthCalendar
    group = "month"
    menu_icon = "date"
    menu_order = 30
    permission_helper_class = DatedPermissions
    list_display = (
        "valid_from", "window_opens", "reminder", "window_closes", "closing_day", "receipts_day", "due_day",
    )  # fmt: skip
    list_export = list_display


class WorkdaysIndexView(OfficeIndexView):
    """Says by what this year's and the next one's working days are counted, and what depends on it."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | {"gaps": workday_gaps(clock.today(), ahead=True)}


class WorkdayYearAdmin(OfficeAdmin):
    """Years whose working-day calendar was entered."""

    model = WorkdayYear
    group = "month"
    menu_icon = "calendar"
    menu_order = 40
    permission_helper_class = RecordPermissions
    list_display = ("year", "decree", "source")
    list_export = ("year", "by_decree", "source")
    decree = yes_no_column("by_decree", _("The Government's transfers are entered"))
    index_view_class = WorkdaysIndexView
    index_template_name = "office/workdays.html"


class WorkdayExceptionAdmin(OfficeAdmin):
    """Transferred days off."""

    model = WorkdayException
    group = "month"
    menu_icon = "calendar-alt"
    menu_order = 50
    permission_helper_class = RecordPermissions
    list_display = ("day", "works")
    list_export = ("day", "working")
    works = yes_no_column("working", _("Working"))
    index_view_class = WorkdaysIndexView
    index_template_name = "office/workdays.html"
    list_filter = ("working",)


LISTS = (
    RateAdmin, NormAdmin, RaisingCoefficientAdmin, KeyRateAdmin, KeyRateCapAdmin, VatRateAdmin, BillingSettingsAdmin,
    MonthCalendarAdmin, WorkdayYearAdmin, WorkdayExceptionAdmin,
)  # fmt: skip
