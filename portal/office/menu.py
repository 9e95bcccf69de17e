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
    Group("metering", _("Meters and readings"), "form", 120),
    Group("money", _("Charges"), "calendar-check", 130),
    Group("figures", _("Rates and norms"), "decimal", 150),
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


@dataclass(frozen=True, slots=True)
class Screen:
    """A guided screen in the menu."""

    group: str
    label: "str | Promise"
    url_name: str
    icon: str
    order: int
    permission: str
    argument: str = ""


SCREENS = (
    Screen("money", _("Close the month"), "office_closing", "calendar-check", 10, "office.close_month"),
    Screen("money", _("New correction"), "office_correction", "edit", 20, "office.book_correction"),
    Screen("metering", _("Enter readings"), "office_readings", "edit", 10, "office.enter_readings"),
    Screen("metering", _("Flagged readings"), "office_flagged", "warning", 20, "office.review_readings"),
    Screen("metering", _("Who has not sent"), "office_heat_map", "table", 30, "office.see_missing_readings"),
    Screen("metering", _("Readings from a file"), "office_import", "upload", 35, "office.import_readings", "readings"),
    Screen("residents", _("Accounts from a file"), "office_import", "upload", 95, "office.import_accounts", "accounts"),
)


def register_screens() -> None:
    """Put every guided screen under its group."""
    for screen in SCREENS:
        hooks.register(hook_of(screen.group), _screen_maker(screen))


def _screen_maker(screen: Screen) -> Any:
    def make() -> PermittedItem:
        return PermittedItem(
            screen.label,
            reverse_lazy(screen.url_name, args=[screen.argument] if screen.argument else []),
            name=f"{screen.url_name}-{screen.argument}".replace("_", "-").strip("-"),
            icon_name=screen.icon,
            order=screen.order,
            permissions=(screen.permission,),
        )

    return make
