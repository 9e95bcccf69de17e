"""The staff's admin: menu, lists, guided screens. Each section registers itself in its own `hooks` module."""

from importlib import import_module

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import URLPattern, reverse
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.components import Component
from wagtail_modeladmin.options import modeladmin_register

from portal.accounts.permissions import VIEW_AUDIT
from portal.office import menu
from portal.office.dashboard import WaitingPanel
from portal.office.lists import charging, consents, dated_numbers, metering, money, residents
from portal.office.payments import hooks as payments_hooks
from portal.office.urls import urlpatterns

HIDDEN_ITEMS = {"help"}

menu.register_groups()
for section in ("registration", "audit"):
    import_module(f"portal.office.{section}.hooks")
for office_list in (
    *residents.LISTS,
    *consents.LISTS,
    *metering.LISTS,
    *money.LISTS,
    *charging.LISTS,
    *dated_numbers.LISTS,
):
    modeladmin_register(office_list)
for section in ("dispatch", "field", "notices"):
    import_module(f"portal.office.{section}.hooks")

menu.register_screens()


__all__ = ["payments_hooks"]  # sections register themselves when they are imported


@hooks.register("register_admin_urls")
def office_urls() -> list[URLPattern]:
    """Addresses of the guided screens."""
    return urlpatterns


@hooks.register("register_account_menu_item")
def own_sessions_item(request: HttpRequest) -> dict[str, "str | Promise"]:
    """A link from Wagtail's page of one's own account."""
    return {
        "url": reverse("office_own_sessions"),
        "label": _("Where your login is open"),
        "help_text": _("Devices and browsers with your login: end one, or all others."),
    }


@hooks.register("insert_global_admin_css")
def brand() -> SafeString:
    """The company's colours in every page of the admin."""
    return format_html('<link rel="stylesheet" href="{}">', static("css/admin-brand.css"))


@hooks.register("insert_global_admin_js")
def typed_dates() -> SafeString:
    """Wagtail's calendar leaves a typed date as it is; the server reads or refuses it."""
    return format_html('<script src="{}"></script>', static("js/admin-dates.js"))


@hooks.register("construct_homepage_panels")
def what_waits(request: HttpRequest, panels: list[Component]) -> None:
    """The dashboard begins with what waits for this employee."""
    panels.insert(0, WaitingPanel())


@hooks.register("construct_homepage_summary_items")
def no_counts_of_pages(request: HttpRequest, items: list[Component]) -> None:
    """How many pages there are tells nobody what to do."""
    items.clear()


@hooks.register("construct_reports_menu")
def audit_for_its_readers(request: HttpRequest, items: list[MenuItem]) -> None:
    """Wagtail's history of everything names residents: it is shown with the audit, to the same people."""
    if not request.user.has_perm(VIEW_AUDIT):
        items[:] = [item for item in items if item.name != "site-history"]


@hooks.register("construct_main_menu")
def hide_foreign_items(request: HttpRequest, items: list[MenuItem]) -> None:
    """Wagtail's own manual is no part of the staff's work."""
    items[:] = [item for item in items if item.name not in HIDDEN_ITEMS]
