"""Closings of months."""

from django.utils.translation import gettext_lazy as _

from portal.billing.models import (
    PeriodRun,
)
from portal.office.common.columns import (
    month_column,
    staff_column,
)
from portal.office.common.lists import OfficeAdmin


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


LISTS = (PeriodRunAdmin,)
