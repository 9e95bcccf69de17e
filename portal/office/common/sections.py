"""Registration of a section: its addresses, the screens in the menu, its lists.

Each section declares `SECTION` in its `hooks.py`; `portal/office/wagtail_hooks.py` registers them all. The order of
registration does not matter: the menu sorts by the declared orders, addresses of sections do not overlap.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from django.urls import URLPattern
from wagtail import hooks
from wagtail_modeladmin.options import modeladmin_register

from portal.office.common.lists import OfficeAdmin
from portal.office.common.menu import Screen, ScreenItem, hook_of


@dataclass(frozen=True, slots=True)
class OfficeSection:
    """Section of the admin: its URLs, menu items and lists."""

    urls: Sequence[URLPattern] = ()
    screens: Sequence[Screen] = ()
    lists: Sequence[type[OfficeAdmin]] = ()


def register_section(section: OfficeSection) -> None:
    """Put a section's addresses, menu items and lists into Wagtail's admin."""
    hooks.register("register_admin_urls", lambda: list(section.urls))
    for screen in section.screens:
        hooks.register(hook_of(screen.group), partial(ScreenItem, screen))
    for office_list in section.lists:
        modeladmin_register(office_list)
