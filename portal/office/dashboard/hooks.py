"""The dashboard: what waits for an employee, alerts, notices."""

from django.urls import path

from portal.office.common.sections import Section
from portal.office.dashboard import views

SECTION = Section(
    urls=[
        path("office/failure/<int:pk>/", views.opened, name="office_failed_job"),
    ],
)
