"""Closing a month: preview, start, progress, receipts, reversal."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from portal.accounts.permissions import READ_SCREENS
from portal.office.closing import lists, views
from portal.office.common.menu import Screen
from portal.office.common.sections import OfficeSection

SECTION = OfficeSection(
    urls=[
        path("office/closing/", views.overview, name="office_closing"),
        path("office/closing/<str:period>/", views.month, name="office_closing_month"),
        path("office/closing/<str:period>/progress/", views.progress, name="office_closing_progress"),
        path("office/closing/<str:period>/failures/", views.closing_failures, name="office_closing_failures"),
        path("office/closing/<str:period>/receipts/failures/", views.issue_failures, name="office_issue_failures"),
        path("office/closing/<str:period>/start/", views.start, name="office_closing_start"),
        path("office/closing/<str:period>/preview/", views.preview, name="office_closing_preview"),
        path(
            "office/closing/<str:period>/preview/progress/",
            views.preview_progress,
            name="office_closing_preview_progress",
        ),
        path("office/closing/<str:period>/receipts/", views.receipts, name="office_issue_receipts"),
        path("office/closing/<str:period>/print/", views.print_run, name="office_print_run"),
        path("office/closing/<str:period>/reverse/", views.reverse, name="office_reverse_closing"),
    ],
    screens=[
        Screen(
            "money",
            _("Close the month"),
            "office_closing",
            icon="calendar-check",
            order=10,
            permissions=("office.close_month", READ_SCREENS),
        ),
    ],
    lists=lists.LISTS,
)
