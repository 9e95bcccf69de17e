"""Lists that dispatchers and engineers keep: crews with their calendar, norms, reasons."""

from typing import Any

from django.contrib.admin import display
from django.db.models import QuerySet
from django.forms import CheckboxSelectMultiple
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, FieldRowPanel, ObjectList

from portal.accounts.staff import employees
from portal.core import clock
from portal.office.common.columns import yes_no_column
from portal.office.common.filters import RelatedFilter
from portal.office.common.lists import OfficeAdmin, RecordPermissions
from portal.service_requests.models import (
    Crew,
    DayOff,
    KindNorm,
    RefusalReason,
    Slot,
    WorkingHours,
)


class CrewForm(WagtailAdminModelForm):
    """A crew is made of employees: a list of every login would hold all residents."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "members" in self.fields:
            members = self.fields["members"]
            members.queryset = employees().filter(is_active=True).order_by("last_name", "username")
            members.widget = CheckboxSelectMultiple(choices=members.choices)


class ResponseNormAdmin(OfficeAdmin):
    """List of response times."""

    model = KindNorm
    group = "dispatch"
    menu_icon = "time"
    menu_order = 60
    list_display = ("kind", "on_top", "minutes")
    list_export = ("kind", "urgent", "minutes")
    on_top = yes_no_column("urgent", KindNorm._meta.get_field("urgent").verbose_name)
    permission_helper_class = RecordPermissions
    panels = [FieldPanel("kind"), FieldPanel("urgent"), FieldPanel("minutes")]


class CrewAdmin(OfficeAdmin):
    """Crews."""

    model = Crew
    group = "dispatch"
    menu_icon = "group"
    menu_order = 50
    list_display = ("name", "kind", "phone", "works")
    list_export = ("name", "kind", "phone", "active")
    works = yes_no_column("active", Crew._meta.get_field("active").verbose_name)
    list_filter = ("kind", "active")
    search_fields = ("name",)
    permission_helper_class = RecordPermissions
    panels = [FieldPanel("name"), FieldPanel("kind"), FieldPanel("phone"), FieldPanel("members"), FieldPanel("active")]

    def get_edit_handler(self) -> ObjectList:
        handler: ObjectList = super().get_edit_handler()
        handler.base_form_class = CrewForm
        return handler


class HoursAdmin(OfficeAdmin):
    """Weekly hours of crews."""

    model = WorkingHours
    group = "metering"
    menu_icon = "time"
    menu_order = 80
    list_display = ("crew", "weekday", "starts", "ends", "capacity")
    list_export = list_display
    list_filter = ("weekday",)
    panels = [
        FieldPanel("crew"),
        FieldPanel("weekday"),
        FieldRowPanel([FieldPanel("starts"), FieldPanel("ends")]),
        FieldPanel("capacity"),
    ]
    permission_helper_class = RecordPermissions


class DayOffAdmin(OfficeAdmin):
    """Days off."""

    model = DayOff
    group = "metering"
    menu_icon = "date"
    menu_order = 90
    list_display = ("day", "crew", "reason")
    list_export = list_display
    panels = [FieldPanel("crew"), FieldPanel("day"), FieldPanel("reason")]
    permission_helper_class = RecordPermissions


class SlotAdmin(OfficeAdmin):
    """Slots of days; their capacity may be changed."""

    model = Slot
    group = "metering"
    menu_icon = "date"
    menu_order = 85
    list_display = ("day", "hours_text", "crew", "capacity", "booked")
    list_export = list_display
    list_filter = (("crew", RelatedFilter),)
    ordering = ("day", "starts", "crew")
    panels = [
        FieldPanel("crew"),
        FieldPanel("day"),
        FieldRowPanel([FieldPanel("starts"), FieldPanel("ends")]),
        FieldPanel("capacity"),
    ]
    permission_helper_class = RecordPermissions

    @display(description=_("Hours"))
    def hours_text(self, slot: Slot) -> str:
        """«10:00–12:00»."""
        return slot.hours

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Slot]":
        """From today on; what was is seen by its visits."""
        slots: QuerySet[Slot] = super().get_queryset(request)
        return slots.filter(day__gte=clock.today()).select_related("crew")


class ReasonAdmin(OfficeAdmin):
    """Reasons of refusals."""

    model = RefusalReason
    group = "metering"
    menu_icon = "list-ul"
    menu_order = 95
    list_display = ("text", "advice", "used")
    list_export = ("text", "advice", "active")
    used = yes_no_column("active", RefusalReason._meta.get_field("active").verbose_name)
    panels = [FieldPanel("text"), FieldPanel("advice"), FieldPanel("active")]
    permission_helper_class = RecordPermissions


LISTS = (CrewAdmin, ResponseNormAdmin, HoursAdmin, SlotAdmin, DayOffAdmin, ReasonAdmin)
