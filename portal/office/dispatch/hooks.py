"""The dispatcher's work: requests, calls, incidents, outages."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from portal.accounts.permissions import READ_SCREENS
from portal.office.common.menu import Screen
from portal.office.common.sections import OfficeSection
from portal.office.dispatch import lists, outage_views, views
from portal.service_requests.permissions import DISPATCH, OUTAGES

SECTION = OfficeSection(
    urls=[
        path("dispatch/", views.index, name="office_dispatch"),
        path("dispatch/call/", views.call, name="office_dispatch_call"),
        path("dispatch/join/", views.join, name="office_dispatch_join"),
        path("dispatch/shift/", views.shift, name="office_dispatch_shift"),
        path("dispatch/incident/<int:pk>/", views.incident, name="office_incident"),
        path("dispatch/<int:pk>/", views.detail, name="office_dispatch_request"),
        path("dispatch/<int:pk>/correct/", views.correct, name="office_dispatch_correct"),
        path("dispatch/<int:pk>/act/", views.perform_action, name="office_dispatch_act"),
        path("outages/", outage_views.index, name="office_outages"),
        path("outages/new/", outage_views.edit, name="office_outage_new"),
        path("outages/<int:pk>/", outage_views.detail, name="office_outage"),
        path("outages/<int:pk>/edit/", outage_views.edit, name="office_outage_edit"),
        path("outages/<int:pk>/act/", outage_views.perform_action, name="office_outage_act"),
    ],
    screens=[
        Screen(
            "dispatch", _("Requests"), "office_dispatch", icon="warning", order=10, permissions=(DISPATCH, READ_SCREENS)
        ),
        Screen("dispatch", _("A call"), "office_dispatch_call", icon="mobile-alt", order=20, permissions=(DISPATCH,)),
        Screen(
            "dispatch",
            _("Outages"),
            "office_outages",
            icon="date",
            order=30,
            permissions=(OUTAGES, READ_SCREENS),
        ),
    ],
    lists=lists.LISTS,
)
