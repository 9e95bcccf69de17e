"""Requests that no browser sends from our pages are answered 400: NUL, missing form fields, numbers out of range."""

import logging
import re
import traceback
from collections.abc import Callable

from django.db import DataError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import NoReverseMatch
from django.utils.datastructures import MultiValueDictKeyError

from portal.core.middleware import plain_page

logger = logging.getLogger(__name__)

NUL = ("\0", "%00")
ADMIN = "/admin/"
FORM = "application/x-www-form-urlencoded"
OURS = ("portal.", "cms_pages.", "config.")
GUARDS = {"portal.office.wagtail_lists", "portal.core.list_parameters"}
"""Modules that only wrap views of others."""
MALFORMED = (KeyError, ValueError, AttributeError, TypeError, NoReverseMatch)
NOT_A_KEY = re.compile(r"Field '\w+' expected a number but got ")


class BadRequestMiddleware:
    """Answers 400 where a view would fail on a value that neither a form nor the database can take.

    A NUL in the URL and a form not in UTF-8 are refused before any view. Missing fields, keys that are no numbers and
    values that the database refuses are caught where they end. Wagtail's own admin views also fail on requests that its
    pages never send (a wrong `next`, an incomplete form): these are answered 400 as long as no code of ours took part.
    Each traceback is logged, so that a real defect is still found.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if any(nul in part for nul in NUL for part in (request.path, request.META.get("QUERY_STRING", ""))):
            return bad_request(request)
        if _has_other_charset(request):
            return bad_request(request)
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """400 for what the request's values caused; None for everything else."""
        in_wagtail = request.path.startswith(ADMIN) and isinstance(exception, MALFORMED) and not _in_our_code(exception)
        if not in_wagtail and not _caused_by_values(exception):
            return None
        logger.error("Bad request: %s", request.path, exc_info=exception)
        return bad_request(request)


def _has_other_charset(request: HttpRequest) -> bool:
    """A form in another encoding than UTF-8: Django refuses to read it, in whichever middleware asks first."""
    charset = (request.content_params or {}).get("charset", "utf-8")
    return request.content_type == FORM and charset.lower() not in ("utf-8", "utf8")


def _caused_by_values(exception: Exception) -> bool:
    if isinstance(exception, ValueError):
        return NOT_A_KEY.match(str(exception)) is not None
    return isinstance(exception, MultiValueDictKeyError | DataError | OverflowError)


def _in_our_code(exception: Exception) -> bool:
    """Whether a function of the portal or its pages stands in the traceback."""
    modules = {frame.f_globals.get("__name__", "") for frame, _line in traceback.walk_tb(exception.__traceback__)}
    return any(module.startswith(OURS) for module in modules - GUARDS)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400 with words; also Django's handler400.

    The site's header stands above them where a view or a later middleware refused; before the login is known, and in
    the admin, whose pages have another one, the page is plain.
    """
    if not hasattr(request, "user") or request.path.startswith(ADMIN):
        return plain_page("400.html", status=400)
    return render(request, "400.html", {"layout": "errors/page.html"}, status=400)
