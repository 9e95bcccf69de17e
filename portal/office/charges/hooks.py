"""Corrections, recalculations, tampering reports, lists of charges."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from portal.office.charges import lists, tampering_views, views
from portal.office.common.menu import Screen
from portal.office.common.sections import OfficeSection

SECTION = OfficeSection(
    urls=[
        path("office/recalculation/", views.recalculation, name="office_recalculation"),
        path("office/correction/", views.correction, name="office_correction"),
        path("office/act/", tampering_views.new, name="office_act"),
    ],
    screens=[
        Screen(
            "money",
            _("New correction"),
            "office_correction",
            icon="edit",
            order=20,
            permissions=("office.book_correction",),
        ),
        Screen(
            "money",
            _("Recalculate"),
            "office_recalculation",
            icon="rotate",
            order=25,
            permissions=("office.book_correction",),
        ),
    ],
    lists=lists.LISTS,
)
