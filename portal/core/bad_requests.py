"""Requests that no browser sends from our pages are answered 400: NUL, missing form fields, numbers out of range."""

import logging
from collections.abc import Callable

from django.db import DataError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.loader import render_to_string
from django.utils.datastructures import MultiValueDictKeyError

logger = logging.getLogger(__name__)

NUL = ("\0", "%00")


class BadRequestMiddleware:
    """Answers 400 where a view would fail on a value that neither a form nor the database can take.

    A NUL in the URL is refused before any view. A missing field (MultiValueDictKeyError), a number out of the range of
    an SQLite integer (OverflowError) and a value that PostgreSQL refuses (DataError) are caught where they end; the
    traceback is logged, so that a mistake of ours is still found.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if any(nul in part for nul in NUL for part in (request.path, request.META.get("QUERY_STRING", ""))):
            return bad_request()
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """400 for what the request's values caused; None for everything else."""
        if not _caused_by_values(exception):
            return None
        logger.warning("Bad request: %s", request.path, exc_info=exception)
        return bad_request()


def _caused_by_values(exception: Exception) -> bool:
    if isinstance(exception, OverflowError):
        return "SQLite INTEGER" in str(exception)
    return isinstance(exception, MultiValueDictKeyError | DataError)


def bad_request() -> HttpResponse:
    """400 with words."""
    return HttpResponse(render_to_string("400.html"), status=400)
