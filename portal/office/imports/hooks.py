"""Imports of accounts and readings from files."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from portal.office.common.menu import Screen
from portal.office.common.sections import OfficeSection
from portal.office.imports import views

SECTION = OfficeSection(
    urls=[
        path("office/import/<slug:kind>/", views.upload, name="office_import"),
        path("office/import/<slug:kind>/sample/", views.sample, name="office_import_sample"),
    ],
    screens=[
        Screen(
            "metering",
            _("Readings from a file"),
            "office_import",
            icon="upload",
            order=35,
            permissions=("office.import_readings",),
            argument="readings",
        ),
        Screen(
            "residents",
            _("Accounts from a file"),
            "office_import",
            icon="upload",
            order=95,
            permissions=("office.import_accounts",),
            argument="accounts",
        ),
    ],
)
