"""Edge of the API: every error as problem details, its language, ETag, rate-limit and cache headers."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import translation
from django.utils.cache import get_conditional_response, patch_vary_headers, set_response_etag
from django.utils.translation.trans_real import parse_accept_lang_header

from portal.api.auth import QUOTAS
from portal.api.problems import DOCUMENTATION, MEDIA_TYPE, problem_of_status, problem_response

PREFIX = "/api/v1/"
CONTENT = "/api/content/"
"""Wagtail's API of published pages: its own errors are JSON, those of the portal around it become problems."""
CARRIED = ("Allow", "Retry-After", "WWW-Authenticate")
"""Headers of an error that its problem details keep."""
LOGGED = "_has_been_logged"
"""Django's mark of an answer that is in the log: without it the problem in its place would be logged again."""


class ApiMiddleware:
    """Answers of /api/v1/, whoever made them: Django, a middleware, or the API itself."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path_info.startswith(CONTENT):
            return _without_page(request, self.get_response(request))
        if not _is_for_programs(request):
            return self.get_response(request)
        language = _language(request)
        is_head = request.method == "HEAD"
        if is_head:
            request.method = "GET"  # an answer to HEAD is that to GET; the server leaves its body out
        response = self.get_response(request)
        with translation.override(language):
            response = _with_problem(request, response)
        response = _with_validator(request, response)
        if is_head:
            request.method = "HEAD"
        response["Content-Language"] = language
        patch_vary_headers(response, ("Accept", "Accept-Language", "Authorization"))
        _add_limits(request, response)
        return response

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        """Speak the language of the request's Accept-Language; LanguageFromCookieMiddleware restores it afterwards."""
        if _is_for_programs(request):
            translation.activate(_language(request))


def _is_for_programs(request: HttpRequest) -> bool:
    """Whether it is an address of the API; its documentation is a page for people."""
    return request.path_info.startswith(PREFIX) and request.path_info != DOCUMENTATION


def _language(request: HttpRequest) -> str:
    """The first language of Accept-Language that the site speaks; Russian without one."""
    languages = dict(settings.LANGUAGES)
    wanted = parse_accept_lang_header(request.headers.get("Accept-Language", "").lower())
    codes = (code.partition("-")[0] for code, _quality in wanted)
    return next((code for code in codes if code in languages), settings.LANGUAGE_CODE)


def _without_page(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """An error page for people becomes a problem in the program's language; everything else stays as it is."""
    if not response.get("Content-Type", "").startswith("text/html"):
        return response
    with translation.override(_language(request)):
        return _with_problem(request, response)


def _with_problem(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    if response.status_code < 400 or response.get("Content-Type", "") == MEDIA_TYPE:
        return response
    problem = problem_response(request, problem_of_status(response.status_code))
    for name in CARRIED:
        if name in response:
            problem[name] = response[name]
    setattr(problem, LOGGED, getattr(response, LOGGED, False))
    return problem


def _with_validator(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """ETag of what was read, and 304 when the client has it; nothing is kept without asking again."""
    if (
        request.method != "GET"
        or response.status_code != 200
        or not isinstance(response, HttpResponse)
        or "Cache-Control" in response  # NoStoreMiddleware's, for a browser that is logged in
    ):
        response.headers.setdefault("Cache-Control", "private, no-store")
        return response
    response["Cache-Control"] = "private, no-cache"
    set_response_etag(response)
    return get_conditional_response(request, etag=response["ETag"], response=response) or response


def _add_limits(request: HttpRequest, response: HttpResponseBase) -> None:
    """RateLimit-Policy and RateLimit (draft-ietf-httpapi-ratelimit-headers) of the key's login."""
    read = getattr(request, QUOTAS, None)
    if read is None or response.status_code >= 500:  # the database may be away
        return
    quotas = read()
    policies = (f'"{q.limit.window}";q={q.allowed};w={int(q.limit.window.length.total_seconds())}' for q in quotas)
    response["RateLimit-Policy"] = ", ".join(policies)
    response["RateLimit"] = ", ".join(f'"{q.limit.window}";r={q.left};t={q.resets_in}' for q in quotas)
