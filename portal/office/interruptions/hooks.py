"""Reductions that interruptions of the supply propose."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from portal.accounts.permissions import READ_SCREENS
from portal.office.common.menu import Screen
from portal.office.common.sections import OfficeSection
from portal.office.interruptions import lists, views

SECTION = OfficeSection(
    urls=[
        path("office/interruptions/", views.proposed, name="office_interruptions"),
        path("office/interruptions/outage/", views.decide_outage, name="office_decide_outage"),
        path("office/interruptions/<int:pk>/", views.decide, name="office_decide_interruption"),
    ],
    screens=[
        Screen(
            "money",
            _("Proposed reductions"),
            "office_interruptions",
            icon="warning",
            order=28,
            permissions=("office.close_month", READ_SCREENS),
        ),
    ],
    lists=lists.LISTS,
)
