"""Rendering of page types: its context or its whole view, registered by the app's `page_views` module.

Models know neither selectors nor views; the `AppConfig` of `cms_pages.core` imports the `page_views` of all apps.
"""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse

ContextOf = Callable[[Any, HttpRequest], dict[str, Any]]
ViewOf = Callable[[HttpRequest, Any], HttpResponse]

_contexts: dict[type, ContextOf] = {}
_views: dict[type, ViewOf] = {}


def page_context(model: type) -> Callable[[ContextOf], ContextOf]:
    """Register what a page type's template gets besides Wagtail's context: `function(page, request)`."""

    def register(function: ContextOf) -> ContextOf:
        _contexts[model] = function
        return function

    return register


def page_view(model: type) -> Callable[[ViewOf], ViewOf]:
    """Register a view that answers for a page type, GET and POST: `function(request, page)`."""

    def register(function: ViewOf) -> ViewOf:
        _views[model] = function
        return function

    return register


def context_for(page: Any, request: HttpRequest) -> dict[str, Any]:
    """The registered context of a page; empty when its type has none."""
    build = _contexts.get(type(page))
    return build(page, request) if build else {}


def view_for(page: Any) -> ViewOf | None:
    """The registered view of a page's type, if any."""
    return _views.get(type(page))
