"""The staff's menu, grouped by work. A section adds its items by the hook of its group.

`@hooks.register(hook_of("money"))` returns a MenuItem that stands under «Начисления».
"""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse_lazy
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import Menu, MenuItem, SubmenuMenuItem


@dataclass(frozen=True, slots=True)
class Group:
    """A line of the main menu with what stands under it."""

    name: str
    label: "str | Promise"
    icon: str
    order: int


GROUPS = (
    Group("residents", _("Residents"), "group", 110),
    Group("dispatch", _("Dispatch"), "warning", 105),
    Group("metering", _("Meters and readings"), "form", 120),
    Group("money", _("Charges"), "calendar-check", 130),
    Group("figures", _("Rates and norms"), "decimal", 150),
    Group("notices", _("Notices"), "mail", 155),
    Group("month", _("The month"), "date", 160),
)


def hook_of(group: str) -> str:
    """The hook by which items come under a group."""
    return f"register_office_{group}_menu_item"


def register_groups() -> None:
    """Put every group that has something to show into Wagtail's menu."""
    for group in GROUPS:
        hooks.register("register_admin_menu_item", _item_maker(group))


def _item_maker(group: Group) -> Any:
    def make() -> SubmenuMenuItem:
        menu = Menu(register_hook_name=hook_of(group.name))
        return SubmenuMenuItem(group.label, menu, name=f"office-{group.name}", icon_name=group.icon, order=group.order)

    return make


class PermittedItem(MenuItem):
    """A menu item that whoever holds one of the permissions sees."""

    def __init__(self, *args: Any, permissions: tuple[str, ...], **kwargs: Any) -> None:
        self.permissions = permissions
        super().__init__(*args, **kwargs)

    def is_shown(self, request: HttpRequest) -> bool:
        return any(request.user.has_perm(permission) for permission in self.permissions)


def register_item(
    group: str, *, label: "str | Promise", url_name: str, icon: str, order: int, permission: str, argument: str = ""
) -> None:
    """Put one guided screen under a group, for whoever holds the permission."""

    def make() -> PermittedItem:
        return PermittedItem(
            label,
            reverse_lazy(url_name, args=[argument] if argument else []),
            name=f"{url_name}-{argument}".replace("_", "-").strip("-"),
            icon_name=icon,
            order=order,
            permissions=(permission,),
        )

    hooks.register(hook_of(group), make)


def register_screens() -> None:
    """Put the office's own guided screens under their groups."""
    for group, label, url_name, icon, order, permission, argument in (
        ("money", _("Close the month"), "office_closing", "calendar-check", 10, "close_month", ""),
        ("money", _("New correction"), "office_correction", "edit", 20, "book_correction", ""),
        ("money", _("Recalculate"), "office_recalculation", "rotate", 25, "book_correction", ""),
        ("money", _("Proposed reductions"), "office_interruptions", "warning", 28, "close_month", ""),
        ("metering", _("Enter readings"), "office_readings", "edit", 10, "enter_readings", ""),
        ("metering", _("Flagged readings"), "office_flagged", "warning", 20, "review_readings", ""),
        ("metering", _("Who has not sent"), "office_heat_map", "table", 30, "see_missing_readings", ""),
        ("metering", _("Readings from a file"), "office_import", "upload", 35, "import_readings", "readings"),
        ("residents", _("Accounts from a file"), "office_import", "upload", 95, "import_accounts", "accounts"),
        ("month", _("What ran and what is due"), "office_month", "date", 10, "watch_month", ""),
        ("month", _("Proof of the ledger"), "office_ledger_checks", "list-ol", 20, "watch_month", ""),
        ("month", _("State of the system"), "office_system", "cog", 30, "watch_system", ""),
    ):
        register_item(
            group,
            label=label,
            url_name=url_name,
            icon=icon,
            order=order,
            permission=f"office.{permission}",
            argument=argument,
        )
