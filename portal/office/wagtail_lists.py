"""Wagtail's own lists, choosers and content API take what they declare; anything else is answered 400.

Wagtail ignores parameters that it does not know, and shows every row when the value of a filter cannot be read. Its
views are many and made by the library, so the guard stands at their common bases and in one middleware.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django.apps import apps
from django.forms import BaseForm, MultiWidget
from django.http import HttpRequest, HttpResponseBase, JsonResponse, QueryDict
from django.utils.translation import ngettext
from wagtail.admin.paginator import WagtailPaginator as Paginator
from wagtail.admin.views.chooser import BrowseView, SearchView
from wagtail.admin.views.generic.base import BaseListingView
from wagtail.admin.views.generic.chooser import BaseChooseView

from portal.core.list_parameters import Check, bad_address, is_number, is_page, is_text, one_of

NextHandler = Callable[[HttpRequest], HttpResponseBase]

LONGEST_VALUE = 2000
ENDLESS_NUMBER = re.compile(r"[+-]?\d{16,}")
API = ("/api/content/", "/admin/api/")


def _is_model(value: str) -> bool:
    try:
        apps.get_model(value)
    except (LookupError, ValueError):
        return False
    return True


# What these names hold wherever Wagtail reads them; it turns them into numbers and queries without asking first.
KNOWN: dict[str, Check] = {
    **dict.fromkeys(("q", "search", "term"), is_text),
    **dict.fromkeys(("offset", "limit", "collection_id", "parent_page_id", "target_pages[]", "owner"), is_number),
    "p": is_page,
    "create_model": _is_model,
}
# Where `id` is a key of the database; elsewhere it may be the name of a block.
KEYED = ("chosen_multiple", "wagtail_bulk_action")
TEXTS = {"q", "search", "term", "link_url", "link_text"}

# The rest of what Wagtail's views read past their declared filters and columns.
EXTRA = ("_w_filter_fragment", "search_all", "layout", "describe_on_delete")
PAGE_CHOOSER = {
    "q",
    "p",
    "page_type",
    "user_perms",
    "can_choose_root",
    "match_subclass",
    "target_pages[]",
    "parent_page_id",
    "allow_external_link",
    "allow_email_link",
    "allow_phone_link",
    "allow_anchor_link",
    "link_text",
    "link_url",
    "multiple",
}
# Lists that are functions or declare no filters, by the beginning of the address's name.
NAMED: tuple[tuple[str, frozenset[str]], ...] = (
    ("wagtailadmin_tag_autocomplete", frozenset({"term"})),
    ("wagtailadmin_tag_model_autocomplete", frozenset({"term"})),
    ("wagtailsearchpromotions:chooser", frozenset({"q", "p"})),
    ("wagtailadmin_workflows:task_chooser", frozenset({"q", "p", "task_type", "create_model"})),
    ("wagtailforms:list_submissions", frozenset({"p", "order_by", "date_from", "date_to", "export"})),
    ("wagtailadmin_collections:index", frozenset({"p"})),
)


class WagtailParametersMiddleware:
    """Refuse what none of Wagtail's views can understand: NUL, endless values and numbers, unknown names of lists."""

    def __init__(self, get_response: NextHandler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, *arguments: object) -> HttpResponseBase | None:
        """None for views that are not Wagtail's, and for an address that can be understood."""
        if not request.GET or not _is_wagtails(view):
            return None
        name = request.resolver_match.view_name if request.resolver_match else ""
        known = KNOWN | {"id": _is_key} if any(part in name for part in KEYED) else KNOWN
        refused = list(_unreadable(request.GET, known))
        declared = next((names for beginning, names in NAMED if name.startswith(beginning)), None)
        if declared is not None:
            refused += [name for name in request.GET if name not in declared]
        return _refusal(request, refused) if refused else None


def _is_wagtails(view: Any) -> bool:
    """Whether a view is a function of Wagtail's or of a class that derives from one of its classes."""
    made_of = getattr(view, "view_class", None) or getattr(view, "cls", None)
    modules = [getattr(view, "__module__", ""), *(base.__module__ for base in getattr(made_of, "__mro__", ()))]
    return any(module.startswith("wagtail.") for module in modules)


def _is_key(value: str) -> bool:
    """A key, or all rows of the list a bulk action began from."""
    return value == "all" or is_number(value)


def _unreadable(query: QueryDict, known: Mapping[str, Check]) -> Iterator[str]:
    for name in query:
        check = known.get(name)
        if "\0" in name or any(_is_unreadable(value, name, check) for value in query.getlist(name)):
            yield name


def _is_unreadable(value: str, name: str, check: Check | None) -> bool:
    if "\0" in value or len(value) > LONGEST_VALUE:
        return True
    if name not in TEXTS and ENDLESS_NUMBER.fullmatch(value):
        return True
    return bool(value) and check is not None and not check(value)


def _refusal(request: HttpRequest, names: list[str]) -> HttpResponseBase:
    if request.path.startswith(API):
        return JsonResponse({"message": f"cannot read the parameters: {', '.join(names)[:200]}"}, status=400)
    return bad_address(request, names)


def _rows_label(paginator: Paginator) -> str:
    return ngettext("%(n)d record", "%(n)d records", paginator.count) % {"n": paginator.count}


def count_rows_by_number() -> None:
    """Have lists say «204 записи»: Wagtail puts any number before the one plural that a model has. Called once."""
    Paginator.items_count_label = property(_rows_label)


def guard_wagtail_lists() -> None:
    """Put the check of declared parameters before every listing and chooser of Wagtail. Called once, at start."""
    for base, refused in (
        (BaseListingView, _refused_by_listing),
        (BaseChooseView, _refused_by_chooser),
        (BrowseView, _refused_by_page_chooser),
        (SearchView, _refused_by_page_chooser),
    ):
        base.dispatch = _checked(base.dispatch, refused)


def _checked(dispatch: Any, refused: Callable[[Any], list[str]]) -> Any:
    def checked(view: Any, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        names = refused(view) if request.GET else []
        response: HttpResponseBase = _refusal(request, names) if names else dispatch(view, request, *args, **kwargs)
        return response

    return checked


def _refused_by_listing(view: Any) -> list[str]:
    """Parameters of a listing that are neither its page, search, order, export nor a filter with a readable value."""
    declared: dict[str, Check] = {view.page_kwarg: is_page, **dict.fromkeys(EXTRA, is_text)}
    if view.is_searchable:
        declared[view.search_kwarg] = is_text
    declared["ordering"] = one_of([*view.get_valid_orderings(), *(["ord"] if hasattr(view, "parent_page") else [])])
    if getattr(view, "list_export", None):
        declared["export"] = one_of(view.FORMATS)
    if view.__class__.__module__ == "wagtail.admin.views.pages.search":
        declared["content_type"] = _is_model
    form = view.filters.form if view.filters else None
    return _refused(view.request.GET, declared, form, shows_errors=getattr(view, "shows_filter_errors", False))


def _refused_by_chooser(view: Any) -> list[str]:
    """Parameters of a chooser's list that it does not read, or whose value its filters refuse."""
    names = {"p", "multiple", "tag", "layout", *view.preserve_url_parameters, *view.url_filter_parameters}
    form = view.get_filter_form()
    declared: dict[str, Check] = {name: KNOWN.get(name, is_text) for name in names}
    return _refused(view.request.GET, declared, form)


def _refused_by_page_chooser(view: Any) -> list[str]:
    return [name for name in view.request.GET if name not in PAGE_CHOOSER]


def _refused(
    query: QueryDict, declared: Mapping[str, Check], form: BaseForm | None, *, shows_errors: bool = False
) -> list[str]:
    """Names that the listing does not take. A view that shows the errors of its filters at their fields refuses none
    of these for its value.
    """
    filters = dict(_names_of(form)) if form is not None else {}
    wrong = set(form.errors) if form is not None and not shows_errors else set()
    return [
        name
        for name in query
        if (filters[name] in wrong if name in filters else not _reads(query.getlist(name), declared.get(name)))
    ]


def _reads(values: list[str], check: Check | None) -> bool:
    return check is not None and len(values) == 1 and (not values[0] or check(values[0]))


def _names_of(form: BaseForm) -> Iterator[tuple[str, str]]:
    """Names that the form reads, each with its field: a range has two."""
    for name, field in form.fields.items():
        yield name, name
        if isinstance(field.widget, MultiWidget):
            suffixes = getattr(field.widget, "suffixes", None)
            parts = [f"_{suffix}" for suffix in suffixes or range(len(field.widget.widgets))]
            yield from ((f"{name}{part}", name) for part in parts)
