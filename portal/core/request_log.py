"""The id of a request, from the proxy's to the log, and one line in the log for each request."""

import logging
import re
import time
import uuid
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from portal.core.logs import ACCESS, current_request
from portal.core.networks import peer_is_in
from portal.core.redaction import redacted

logger = logging.getLogger(ACCESS)

HEADER = "X-Request-ID"
ACCEPTED = re.compile(r"[0-9A-Za-z-]{8,64}")
PAGES = "wagtail_serve"
"""Addresses of editors' pages have one route: of them the path is logged."""
QUIET = ("/healthz", "/readyz", "/metrics")
"""Asked every few seconds: logged only when the answer is an error."""
NO_ROUTE = "-"


class RequestLogMiddleware:
    """Gives each request an id, in the log and in the answer's X-Request-ID, and logs the request when answered.

    An id that comes with the request counts only from a proxy of ours (TRUSTED_PROXIES). The line names the route, not
    the address: addresses hold tokens and numbers of accounts.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        started = time.monotonic()
        request_id = _request_id(request)
        token = current_request.set(request_id)
        try:
            response = self.get_response(request)
            response[HEADER] = request_id
            _log(request, response.status_code, round((time.monotonic() - started) * 1000))
        finally:
            current_request.reset(token)
        return response


def _request_id(request: HttpRequest) -> str:
    request_id = request.headers.get(HEADER, "")
    if ACCEPTED.fullmatch(request_id) and peer_is_in(request, settings.TRUSTED_PROXIES):
        return request_id
    return uuid.uuid4().hex


def _log(request: HttpRequest, status: int, milliseconds: int) -> None:
    if request.path_info in QUIET and status < 400:
        return
    method = request.method if request.method in {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"} else "?"
    values = {"method": method, "route": route_of(request), "status": status, "milliseconds": milliseconds}
    logger.info("request", extra=values)


def route_of(request: HttpRequest) -> str:
    """The pattern of the address that the request was answered by; the path of an editors' page; else `-`."""
    match = request.resolver_match
    if match is None:
        return request.path_info if request.path_info in QUIET else NO_ROUTE
    return redacted(request.path) if match.url_name == PAGES else match.route
