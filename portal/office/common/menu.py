"""The staff's menu, grouped by work.

Lists, screens and reports name the group that they stand under; `common/sections.py` registers them.
"""

from dataclasses import KW_ONLY, dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse_lazy
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import Menu, MenuItem, SubmenuMenuItem

from portal.accounts.permissions import has_any


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
    Group("payments", _("Payments"), "pick", 140),
    Group("figures", _("Rates and norms"), "decimal", 150),
    Group("notices", _("Notices"), "mail", 155),
    Group("month", _("The month"), "date", 160),
)
WAGTAIL_GROUPS = ("reports", "settings")
"""Submenus of Wagtail itself that our screens may stand under."""


def hook_of(group: str) -> str:
    """The hook by which items come under a group."""
    return f"register_{group}_menu_item" if group in WAGTAIL_GROUPS else f"register_office_{group}_menu_item"


def register_groups() -> None:
    """Put every group that has something to show into Wagtail's menu."""
    for group in GROUPS:
        hooks.register("register_admin_menu_item", _item_maker(group))


def _item_maker(group: Group) -> Any:
    def make() -> SubmenuMenuItem:
        menu = Menu(register_hook_name=hook_of(group.name))
        return SubmenuMenuItem(group.label, menu, name=f"office-{group.name}", icon_name=group.icon, order=group.order)

    return make


@dataclass(frozen=True, slots=True)
class Screen:
    """A guided screen in the menu: its group, and the permissions of which one is needed to see it."""

    group: str
    label: "str | Promise"
    url_name: str
    _: KW_ONLY
    icon: str
    order: int
    permissions: tuple[str, ...]
    argument: str = ""

    @property
    def name(self) -> str:
        """Name of the menu item, unique in the whole menu."""
        return "-".join(part for part in (self.url_name, self.argument) if part).replace("_", "-")


class ScreenItem(MenuItem):
    """The menu item of a screen: shown to whoever holds one of its permissions."""

    def __init__(self, screen: Screen) -> None:
        self.permissions = screen.permissions
        super().__init__(
            screen.label,
            reverse_lazy(screen.url_name, args=[screen.argument] if screen.argument else []),
            name=screen.name,
            icon_name=screen.icon,
            order=screen.order,
        )

    def is_shown(self, request: HttpRequest) -> bool:
        return has_any(request.user, self.permissions)
