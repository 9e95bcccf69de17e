"""Tags of the cabinet's frame: the menu, the account that is open."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django import template
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.cabinet.menu import help_anchor, menu_items, tabs, unread_of
from portal.cabinet.overview import AccountDebt, account_debts
from portal.core.formatting import money_text, month_name
from portal.core.money import ZERO
from portal.core.periods import Period
from portal.metering.selectors import ReadingWindow

register = template.Library()


@register.inclusion_tag("cabinet/parts/side_menu.html", takes_context=True)
def side_menu(context: template.Context) -> dict[str, Any]:
    """The menu beside the page."""
    items = _items(context)
    return {"main": [i for i in items if not i.group], "second": [i for i in items if i.group]}


@register.inclusion_tag("cabinet/parts/tabs.html", takes_context=True)
def place_tabs(context: template.Context) -> dict[str, Any]:
    """Tabs of the place that the page belongs to."""
    request = context["request"]
    return {"tabs": tabs(path=request.path, holds_account=bool(request.resident.accounts))}


@register.simple_tag(takes_context=True)
def help_url(context: template.Context) -> str:
    """Address of the guide's chapter about the page."""
    anchor = help_anchor(context["request"].path)
    return reverse("cabinet:help") + (f"#{anchor}" if anchor else "")


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
        "debts": _debts(request),
        "heading": heading,
        "here": request.path,
    }


@register.inclusion_tag("cabinet/parts/all_accounts.html", takes_context=True)
def all_accounts(context: template.Context) -> dict[str, Any]:
    """Return what all accounts of the login owe, and the way to each; nothing when there is one."""
    request = context["request"]
    debts = _debts(request)
    return {
        "resident": request.resident,
        "debts": debts,
        "total": sum((debt.to_pay for debt in debts), ZERO),
        "pay_url": reverse("cabinet:pay"),
    }


@register.simple_tag
def left_in_window(window: ReadingWindow, today: dt.date) -> str:
    """«Осталось 5 дней», «Сегодня последний день»."""
    left = (window.month.window_closes - today).days
    if left == 0:
        return _("Today is the last day.")
    return ngettext("%(n)d day is left.", "%(n)d days are left.", left) % {"n": left}


@register.filter
def absolute(amount: Decimal) -> Decimal:
    """Without its sign."""
    return abs(amount)


@register.filter
def money_or_zero(amount: Decimal) -> str:
    """«0,00 ₽» instead of an advance."""
    return money_text(max(amount, Decimal(0)))


@register.filter
def signed_money(amount: Decimal) -> str:
    """«+410,76 ₽», «−1 000,00 ₽»."""
    return ("+" if amount > 0 else "") + money_text(amount)


@register.filter
def period_key(date: dt.date) -> str:
    """«2026-10», as addresses name a month."""
    return str(Period.of(date))


@register.simple_tag
def url_or_nothing(name: str) -> str:
    """The address of a part that the installation may not have."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


@register.filter
def month_word(date: dt.date) -> str:
    """«ноябрь», without the year."""
    return month_name(date)


def _debts(request: Any) -> list[AccountDebt]:
    """Of a login with several accounts; asked for once a page."""
    if not request.resident.has_several:
        return []
    debts = request.__dict__.get("cabinet_debts")
    if debts is None:
        debts = request.__dict__["cabinet_debts"] = account_debts(request.resident.accounts)
    return list(debts)


def _items(context: template.Context) -> list[Any]:
    request = context["request"]
    items = request.__dict__.get("cabinet_menu")
    if items is None:
        holds_account = bool(request.resident.accounts)
        items = menu_items(path=request.path, unread=unread_of(request), holds_account=holds_account)
        request.__dict__["cabinet_menu"] = items
    return list(items)
