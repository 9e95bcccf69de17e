"""The components of the screens, as tags: `{% load ui %}`. The sheet at /design/ (DEBUG) shows each of them.

Markup lives in templates/components/, looks in site/static/css/; here is only what they are given.
"""

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence
from typing import Any

from django import forms, template
from django.core.paginator import Page
from django.forms import BaseForm
from django.forms.boundfield import BoundField
from django.http import HttpRequest, QueryDict
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from portal.core.charts import BarChart
from portal.core.sections import FOOTER, MENU, Section
from portal.core.step_charts import StepChart

register = template.Library()

CHART_WIDTHS = (("narrow", 240), ("medium", 350), ("wide", 640))
"""Pixels; figures.css has the same numbers."""
BANNER_ICONS = {"info": "info", "ok": "check-circle", "warn": "warning", "danger": "alert", "quiet": "info"}
WAIT_CODES = ("rate_limited", "paused")
"""Codes of form errors that pass by themselves: a limit, a pause after wrong passwords."""
MESSAGE_KINDS = {"debug": "info", "info": "info", "success": "ok", "warning": "warn", "error": "danger"}


@register.simple_tag
def icon(name: str, size: str = "", label: str = "") -> SafeString:
    """An icon of the sprite. Decorative unless `label` names it; size "s" is 20 px."""
    classes = f"icon icon--{size}" if size else "icon"
    href = f"{static('icons/sprite.svg')}#{name}"
    if label:
        return format_html(
            '<svg class="{}" role="img" aria-label="{}"><use href="{}"></use></svg>', classes, label, href
        )
    return format_html(
        '<svg class="{}" aria-hidden="true" focusable="false"><use href="{}"></use></svg>', classes, href
    )


@register.simple_tag
def badge(text: str, kind: str = "wait") -> SafeString:
    """A state: a word and a shape. Kinds: ok (dot), info (dot), wait (ring), warn (diamond), danger (square)."""
    return format_html('<span class="badge badge--{}">{}</span>', kind, text)


@register.inclusion_tag("components/banner.html")
def banner(
    title: str, text: str = "", kind: str = "info", icon_name: str = "", url: str = "", action: str = ""
) -> dict[str, Any]:
    """One message of a screen. Kinds: info, ok, warn, danger (outlined), quiet."""
    return {
        "title": title,
        "text": text,
        "kind": kind,
        "urgent": kind == "danger",
        "icon_name": icon_name or BANNER_ICONS[kind],
        "url": url,
        "action": action,
    }


@register.inclusion_tag("components/messages.html", takes_context=True)
def page_messages(context: template.Context) -> dict[str, Any]:
    """Django's messages as banners."""
    messages = context.get("messages") or []
    return {"banners": [(MESSAGE_KINDS.get(m.level_tag, "info"), m) for m in messages], "icons": BANNER_ICONS}


@register.inclusion_tag("components/empty.html")
def empty(title: str, note: str = "", icon_name: str = "inbox", url: str = "", action: str = "") -> dict[str, Any]:
    """Nothing here yet: the fact, and the way out."""
    return {"title": title, "note": note, "icon_name": icon_name, "url": url, "action": action}


# Forms


def _css_class(widget: forms.Widget) -> str:
    if isinstance(widget, forms.ClearableFileInput | forms.FileInput):
        return ""
    if isinstance(widget, forms.Textarea):
        return "textarea"
    if isinstance(widget, forms.Select):
        return "select"
    return "input"


def _layout(widget: forms.Widget) -> str:
    if isinstance(widget, forms.CheckboxInput):
        return "check"
    if isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
        return "choices"
    if isinstance(widget, forms.FileInput):
        return "file"
    return "plain"


@register.inclusion_tag("components/field.html")
def field(bound: BoundField, css: str = "", mark_optional: bool = True, autofocus: bool = False) -> dict[str, Any]:
    """A field whole: label, hint, error, control. Django ties hint and error to the control (aria-describedby)."""
    layout = _layout(bound.field.widget)
    attrs: dict[str, Any] = {}
    if layout == "plain":
        own = bound.field.widget.attrs.get("class", "")
        attrs["class"] = " ".join(filter(None, (_css_class(bound.field.widget), own, css)))
    if isinstance(bound.field.widget, forms.Textarea) and bound.field.widget.attrs.get("rows") == "10":
        attrs["rows"] = 5
    if autofocus:
        attrs["autofocus"] = True
    is_needed = bound.field.required or getattr(bound.field, "needed", False)
    return {
        "field": bound,
        "layout": layout,
        "control": bound.as_widget(attrs=attrs) if layout != "choices" else "",
        "optional": mark_optional and not is_needed and layout != "check",
    }


@register.inclusion_tag("components/error_summary.html")
def error_summary(*forms_given: BaseForm | Sequence[BaseForm], title: str = "") -> dict[str, Any]:
    """Return what is wrong, on top, in the order of the fields, each line a link to its field. Takes forms or lists of
    them.

    Fields are counted, not their messages. What no field is at fault for has a headline of its own: to wait for the
    end of a limit or a pause, or that it did not work.
    """
    links: list[tuple[str, str]] = []
    others: list[str] = []
    wrong_fields = 0
    waits = False
    flat = [form for given in forms_given for form in ([given] if isinstance(given, BaseForm) else given)]
    for form in flat:
        errors = form.non_field_errors()
        others += [str(error) for error in errors]
        waits = waits or any(error.code in WAIT_CODES for error in errors.as_data())
        for name in form.fields:
            bound = form[name]
            target = bound.id_for_label or bound.auto_id  # a group of choices has an id of its own only
            field_errors = [(target, f"{bound.label}: {error}") for error in form.errors.get(name, ())]
            wrong_fields += bool(field_errors)
            links += field_errors
    return {"links": links, "others": others, "fields": wrong_fields, "waits": waits, "title": title}


@register.simple_tag
def form_token(value: str = "") -> SafeString:
    """A hidden one-time key named `form_token`: the service's idempotency key, so a second click adds nothing."""
    return format_html('<input type="hidden" name="form_token" value="{}">', value or uuid.uuid4())


# Navigation


@register.simple_tag(takes_context=True)
def current(context: template.Context, url: str) -> SafeString:
    """`aria-current` for a link: "page" on its own page, "true" below it, nothing elsewhere."""
    request: HttpRequest | None = context.get("request")
    path = request.path if request else ""
    if path == url:
        return SafeString('aria-current="page"')
    if url != "/" and path.startswith(url):
        return SafeString('aria-current="true"')
    return SafeString("")


@register.simple_tag(takes_context=True)
def site_menu(context: template.Context) -> tuple[Section, ...]:
    """The public sections of the header: as editors set them (`menus` of the context), else the site's own."""
    return getattr(context.get("menus"), "header", MENU)


@register.simple_tag(takes_context=True)
def footer_menu(context: template.Context) -> tuple[Section, ...]:
    """All public sections, for the footer and the phone's menu: as editors set them, else the site's own."""
    return getattr(context.get("menus"), "footer", FOOTER)


@register.simple_tag
def poll(url: str, seconds: int, select: str = "") -> SafeString:
    """Attributes of a block that fetches itself every so many seconds; none for 0. `select` is a part of the page."""
    if not seconds:
        return SafeString()
    part = format_html(' hx-select="{}"', select) if select else ""
    return format_html('hx-get="{}" hx-trigger="every {}s"{} hx-swap="outerHTML"', url, seconds, part)


@register.inclusion_tag("components/pagination.html", takes_context=True)
def pagination(context: template.Context, page: Page, param: str = "page") -> dict[str, Any]:
    """Pages of a list; the other parameters of the address stay."""
    request: HttpRequest = context["request"]

    def link(number: int) -> str:
        query = request.GET.copy()
        query[param] = str(number)
        return f"?{query.urlencode()}"

    return {
        "page": page,
        "links": [
            (number, link(number) if isinstance(number, int) else "")
            for number in page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
        ],
        "previous": link(page.previous_page_number()) if page.has_previous() else "",
        "next": link(page.next_page_number()) if page.has_next() else "",
    }


@register.inclusion_tag("components/pills.html", takes_context=True)
def pills(
    context: template.Context, choices: Iterable[tuple[str, str]], param: str, label: str, everything: str = ""
) -> dict[str, Any]:
    """A filter as a row of links: (value, words) for one parameter; `everything` are the words of "all", put first."""
    request: HttpRequest = context["request"]
    chosen = request.GET.get(param, "")

    def link(value: str) -> str:
        query = request.GET.copy()
        query.pop("page", None)
        query.pop(param, None)
        if value:
            query[param] = value
        return f"?{query.urlencode()}"

    shown = [*([("", everything)] if everything else []), *choices]
    rows = [(label, link(str(value)), str(value) == chosen) for value, label in shown]
    return {"rows": rows, "label": label}


@register.inclusion_tag("components/find.html", takes_context=True)
def find(context: template.Context, label: str) -> dict[str, Any]:
    """The search field of a list; the list's filters stay chosen."""
    given: QueryDict = context["request"].GET
    parameters = [(name, value) for name, value in given.items() if name not in {"q", "page"}]
    return {"label": label, "query": given.get("q", "").strip()[:100], "parameters": parameters}


# Time


@register.inclusion_tag("components/gauge.html")
def gauge(opens: dt.date, closes: dt.date, today: dt.date) -> dict[str, Any]:
    """The reading window, one segment a day, both ends inclusive; the words under it say the same."""
    days = [opens + dt.timedelta(days=n) for n in range((closes - opens).days + 1)]
    kinds = ["past" if day < today else "now" if day == today else "ahead" for day in days]
    return {"kinds": kinds, "opens": opens, "closes": closes, "left": (closes - today).days}


@register.inclusion_tag("components/term.html")
def term(gone: int, total: int, kind: str = "") -> dict[str, Any]:
    """A bar that fills as a term passes: so many days gone of so many. Kinds: "", warn, danger."""
    share = 100 if total <= 0 else max(0, min(100, round(100 * gone / total)))
    return {"share": share, "kind": kind}


def _cell_css(*, past: bool, deadline: bool) -> str:
    css = ["days__cell"]
    if past:
        css.append("days__cell--past")
    if deadline:
        css.append("days__cell--deadline")
    return " ".join(css)


@register.inclusion_tag("components/days.html")
def working_days(days: Iterable[dt.date], today: dt.date) -> dict[str, Any]:
    """A term of working days as calendar cells, the last one being the deadline; days off stand between them."""
    cells: list[dict[str, Any]] = []
    before: dt.date | None = None
    shown = list(days)
    for day in shown:
        off = [] if before is None else [before + dt.timedelta(n) for n in range(1, (day - before).days)]
        cells.append(
            {
                "day": day,
                "off": off,
                "css": _cell_css(past=day < today, deadline=day == shown[-1]),
                "past": day < today,
                "today": day == today,
                "tomorrow": (day - today).days == 1,
                "deadline": day == shown[-1],
            }
        )
        before = day
    return {"cells": cells}


@register.simple_tag(takes_context=True)
def look_attributes(context: template.Context) -> SafeString:
    """Attributes of <html> for the chosen look; none for the usual one and for pages without a request."""
    look = context.get("look")
    return format_html_join(" ", 'data-{}="{}"', look.attributes().items() if look else ())


@register.inclusion_tag("components/look_choice.html", takes_context=True)
def look_choice(context: template.Context, name: str, value: str, text: str) -> dict[str, Any]:
    """A button that chooses a value of `portal.core.look.OPTIONS`; the chosen one is marked."""
    return {"name": name, "value": value, "text": text, "is_chosen": getattr(context["look"], name) == value}


# Charts


@register.inclusion_tag("components/chart_bars.html")
def bar_chart(chart: BarChart) -> dict[str, Any]:
    """Bars by month with ticks, the norm and the table behind.

    Drawn at the widths of CHART_WIDTHS; the widest one that its place can hold is shown, so text stays 13 px.
    """
    return {"chart": chart, "drawings": [(kind, chart.draw(width, 270)) for kind, width in CHART_WIDTHS]}


@register.inclusion_tag("components/chart_steps.html")
def step_chart(chart: StepChart) -> dict[str, Any]:
    """Prices over time as steps, labelled at their ends, with the table behind; drawn as `bar_chart` is.

    Lines that would flatten one another are drawn apart.
    """
    charts = [(part, [(kind, part.draw(width, 210)) for kind, width in CHART_WIDTHS]) for part in chart.readable()]
    return {"chart": chart, "charts": charts}
