"""Dated numbers: tariffs, norms, rates, calendars, rules."""

from django.urls import path

from portal.office.common.sections import OfficeSection
from portal.office.numbers import lists, views

SECTION = OfficeSection(
    urls=[
        path("office/number/<slug:what>/", views.add, name="office_number"),
        path("office/number/<slug:what>/<int:pk>/", views.change, name="office_change_number"),
        path("office/number/<slug:what>/<int:pk>/withdraw/", views.withdraw, name="office_withdraw_number"),
    ],
    lists=lists.LISTS,
)
