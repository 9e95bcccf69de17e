"""What the engineer finds in the admin."""

from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from wagtail import hooks

from portal.office.field import replacement, views
from portal.office.menu import register_item
from portal.service_requests.permissions import METERS


@hooks.register("register_admin_urls")
def field_urls() -> list[URLPattern]:
    """Addresses of the engineer's screens."""
    return [
        path("field/", views.index, name="office_field"),
        path("field/day/", views.day, name="office_field_day"),
        path("field/calendar/", views.calendar, name="office_field_calendar"),
        path("field/replacement/", replacement.index, name="office_replacement"),
        path("field/replacement/plan/", replacement.plan, name="office_replacement_plan"),
        path("field/replacement/visit/<int:pk>/", replacement.visit, name="office_replacement_visit"),
        path("field/replacement/visit/<int:pk>/nobody/", replacement.nobody, name="office_replacement_nobody"),
        path("field/verification/<int:pk>/", replacement.verification, name="office_verification"),
        path("field/certificate/<int:pk>/", replacement.certificate, name="office_certificate"),
        path("field/<int:pk>/", views.detail, name="office_field_application"),
        path("field/<int:pk>/agree/", views.agree, name="office_field_agree"),
        path("field/visit/<int:pk>/", views.visit, name="office_field_visit"),
        path("field/visit/<int:pk>/move/", views.move, name="office_field_move"),
        path("field/visit/<int:pk>/nobody/", views.nobody, name="office_field_nobody"),
        path("field/act/<int:pk>/", views.act, name="office_field_act"),
        path("field/act/<int:pk>/signed/", views.signed, name="office_field_signed"),
    ]


register_item(
    "metering", label=_("Put into service"), url_name="office_field", icon="tasks", order=5, permission=METERS
)
register_item("metering", label=_("Visits"), url_name="office_field_day", icon="date", order=6, permission=METERS)
register_item(
    "metering", label=_("Calendar"), url_name="office_field_calendar", icon="calendar-alt", order=7, permission=METERS
)
register_item(
    "metering",
    label=_("Verification and replacement"),
    url_name="office_replacement",
    icon="rotate",
    order=8,
    permission=METERS,
)
