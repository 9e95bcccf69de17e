"""The staff's admin: registration of every section, and what concerns the whole of it."""

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.components import Component

from portal.accounts.permissions import VIEW_AUDIT
from portal.core.models import CompanySettings
from portal.office.accounts.hooks import SECTION as ACCOUNTS
from portal.office.approvals.hooks import SECTION as APPROVALS
from portal.office.audit.hooks import SECTION as AUDIT
from portal.office.automation.hooks import SECTION as AUTOMATION
from portal.office.charges.hooks import SECTION as CHARGES
from portal.office.closing.hooks import SECTION as CLOSING
from portal.office.common.menu import register_groups
from portal.office.common.sections import register_section
from portal.office.dashboard.hooks import SECTION as DASHBOARD
from portal.office.dashboard.panel import WaitingPanel
from portal.office.dispatch.hooks import SECTION as DISPATCH
from portal.office.exports.hooks import SECTION as EXPORTS
from portal.office.field.hooks import SECTION as FIELD
from portal.office.first_steps.hooks import SECTION as FIRST_STEPS
from portal.office.imports.hooks import SECTION as IMPORTS
from portal.office.interruptions.hooks import SECTION as INTERRUPTIONS
from portal.office.ledger.hooks import SECTION as LEDGER
from portal.office.notices.hooks import SECTION as NOTICES
from portal.office.numbers.hooks import SECTION as NUMBERS
from portal.office.payments.hooks import SECTION as PAYMENTS
from portal.office.readings.hooks import SECTION as READINGS
from portal.office.receipts.hooks import SECTION as RECEIPTS
from portal.office.registration.hooks import SECTION as REGISTRATION
from portal.office.reports.hooks import SECTION as REPORTS
from portal.office.supply.hooks import SECTION as SUPPLY
from portal.office.system.hooks import SECTION as SYSTEM
from portal.office.users.hooks import SECTION as USERS

SECTIONS = (
    ACCOUNTS,
    APPROVALS,
    AUDIT,
    AUTOMATION,
    CHARGES,
    CLOSING,
    DASHBOARD,
    DISPATCH,
    EXPORTS,
    FIELD,
    FIRST_STEPS,
    IMPORTS,
    INTERRUPTIONS,
    LEDGER,
    NOTICES,
    NUMBERS,
    PAYMENTS,
    READINGS,
    RECEIPTS,
    REGISTRATION,
    REPORTS,
    SUPPLY,
    SYSTEM,
    USERS,
)
HIDDEN_ITEMS = {"help"}

register_groups()
for section in SECTIONS:
    register_section(section)


@hooks.register("register_account_menu_item")
def own_sessions_item(request: HttpRequest) -> dict[str, "str | Promise"]:
    """A link from Wagtail's page of one's own account."""
    return {
        "url": reverse("office_own_sessions"),
        "label": _("Your sessions"),
        "help_text": _("Devices and browsers with your login: end one, or all others."),
    }


@hooks.register("insert_global_admin_css")
def brand() -> SafeString:
    """The colours of the product, or the company's own, in every page of the admin."""
    sheets = [static("css/staff.css")]
    if version := CompanySettings.shown().appearance_version:
        sheets.append(reverse("core:appearance", args=[version]))
    return format_html_join("", '<link rel="stylesheet" href="{}">', ((sheet,) for sheet in sheets))


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
    """Remove the counts of pages from the admin's home."""
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
