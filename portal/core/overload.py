"""Load shedding: a request that waited too long for a free thread is answered 503 at once, with a time to come back.

nginx writes the moment when it passed a request on (X-Request-Start); the difference to now is the time in the queue of
gunicorn. Work on requests that nobody awaits any more would keep the portal overloaded.
"""

import secrets
import time
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.loader import render_to_string
from django.utils.log import log_response

from portal.core.middleware import NextHandler, plain_page
from portal.core.models import CompanySettings
from portal.core.networks import peer_is_in

STARTED = "HTTP_X_REQUEST_START"
PAUSES = range(10, 31)
"""Seconds after which to come back; drawn, so that those who were sent away do not return together."""
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; base-uri 'none'; frame-ancestors 'none'"
)


class OverloadMiddleware:
    """Answers 503 with Retry-After to requests older than QUEUE_TIMEOUT seconds; asks no database."""

    def __init__(self, get_response: NextHandler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        timeout = settings.QUEUE_TIMEOUT
        waited = seconds_in_queue(request) if timeout else 0.0
        if waited <= timeout:
            return self.get_response(request)
        response = overloaded(request)
        message = "shed after %.1f s in the queue: %s"
        log_response(message, waited, request.path, request=request, response=response, level="warning")
        return response


def seconds_in_queue(request: HttpRequest) -> float:
    """Seconds since our proxy passed the request on; 0 when no trusted proxy says so or its clock is ahead."""
    text = request.META.get(STARTED, "").removeprefix("t=")
    if not text or not peer_is_in(request, settings.TRUSTED_PROXIES):
        return 0.0
    try:
        started = float(text)
    except ValueError:
        return 0.0
    return max(0.0, time.time() - started)


def overloaded(request: HttpRequest) -> HttpResponse:
    """503 that tells when to come back; a page that was only read reloads itself, a sent form is sent again by hand."""
    pause = secrets.choice(PAUSES)
    reload_after = pause if request.method in {"GET", "HEAD"} else None
    response = plain_page("busy.html", status=503, reload_after=reload_after)
    response["Content-Security-Policy"] = POLICY
    response["Retry-After"] = str(pause)
    response["Cache-Control"] = "no-store"
    return response


def write_unavailable_page(folder: Path, *, company: CompanySettings) -> None:
    """Write the page that nginx shows while the portal does not answer: unavailable.html in the static folder."""
    page = render_to_string("unavailable.html", {"company": company})
    partial = folder / "unavailable.html.partial"
    partial.write_text(page, encoding="utf-8")
    partial.replace(folder / "unavailable.html")
