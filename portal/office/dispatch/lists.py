"""Lists that dispatchers and engineers keep: crews with their calendar, norms, reasons."""

from wagtail.admin.panels import FieldPanel, FieldRowPanel

from portal.office.lists.base import OfficeAdmin, RecordPermissions
from portal.service_requests.models import (
    Crew,
    DayOff,
    KindNorm,
    RefusalReason,
    Slot,
    WorkingHours,
)


class NormAdmin(OfficeAdmin):
    """How soon work must begin."""

    model = KindNorm
    group = "dispatch"
    menu_icon = "time"
    menu_order = 60
    list_display = ("kind", "urgent", "minutes")
    permission_helper_class = RecordPermissions
    panels = [FieldPanel("kind"), FieldPanel("urgent"), FieldPanel("minutes")]


class CrewAdmin(OfficeAdmin):
    """Crews."""

    model = Crew
    group = "dispatch"
    menu_icon = "group"
    menu_order = 50
    list_display = ("name", "kind", "phone", "active")
    list_filter = ("kind", "active")
    search_fields = ("name",)
    permission_helper_class = RecordPermissions
    panels = [FieldPanel("name"), FieldPanel("kind"), FieldPanel("phone"), FieldPanel("members"), FieldPanel("active")]


class HoursAdmin(OfficeAdmin):
    """Weekly hours of crews."""

    model = WorkingHours
    group = "metering"
    menu_icon = "time"
    menu_order = 80
    list_display = ("crew", "weekday", "starts", "ends", "capacity")
    list_filter = ("weekday",)
    panels = [
        FieldPanel("crew"), FieldPanel("weekday"),
        FieldRowPanel([FieldPanel("starts"), FieldPanel("ends")]), FieldPanel("capacity"),
    ]  # fmt: skip
    permission_helper_class = RecordPermissions


class DayOffAdmin(OfficeAdmin):
    """Days off."""

    model = DayOff
    group = "metering"
    menu_icon = "date"
    menu_order = 90
    list_display = ("day", "crew", "reason")
    panels = [FieldPanel("crew"), FieldPanel("day"), FieldPanel("reason")]
    permission_helper_class = RecordPermissions


class SlotAdmin(OfficeAdmin):
    """Slots of days; their capacity may be changed."""

    model = Slot
    group = "metering"
    menu_icon = "date"
    menu_order = 85
    list_display = ("day", "hours", "crew", "capacity", "taken")
    list_filter = ("day",)
    panels = [
        FieldPanel("crew"), FieldPanel("day"),
        FieldRowPanel([FieldPanel("starts"), FieldPanel("ends")]), FieldPanel("capacity"),
    ]  # fmt: skip
    permission_helper_class = RecordPermissions


class ReasonAdmin(OfficeAdmin):
    """Reasons of refusals."""

    model = RefusalReason
    group = "metering"
    menu_icon = "list-ul"
    menu_order = 95
    list_display = ("text", "advice", "active")
    panels = [FieldPanel("text"), FieldPanel("advice"), FieldPanel("active")]
    permission_helper_class = RecordPermissions


LISTS = (CrewAdmin, NormAdmin, HoursAdmin, SlotAdmin, DayOffAdmin, ReasonAdmin)
