"""Interruptions of the supply."""

from django.utils.translation import gettext_lazy as _

from portal.billing.models import (
    Interruption,
)
from portal.office.common.columns import (
    staff_column,
)
from portal.office.common.lists import OfficeAdmin


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


LISTS = (InterruptionAdmin,)
