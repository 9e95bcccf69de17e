"""Meters, their types, readings."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.contrib.admin import SimpleListFilter, display
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel

from portal.core import clock
from portal.metering.enums import Flag
from portal.metering.models import Meter, MeterType, Reading
from portal.office.accounts.lists import OpenFilter
from portal.office.common.columns import exact_column, joined, volume_column
from portal.office.common.filters import RelatedFilter
from portal.office.common.lists import KeptPermissions, OfficeAdmin, RecordPermissions

SOON_DAYS = 90
MONTH_DAYS = 30


class VerificationFilter(SimpleListFilter):
    """Verification: expired, within 90 days, valid for longer."""

    title = _("Verification")
    parameter_name = "verification"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Sequence[tuple[str, Any]]:
        return [
            ("expired", _("Expired")),
            ("month", _("Within 30 days, in use")),
            ("soon", _("Within 90 days")),
            ("valid", _("Valid")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Meter]) -> QuerySet[Meter]:
        today = clock.today()
        soon = dt.timedelta(days=SOON_DAYS)
        wanted: dict[str, dict[str, Any]] = {
            "expired": {"verified_until__lt": today},
            "month": {
                "closed_on": None,
                "verified_until__gte": today,
                "verified_until__lte": today + dt.timedelta(days=MONTH_DAYS),
            },
            "soon": {"verified_until__gte": today, "verified_until__lte": today + soon},
            "valid": {"verified_until__gt": today + soon},
        }
        return queryset.filter(**wanted.get(self.value() or "", {}))


class FlagFilter(SimpleListFilter):
    """By what staff should look at."""

    title = _("Flag")
    parameter_name = "flag"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Sequence[tuple[str, Any]]:
        return list(Flag.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Reading]) -> QuerySet[Reading]:
        if self.value() is None:
            return queryset
        return queryset.filter(flags__icontains=f'"{self.value()}"')


class MeterAdmin(OfficeAdmin):
    """Meters of all accounts. Commissioning makes them; staff correct descriptions, never values."""

    model = Meter
    group = "metering"
    menu_icon = "cogs"
    menu_order = 50
    permission_helper_class = KeptPermissions
    list_display = ("serial_number", "service", "account", "place", "type", "verified_until", "closed_on")
    list_export = (
        "account",
        "service",
        "place",
        "serial_number",
        "type",
        "digits",
        "seal_number",
        "commissioned_on",
        "start_value",
        "verified_until",
        "out_of_order_from",
        "closed_on",
        "closing_value",
    )
    list_select_related = ("account", "type")
    list_filter = ("service", OpenFilter, VerificationFilter, ("type", RelatedFilter))
    search_fields = ("serial_number", "account__number", "seal_number")
    panels = [
        FieldRowPanel([FieldPanel("account", read_only=True), FieldPanel("service", read_only=True)]),
        FieldRowPanel([FieldPanel("serial_number", read_only=True), FieldPanel("start_value", read_only=True)]),
        FieldRowPanel([FieldPanel("type"), FieldPanel("place")]),
        FieldRowPanel([FieldPanel("seal_number"), FieldPanel("verified_until", read_only=True)]),
        FieldPanel("out_of_order_from"),
    ]


class MeterTypeAdmin(OfficeAdmin):
    """Types with their verification interval."""

    model = MeterType
    group = "metering"
    menu_icon = "tag"
    menu_order = 60
    permission_helper_class = RecordPermissions
    list_display = ("name", "digits", "interval_months", "nominal_diameter", "flow_text")
    flow_text = exact_column("flow", _("Maximum flow, m³ an hour"))
    list_export = list_display
    search_fields = ("name",)


class ReadingAdmin(OfficeAdmin):
    """Every reading that came, with its source and moment."""

    model = Reading
    group = "metering"
    menu_icon = "list-ol"
    menu_order = 40
    list_display = ("account", "meter", "shown", "taken_on", "source", "status", "flag_names", "accepted_at")
    list_export = ("account", "meter", "value", "taken_on", "source", "status", "flag_names", "report", "accepted_at")
    list_select_related = ("meter__account", "meter__type")
    list_filter = ("source", "status", FlagFilter, "taken_on", "meter__service")
    search_fields = ("meter__serial_number", "meter__account__number", "report")
    ordering = ("-taken_on", "-pk")
    inspect_view_fields = (
        "meter",
        "value",
        "taken_on",
        "source",
        "status",
        "rollover",
        "report",
        "accepted_at",
        "entered_by",
        "reviewed_at",
        "reviewed_by",
        "replaces",
        "flow_reason",
    )
    shown = volume_column("value", _("Reading"))

    @display(description=_("Customer account"), ordering="meter__account__number")
    def account(self, reading: Reading) -> str:
        return reading.meter.account.number

    @display(description=_("Flags"))
    def flag_names(self, reading: Reading) -> str:
        return joined(Flag(flag).label for flag in reading.flags)


LISTS = (ReadingAdmin, MeterAdmin, MeterTypeAdmin)
