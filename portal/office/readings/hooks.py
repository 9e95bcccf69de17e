"""Readings entered and reviewed by staff, who has not sent, meters."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from portal.accounts.permissions import READ_SCREENS
from portal.office.common.menu import Screen
from portal.office.common.sections import OfficeSection
from portal.office.readings import lists, views

SECTION = OfficeSection(
    urls=[
        path("office/readings/", views.enter, name="office_readings"),
        path("office/readings/flagged/", views.flagged, name="office_flagged"),
        path("office/readings/flagged/<int:pk>/", views.review, name="office_review"),
        path("office/readings/missing/", views.heat_map, name="office_heat_map"),
        path("office/readings/missing/<int:pk>/", views.house, name="office_house"),
    ],
    screens=[
        Screen(
            "metering",
            _("Enter readings"),
            "office_readings",
            icon="edit",
            order=10,
            permissions=("office.enter_readings",),
        ),
        Screen(
            "metering",
            _("Flagged readings"),
            "office_flagged",
            icon="warning",
            order=20,
            permissions=("office.review_readings", READ_SCREENS),
        ),
        Screen(
            "metering",
            _("Who has not sent"),
            "office_heat_map",
            icon="table",
            order=30,
            permissions=("office.see_missing_readings",),
        ),
    ],
    lists=lists.LISTS,
)
