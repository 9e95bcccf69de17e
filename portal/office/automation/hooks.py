"""Steps of the month and jobs of the timetable."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from portal.office.automation import views
from portal.office.common.menu import Screen
from portal.office.common.sections import OfficeSection

SECTION = OfficeSection(
    urls=[
        path("office/month/", views.overview, name="office_month"),
        path("office/month/<str:period>/step/<slug:step>/", views.run_step_now, name="office_run_step"),
        path("office/month/run/<slug:name>/", views.run_now, name="office_run_now"),
        path("office/month/again/<slug:task_id>/", views.run_again, name="office_run_again"),
    ],
    screens=[
        Screen(
            "month",
            _("Scheduled jobs: done and due"),
            "office_month",
            icon="date",
            order=10,
            permissions=("office.watch_month",),
        ),
    ],
)
