"""The engineer's work: applications, visits, replacement of meters, certificates."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from portal.accounts.permissions import READ_SCREENS
from portal.office.common.menu import Screen
from portal.office.common.sections import OfficeSection
from portal.office.field import replacement_views, views
from portal.service_requests.permissions import METERS

SECTION = OfficeSection(
    urls=[
        path("field/", views.index, name="office_field"),
        path("field/day/", views.day, name="office_field_day"),
        path("field/calendar/", views.calendar, name="office_field_calendar"),
        path("field/replacement/", replacement_views.index, name="office_replacement"),
        path("field/replacement/plan/", replacement_views.plan, name="office_replacement_plan"),
        path("field/replacement/visit/<int:pk>/", replacement_views.visit, name="office_replacement_visit"),
        path("field/replacement/visit/<int:pk>/nobody/", replacement_views.nobody, name="office_replacement_nobody"),
        path("field/verification/<int:pk>/", replacement_views.verification, name="office_verification"),
        path("field/certificate/<int:pk>/", replacement_views.certificate, name="office_certificate"),
        path("field/<int:pk>/", views.detail, name="office_field_application"),
        path("field/<int:pk>/agree/", views.agree, name="office_field_agree"),
        path("field/visit/<int:pk>/", views.visit, name="office_field_visit"),
        path("field/visit/<int:pk>/move/", views.move, name="office_field_move"),
        path("field/visit/<int:pk>/nobody/", views.nobody, name="office_field_nobody"),
        path("field/act/<int:pk>/", views.certificate_pdf, name="office_field_act"),
        path("field/act/<int:pk>/signed/", views.signed, name="office_field_signed"),
    ],
    screens=[
        Screen(
            "metering", _("Put into service"), "office_field", icon="tasks", order=5, permissions=(METERS, READ_SCREENS)
        ),
        Screen(
            "metering",
            _("Visits"),
            "office_field_day",
            icon="date",
            order=6,
            permissions=(METERS, READ_SCREENS),
        ),
        Screen(
            "metering",
            _("Calendar"),
            "office_field_calendar",
            icon="calendar-alt",
            order=7,
            permissions=(METERS, READ_SCREENS),
        ),
        Screen(
            "metering",
            _("Verification and replacement"),
            "office_replacement",
            icon="rotate",
            order=8,
            permissions=(METERS, READ_SCREENS),
        ),
    ],
)
