"""Logins of employees: Wagtail's screens with our forms, one's own sessions."""

from django.urls import path

from portal.office.common.sections import OfficeSection
from portal.office.users import views

SECTION = OfficeSection(
    urls=[
        path("account/sessions/", views.own_sessions, name="office_own_sessions"),
    ],
)
