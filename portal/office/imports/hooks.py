"""Imports of accounts, premises, meters, readings and balances from files."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from portal.exchange.imports.subjects import SUBJECTS
from portal.office.common.menu import Screen
from portal.office.common.sections import OfficeSection
from portal.office.imports import views

PLACES = {
    "readings": ("metering", 35),
    "meters": ("metering", 36),
    "accounts": ("residents", 95),
    "premises": ("residents", 96),
    "balances": ("payments", 60),
}
"""Group of the menu and order in it, by kind of import."""

SECTION = OfficeSection(
    urls=[
        path("office/imports/", views.journal, name="office_imports"),
        path("office/imports/<int:pk>/", views.imported_file, name="office_import_file"),
        path("office/imports/<int:pk>/columns/", views.name_columns, name="office_import_columns"),
        path("office/imports/<int:pk>/rows/", views.rows_to_repair, name="office_import_rows"),
        path("office/imports/<int:pk>/undo/", views.undo, name="office_import_undo"),
        path("office/import/<slug:kind>/", views.upload, name="office_import"),
        path("office/import/<slug:kind>/sample/", views.sample, name="office_import_sample"),
    ],
    screens=[
        *(
            Screen(
                PLACES[name][0],
                spec.title,
                "office_import",
                icon="upload",
                order=PLACES[name][1],
                permissions=(spec.permission,),
                argument=name,
            )
            for name, spec in SUBJECTS.items()
        ),
        Screen(
            "settings",
            _("Journal of imports"),
            "office_imports",
            icon="history",
            order=90,
            permissions=tuple(sorted({spec.permission for spec in SUBJECTS.values()})),
        ),
    ],
)
