"""The login form anywhere: `{% load accounts_tags %}{% login_form %}`; the third way in is `{% personal_block %}`."""

from typing import Any

from django import template

from portal.accounts import login_flow
from portal.accounts.forms import LoginForm
from portal.accounts.models import AccessSettings, Account

register = template.Library()
register.simple_tag(login_flow.home_of)


@register.filter
def holder_names(account: Account) -> str:
    """Return those who hold an account now, by its prefetched holders: «Иванова Анна, Иванов Пётр»."""
    return ", ".join(holder.person.full_name for holder in account.holders.all() if not holder.until)


@register.inclusion_tag("account/parts/login_form.html", takes_context=True)
def login_form(context: template.Context, prefix: str = "foot", next_url: str = "") -> dict[str, Any]:
    """The whole login form for a page's foot or side; `prefix` keeps its ids apart from another form's."""
    request = context["request"]
    form = LoginForm(request=request, auto_id=f"{prefix}_%s")
    return {
        "form": form,
        "next": next_url,
        "request": request,
        "csrf_token": context.get("csrf_token"),
        "livejournal": AccessSettings.load(request_or_site=request).livejournal_enabled,
    }
