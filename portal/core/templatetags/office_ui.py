"""The components of the staff's screens, as tags: `{% load office_ui %}`. Markup: templates/office/components.

The site's own components are in `ui`.
"""

import datetime as dt
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django import template
from django.contrib.auth.models import AbstractUser
from django.forms.boundfield import BoundField
from django.template.base import render_value_in_context
from django.utils.html import format_html
from django.utils.safestring import SafeString

from portal.core.formatting import user_name

register = template.Library()


@register.simple_tag(takes_context=True)
def cell(context: template.Context, label: str, value: object, css: str = "") -> SafeString:
    """A cell of a listing that becomes a card on a phone, where `label` stands before the value."""
    shown = SafeString(render_value_in_context(value, context))
    if css:
        return format_html('<td class="{}" data-label="{}">{}</td>', css, label, shown)
    return format_html('<td data-label="{}">{}</td>', label, shown)


@register.simple_tag(takes_context=True)
def fact(context: template.Context, label: str, value: object) -> SafeString:
    """A line of a list of facts: a label and its value."""
    shown = SafeString(render_value_in_context(value, context))
    return format_html("<div><dt>{}</dt><dd>{}</dd></div>", label, shown)


@register.simple_tag
def state_badge(label: str, kind: str = "") -> SafeString:
    """A state in a few words. Kinds: ok, warn, danger, or none."""
    css = f"office-badge office-badge--{kind}" if kind else "office-badge"
    return format_html('<span class="{}">{}</span>', css, label)


@register.simple_tag
def progress_bar(percent: int) -> SafeString:
    """How far a run is, %."""
    return format_html('<progress class="office-progress" max="100" value="{0}">{0} %</progress>', percent)


@register.inclusion_tag("office/components/filter_choice.html")
def filter_choice(
    name: str, label: str, choices: Iterable[tuple[str, str]], chosen: str, everything: str = "", all_value: str = ""
) -> dict[str, Any]:
    """A filter of a list by one of `choices`; `everything` is the label of the choice that filters nothing."""
    return {
        "name": name,
        "label": label,
        "choices": choices,
        "chosen": chosen,
        "everything": everything,
        "all_value": all_value,
    }


@register.inclusion_tag("office/components/filter_text.html")
def filter_text(name: str, label: str, value: str) -> dict[str, Any]:
    """A filter of a list by words."""
    return {"name": name, "label": label, "value": value}


@register.simple_tag
def statement_days(since: dt.date, until: dt.date) -> str:
    """The query of a statement of an account from a day to a day, both inclusive, as a PDF."""
    return "?" + urlencode({"from": since.isoformat(), "to": until.isoformat(), "kind": "pdf"})


@register.filter
def person_name(user: AbstractUser | None, nobody: str = "—") -> str:
    """The full name of somebody, or their login where there is none; `nobody` for None."""
    return user_name(user) or nobody


@register.filter
def field_css(field: BoundField) -> str:
    """The classes of the block around a field of the registration: wide ones for ticks, marked ones with errors."""
    css = ["office-field"]
    if getattr(field.field.widget, "input_type", "") in ("checkbox", "radio"):
        css.append("office-field--wide")
    if field.errors:
        css.append("office-field--wrong")
    return " ".join(css)
