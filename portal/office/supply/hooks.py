"""Persons and services of an account, closing an account."""

from django.urls import path

from portal.office.common.sections import OfficeSection
from portal.office.supply import correction_views, views

SECTION = OfficeSection(
    urls=[
        path("office/account/choose/", views.choose, name="office_choose_account"),
        path("office/account/<int:pk>/persons/", views.persons, name="office_persons"),
        path("office/account/<int:pk>/services/", views.services, name="office_services"),
        path(
            "office/account/<int:pk>/services/<int:service_pk>/",
            correction_views.correct,
            name="office_correct_service",
        ),
        path("office/account/<int:pk>/close/", views.close, name="office_close"),
    ],
)
