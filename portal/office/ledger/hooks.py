"""Entries of the ledger and its daily checks."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from portal.office.common.menu import Screen
from portal.office.common.sections import OfficeSection
from portal.office.ledger import lists, views

SECTION = OfficeSection(
    urls=[
        path("office/ledger/", views.checks, name="office_ledger_checks"),
    ],
    screens=[
        Screen("month", _("Ledger check"), "office_ledger_checks", "list-ol", 20, ("office.watch_month",)),
    ],
    lists=lists.LISTS,
)
