"""What every page of the cabinet shows around its own: the menu, the account that is open."""

from typing import Any

from django import template

from portal.cabinet.menu import menu_items
from portal.notifications.selectors import unread_count

register = template.Library()


@register.inclusion_tag("cabinet/parts/side_menu.html", takes_context=True)
def side_menu(context: template.Context) -> dict[str, Any]:
    """The menu beside the page."""
    items = _items(context)
    return {"main": [i for i in items if not i.group], "second": [i for i in items if i.group]}


@register.inclusion_tag("cabinet/parts/bottom_bar.html", takes_context=True)
def bottom_bar(context: template.Context) -> dict[str, Any]:
    """The phone's bar: four places and «Ещё» with the rest and «Выйти»."""
    items = _items(context)
    rest = [item for item in items if item.bar is None]
    return {
        "bar": [item for item in items if item.bar is not None],
        "rest": rest,
        "rest_current": any(item.current for item in rest),
        "unread": sum(item.count for item in rest),
    }


@register.inclusion_tag("cabinet/parts/account.html", takes_context=True)
def account_title(context: template.Context, heading: bool = False) -> dict[str, Any]:
    """The open account: plain words when the login has one, a list to switch when it has more."""
    request = context["request"]
    return {
        "resident": request.resident,
        "heading": heading,
        "here": request.path,
    }


def _items(context: template.Context) -> list[Any]:
    request = context["request"]
    found = request.__dict__.get("cabinet_menu")
    if found is None:
        found = menu_items(path=request.path, unread=unread_count(request.user))
        request.__dict__["cabinet_menu"] = found
    return list(found)
