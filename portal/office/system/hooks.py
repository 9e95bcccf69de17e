"""The state of the system."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from portal.office.common.menu import Screen
from portal.office.common.sections import OfficeSection
from portal.office.system import views

SECTION = OfficeSection(
    urls=[
        path("office/system/", views.state, name="office_system"),
    ],
    screens=[
        Screen(
            "month",
            _("State of the system"),
            "office_system",
            icon="cog",
            order=30,
            permissions=("office.watch_system",),
        ),
    ],
)
