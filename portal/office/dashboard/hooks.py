"""The dashboard: what waits for an employee, alerts, notices."""

from django.urls import path

from portal.office.common.sections import OfficeSection
from portal.office.dashboard import views

SECTION = OfficeSection(
    urls=[
        path("office/failure/<int:pk>/", views.opened, name="office_failed_job"),
    ],
)
