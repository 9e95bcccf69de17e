"""The audit and the second factors in the admin's menu."""

from django.urls import URLPattern, path, reverse_lazy
from django.utils.translation import gettext_lazy as _
from wagtail import hooks

from portal.accounts.permissions import RESET_TWO_FACTOR, VIEW_AUDIT
from portal.office.audit import views
from portal.office.menu import PermittedItem


@hooks.register("register_admin_urls")
def audit_urls() -> list[URLPattern]:
    """Addresses of the audit."""
    return [
        path("audit/", views.overview, name="audit_report"),
        path("audit/second-factors/", views.second_factors, name="audit_second_factors"),
    ]


@hooks.register("register_reports_menu_item")
def audit_item() -> PermittedItem:
    """«Кто видел и менял данные» among the reports."""
    return PermittedItem(
        _("Access to data"),
        reverse_lazy("audit_report"),
        name="audit",
        icon_name="history",
        order=50,
        permissions=(VIEW_AUDIT,),
    )


@hooks.register("register_settings_menu_item")
def factors_item() -> PermittedItem:
    """«Второй фактор» among the settings."""
    return PermittedItem(
        _("Second factor"),
        reverse_lazy("audit_second_factors"),
        name="second-factors",
        icon_name="lock",
        order=900,
        permissions=(RESET_TWO_FACTOR,),
    )
