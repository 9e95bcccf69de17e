"""The audit of access to personal data, and the second factors of employees."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from portal.accounts.permissions import RESET_TWO_FACTOR, VIEW_AUDIT
from portal.office.audit import views
from portal.office.common.menu import Screen
from portal.office.common.sections import OfficeSection

SECTION = OfficeSection(
    urls=[
        path("audit/", views.overview, name="audit_report"),
        path("audit/second-factors/", views.second_factors, name="audit_second_factors"),
    ],
    screens=[
        Screen("reports", _("Access to data"), "audit_report", icon="history", order=50, permissions=(VIEW_AUDIT,)),
        Screen(
            "settings",
            _("Second factor"),
            "audit_second_factors",
            icon="lock",
            order=900,
            permissions=(RESET_TWO_FACTOR,),
        ),
    ],
)
