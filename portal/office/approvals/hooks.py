"""Decisions by a second person: operations of money, numbers."""

from django.urls import path

from portal.office.approvals import lists, number_views, views
from portal.office.common.sections import OfficeSection

SECTION = OfficeSection(
    urls=[
        path("office/approvals/<int:pk>/", views.operation, name="office_approval"),
        path("office/number-requests/<int:pk>/", number_views.request_page, name="office_number_request"),
    ],
    lists=lists.LISTS,
)
