"""The dated numbers and days behind a bill: rates, norms, coefficients, key rates, VAT, rules, calendars."""

from typing import Any, ClassVar

from django.contrib.admin import SimpleListFilter, display
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.approvals.models import NumberRequest
from portal.approvals.selectors import numbers_waiting
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
from portal.billing.number_types import kind_of, rule_of
from portal.billing.selectors import workday_gaps
from portal.core import clock
from portal.core.formatting import moment_text, user_name
from portal.core.models import MonthCalendar
from portal.office.common.columns import exact_column, staff_column, yes_no_column
from portal.office.common.lists import DatedPermissions, OfficeAdmin, OfficeButtons, OfficeIndexView


class GuidedAdmin(OfficeAdmin):
    """A list whose records are added by a guided screen that shows what they change: `screen` is its address."""

    permission_helper_class = DatedPermissions
    screen: ClassVar[tuple[str, tuple[str, ...]]]

    def create_view(self, request: HttpRequest) -> HttpResponse:
        if not self.permission_helper.user_can_create(request.user):
            raise PermissionDenied
        name, arguments = self.screen
        return redirect(name, *arguments)


class NumberButtons(OfficeButtons):
    """A number that counts is changed or withdrawn by a screen that shows what that does."""

    def get_buttons_for_obj(self, obj: Any, **kwargs: Any) -> list[dict[str, Any]]:
        buttons: list[dict[str, Any]] = super().get_buttons_for_obj(obj, **kwargs)
        may = self.request.user.has_perm(f"{self.opts.app_label}.change_{self.opts.model_name}")
        if obj.withdrawn_at is not None or not may or "change" in (kwargs.get("exclude") or ()):
            return buttons
        kind = kind_of(type(obj))
        for name, label in (("office_change_number", _("Change")), ("office_withdraw_number", _("Withdraw"))):
            url = reverse(name, args=[kind.value, obj.pk])
            buttons.append({"url": url, "label": label, "title": label, "classname": "button button-small"})
        return buttons


class NumberIndexView(OfficeIndexView):
    """Numbers of the kind that wait for a second person stand above the list: they have no effect yet."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        rule = rule_of(self.model)
        return context | {"waiting_numbers": numbers_waiting(rule) if rule else []}


class CountsFilter(SimpleListFilter):
    """Numbers that count, or those withdrawn."""

    title = _("State")
    parameter_name = "counts"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("Those that count")), ("no", _("Withdrawn ones"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() is None:
            return queryset
        return queryset.filter(withdrawn_at__isnull=self.value() == "yes")


class Numbers:
    """Base of the lists of dated numbers: a withdrawn row struck out, with who, when and why."""

    index_view_class = NumberIndexView
    index_template_name = "office/numbers_index.html"
    list_select_related = ("entered_by", "approved_by", "withdrawn_by")
    list_filter: ClassVar[tuple[Any, ...]] = (CountsFilter,)

    def get_extra_attrs_for_row(self, obj: Any, context: Any) -> dict[str, Any]:
        return {} if obj.withdrawn_at is None else {"class": "office-withdrawn"}

    @display(description=_("Entered, approved, withdrawn"))
    def history(self, number: Any) -> str:
        """«Внёс Петров, утвердил Сидоров» or «Отозвано 15 ноября 2026, Петров: опечатка»."""
        if number.withdrawn_at is not None:
            withdrawer = f", {user_name(number.withdrawn_by)}" if number.withdrawn_by else ""
            why = f": {number.withdrawal_reason}" if number.withdrawal_reason else ""
            return _("Withdrawn %(day)s") % {"day": moment_text(number.withdrawn_at, year=True)} + withdrawer + why
        parts = []
        if number.entered_by:
            parts.append(_("entered by %(who)s") % {"who": user_name(number.entered_by)})
        if number.approved_by:
            parts.append(_("approved by %(who)s") % {"who": user_name(number.approved_by)})
        return ", ".join(parts) or "—"


WHO = ("created_at", "entered_by", "approved_by", "withdrawn_at", "withdrawn_by", "withdrawal_reason")


class NumberAdmin(Numbers, GuidedAdmin):
    """Dated numbers that a guided screen enters, changes and withdraws."""

    button_helper_class = NumberButtons


class RateAdmin(Numbers, OfficeAdmin):
    """Prices: handed down by published tariff pages, which also move and withdraw them."""

    model = Rate
    group = "figures"
    menu_icon = "tag"
    menu_order = 10
    list_display = ("service", "valid_from", "per_cubic", "source", "history")
    list_export = (*list_display[:-1], *WHO)
    inspect_view_fields = list_export
    per_cubic = exact_column("price", _("₽ per m³"), least=2)
    list_filter = ("service", CountsFilter)
    search_fields = ("source",)


class NormAdmin(NumberAdmin):
    """Consumption norms."""

    model = Norm
    group = "figures"
    menu_icon = "decimal"
    menu_order = 20
    screen = ("office_number", ("norm",))
    list_display = ("service", "valid_from", "norm", "source", "history")
    list_export = (*list_display[:-1], *WHO)
    inspect_view_fields = list_export
    norm = exact_column("value", Norm._meta.get_field("value").verbose_name)
    list_filter = ("service", CountsFilter)


class RaisingCoefficientAdmin(NumberAdmin):
    """Raising coefficients."""

    model = RaisingCoefficient
    group = "figures"
    menu_icon = "order-up"
    menu_order = 30
    screen = ("office_number", ("raising",))
    list_display = ("service", "valid_from", "times", "source", "history")
    list_export = (*list_display[:-1], *WHO)
    inspect_view_fields = list_export
    times = exact_column("value", RaisingCoefficient._meta.get_field("value").verbose_name)
    list_filter = ("service", CountsFilter)


class KeyRateAdmin(NumberAdmin):
    """Key rates of the Bank of Russia."""

    model = KeyRate
    group = "figures"
    menu_icon = "key"
    menu_order = 40
    screen = ("office_number", ("key-rate",))
    list_display = ("valid_from", "per_cent", "history")
    list_export = (*list_display[:-1], *WHO)
    inspect_view_fields = list_export
    per_cent = exact_column("percent", KeyRate._meta.get_field("percent").verbose_name)


class KeyRateCapAdmin(NumberAdmin):
    """Limits of the key rate for penalties."""

    model = KeyRateCap
    group = "figures"
    menu_icon = "lock"
    menu_order = 50
    screen = ("office_number", ("key-rate-cap",))
    list_display = ("valid_from", "valid_until", "per_cent", "source", "history")
    list_export = (*list_display[:-1], *WHO)
    inspect_view_fields = list_export
    per_cent = exact_column("percent", KeyRateCap._meta.get_field("percent").verbose_name)


class VatRateAdmin(NumberAdmin):
    """VAT within the rates."""

    model = VatRate
    group = "figures"
    menu_icon = "table"
    menu_order = 60
    screen = ("office_number", ("vat",))
    list_display = ("valid_from", "per_cent", "history")
    list_export = (*list_display[:-1], *WHO)
    inspect_view_fields = list_export
    per_cent = exact_column("percent", VatRate._meta.get_field("percent").verbose_name)


class BillingSettingsAdmin(NumberAdmin):
    """Rules of calculation by period."""

    model = BillingSettings
    group = "figures"
    menu_icon = "sliders"
    menu_order = 70
    screen = ("office_number", ("rules",))
    list_display = ("valid_from", "estimate_limit", "average_months", "average_minimum", "charges_penalties", "history")
    list_export = (*list_display[:-2], "penalties", "raising_where_feasible", *WHO)
    inspect_view_fields = list_export
    charges_penalties = yes_no_column("penalties", _("Charge penalties"))


class MonthCalendarAdmin(NumberAdmin):
    """The month's days: window, closing, receipts, due day."""

    model = MonthCalendar
    group = "month"
    menu_icon = "date"
    menu_order = 30
    screen = ("office_number", ("month-calendar",))
    list_display = (
        "valid_from",
        "window_opens",
        "reminder",
        "window_closes",
        "closing_day",
        "receipts_day",
        "due_day",
        "history",
    )
    list_export = (*list_display[:-1], *WHO)
    inspect_view_fields = list_export


class WorkdaysIndexView(NumberIndexView):
    """Says by what this year's and the next one's working days are counted, and what depends on it."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | {"gaps": workday_gaps(clock.today(), ahead=True)}


class WorkdayYearAdmin(NumberAdmin):
    """Years whose working-day calendar was entered."""

    model = WorkdayYear
    group = "month"
    menu_icon = "calendar"
    menu_order = 40
    screen = ("office_number", ("workday-year",))
    list_display = ("year", "decree", "source", "history")
    list_export = ("year", "by_decree", "source", *WHO)
    decree = yes_no_column("by_decree", _("The Government's transfers are entered"))
    index_view_class = WorkdaysIndexView
    index_template_name = "office/workdays.html"


class WorkdayExceptionAdmin(NumberAdmin):
    """Transferred days off."""

    model = WorkdayException
    group = "month"
    menu_icon = "calendar-alt"
    menu_order = 50
    screen = ("office_number", ("workday",))
    list_display = ("day", "works", "history")
    list_export = ("day", "working", *WHO)
    works = yes_no_column("working", _("Working"))
    index_view_class = WorkdaysIndexView
    index_template_name = "office/workdays.html"
    list_filter = ("working", CountsFilter)


class NumberRequestAdmin(OfficeAdmin):
    """Numbers that wait for a second person, and those decided."""

    model = NumberRequest
    group = "figures"
    menu_icon = "group"
    menu_order = 5
    list_display = ("opened", "rule", "title", "state", "who", "second")
    list_export = ("made_at", "rule", "title", "reason", "state", "made_by", "decided_by", "decided_at", "answer")
    inspect_view_fields = list_export
    list_select_related = ("made_by", "decided_by")
    list_filter = ("state", "rule")
    search_fields = ("title", "reason")
    who = staff_column("made_by", _("Made by"))
    second = staff_column("decided_by", _("Decided by"))

    @display(description=pgettext_lazy("approvals", "Made"), ordering="made_at")
    def opened(self, request: NumberRequest) -> SafeString:
        """A link to the request's own page, where it is decided."""
        url = reverse("office_number_request", args=[request.pk])
        return format_html('<a href="{}">{}</a>', url, moment_text(request.made_at))


LISTS = (
    NumberRequestAdmin,
    RateAdmin,
    NormAdmin,
    RaisingCoefficientAdmin,
    KeyRateAdmin,
    KeyRateCapAdmin,
    VatRateAdmin,
    BillingSettingsAdmin,
    MonthCalendarAdmin,
    WorkdayYearAdmin,
    WorkdayExceptionAdmin,
)
