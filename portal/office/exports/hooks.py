"""Export of the books to files."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from portal.exchange.exports.runs import PERMISSION
from portal.office.common.menu import Screen
from portal.office.common.sections import OfficeSection
from portal.office.exports import views

SECTION = OfficeSection(
    urls=[
        path("office/exports/", views.exports, name="office_exports"),
        path("office/exports/<int:pk>/again/", views.again, name="office_export_again"),
    ],
    screens=[
        Screen(
            "money",
            _("Export to 1C and Excel"),
            "office_exports",
            icon="download",
            order=95,
            permissions=(PERMISSION,),
        )
    ],
)
