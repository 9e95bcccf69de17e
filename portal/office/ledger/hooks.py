"""Entries of the ledger and its daily checks."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from portal.office.common.menu import Screen
from portal.office.common.sections import OfficeSection
from portal.office.ledger import lists, seal_lists, seal_views, views

SECTION = OfficeSection(
    urls=[
        path("office/ledger/", views.checks, name="office_ledger_checks"),
        path("office/ledger/check/", views.check_now, name="office_check_ledger"),
        path("office/ledger/letter/", seal_views.compare, name="office_compare_seal"),
    ],
    screens=[
        Screen(
            "month",
            _("Ledger check"),
            "office_ledger_checks",
            icon="list-ol",
            order=20,
            permissions=("office.watch_month",),
        ),
    ],
    lists=(*lists.LISTS, seal_lists.SealAdmin),
)
