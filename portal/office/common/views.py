"""Answering inside Wagtail's admin."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any, TypeVar

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.functional import Promise

from portal.accounts.models import User
from portal.accounts.permissions import has_any, may_read
from portal.core.refusals import error_message
from portal.core.templatetags.portal_text import unbroken


class StaffRequest(HttpRequest):
    """A request of somebody who passed `needs` or `reads`."""

    user: User


View = TypeVar("View", bound=Callable[..., HttpResponse])


def needs(*permissions: str) -> Callable[[View], View]:
    """Turn away whoever has none of these rights: Wagtail sends them to the dashboard with words."""
    return _guard(lambda request: has_any(request.user, permissions))


def reads(*permissions: str) -> Callable[[View], View]:
    """Guard a screen like `needs`, but let readers of all sections look at it (see `may_read`)."""
    return _guard(lambda request: may_read(request, *permissions))


def _guard(may_open: Callable[[HttpRequest], bool]) -> Callable[[View], View]:
    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not may_open(request):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return guarded  # type: ignore[return-value]  # the same signature

    return decorate


Found = TypeVar("Found")


def found_or_404(record: Found | None) -> Found:
    """Return what a selector found. Raises Http404 for None."""
    if record is None:
        raise Http404
    return record


@contextmanager
def outcome_message(
    request: HttpRequest, *refusals: type[Exception], done: "str | Promise | None" = None
) -> Iterator[None]:
    """Show what came of the block: the words of a refusal that it raised, else `done`. For a view that redirects."""
    try:
        yield
    except refusals as refusal:
        messages.error(request, error_message(refusal, for_staff=True))
    else:
        if done is not None:
            messages.success(request, str(done))


def same_list(request: HttpRequest) -> str:
    """The address's filters for links to other pages and files of the same list."""
    parameters = request.GET.copy()
    for name in ("page", "export"):
        parameters.pop(name, None)
    return parameters.urlencode()


def page(
    request: HttpRequest, template: str, *, title: "str | Promise", icon: str, subtitle: str = "", **context: Any
) -> TemplateResponse:
    """A page of the office with its heading; an address in it breaks between words."""
    heading = {"page_title": title, "page_subtitle": unbroken(subtitle), "header_icon": icon}
    return TemplateResponse(request, template, {**heading, **context})
