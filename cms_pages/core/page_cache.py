"""A rendered page cached for those who are not logged in: it is the same for all who chose the same language and look.

Cached for a minute, and no longer than until something that pages show changes (`portal.core.cache_version`). What is
one visitor's alone is the CSRF token: it is taken out before caching and put in anew for each visitor.
"""

import hashlib
import re
from collections.abc import Callable
from typing import Any

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token

from portal.core import cache_version, clock
from portal.core.look import COOKIE, Look

SECONDS = 60
_FIELD = b'name="csrfmiddlewaretoken" value="'
_TOKEN = re.compile(_FIELD + rb'[A-Za-z0-9]{64}"')
_BLANK = _FIELD + b'-"'


def is_cacheable(request: HttpRequest) -> bool:
    """Whether the answer is the same for everybody: a plain address, nobody logged in, no message waits."""
    plain = request.method == "GET" and not request.META.get("QUERY_STRING")
    plain = plain and not getattr(request, "is_preview", False)
    return plain and "messages" not in request.COOKIES and not request.user.is_authenticated


def _key(request: HttpRequest) -> str:
    place = f"{request.scheme}://{request.get_host()}{request.path}"
    language = getattr(request, "LANGUAGE_CODE", "")
    look = Look.read(request.COOKIES.get(COOKIE, "")).written()
    named = hashlib.sha256(f"{language} {look} {clock.today()} {place}".encode()).hexdigest()
    return f"page:{cache_version.current()}:{named}"


def _answer(request: HttpRequest, content: bytes) -> HttpResponse:
    if _BLANK in content:
        content = content.replace(_BLANK, _FIELD + get_token(request).encode() + b'"')
    return HttpResponse(content)


def cached_page(request: HttpRequest, render: Callable[[], Any]) -> HttpResponse:
    """The page from the cache, or rendered now and cached; only what answered 200 as HTML is cached."""
    key = _key(request)
    content = cache.get(key)
    if content is not None:
        return _answer(request, content)
    response: HttpResponse = render()
    if hasattr(response, "render"):
        response.render()
    if response.status_code == 200 and response.headers["Content-Type"].startswith("text/html"):
        cache.set(key, _TOKEN.sub(_BLANK, response.content), SECONDS)
    return response
