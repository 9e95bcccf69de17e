"""What the section puts into the admin: addresses, menu items, lists."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from django.urls import URLPattern, reverse_lazy
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import Menu, MenuItem, SubmenuMenuItem
from wagtail_modeladmin.options import modeladmin_register

from portal.office.menu import PermittedItem
from portal.office.payments.lists import LISTS
from portal.office.payments.urls import urlpatterns

if TYPE_CHECKING:
    from django.utils.functional import Promise

MENU = "register_office_payments_menu_item"
SCREENS: tuple[tuple["Promise", str, str, tuple[str, ...]], ...] = (
    (_("Bank registries"), "office_registries", "upload", ("payments.import_registry",)),
    (_("Unidentified payments"), "office_unknown", "help", ("payments.settle_line",)),
    (_("Refunds"), "office_refunds", "undo", ("payments.make_refund", "approvals.approve_operation")),
    (_("Payments made twice"), "office_duplicates", "copy", ("payments.make_refund",)),
    (_("Reconciliation"), "office_reconciliation", "list-ul", ("payments.reconcile",)),
)


@hooks.register("register_admin_urls")
def payment_urls() -> list[URLPattern]:
    """Addresses of the section, under /admin/office/payments/."""
    return urlpatterns


@hooks.register("register_admin_menu_item")
def payments_menu() -> SubmenuMenuItem:
    """«Платежи» in the main menu, with what the role may do."""
    return SubmenuMenuItem(
        _("Payments"), Menu(register_hook_name=MENU), name="office-payments", icon_name="pick", order=140
    )


def _maker(order: int, label: "Promise", url: str, icon: str, permissions: tuple[str, ...]) -> Callable[[], MenuItem]:
    def make() -> MenuItem:
        return PermittedItem(
            label,
            reverse_lazy(url),
            name=f"{url}-{order}".replace("_", "-"),
            icon_name=icon,
            order=order,
            permissions=permissions,
        )

    return make


for number, (label, url, icon, permissions) in enumerate(SCREENS, 1):
    hooks.register(MENU, _maker(number * 10, label, url, icon, permissions))
for office_list in LISTS:
    modeladmin_register(office_list)
