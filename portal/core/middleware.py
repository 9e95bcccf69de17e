"""Middleware of every request: health checks, an honest 503 and 507, the language, headers for browsers."""

import logging
import sys
from collections.abc import Callable
from copy import deepcopy

from csp.constants import SELF, UNSAFE_EVAL, UNSAFE_INLINE
from csp.middleware import CSPMiddleware
from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, InterfaceError, OperationalError, ProgrammingError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.loader import render_to_string
from django.utils import translation

from portal.core import views
from portal.core.files.downloads import POLICY as DOWNLOAD_POLICY
from portal.core.files.exceptions import StorageUnavailable
from portal.core.files.storage import FULL
from portal.core.models import COMPANY_NAME, EMERGENCY_PHONE
from portal.core.schema_state import missing_migrations

logger = logging.getLogger(__name__)

NextHandler = Callable[[HttpRequest], HttpResponseBase]
LOGGED_OUT = "ended_a_session"
POSTGRESQL_DISK_FULL = "53100"


class HealthMiddleware:
    """Answers probes before anything else looks at the request: a probe by address has no known Host and no TLS.

    /metrics exists for those alone who may see it: to others it is an address that is not found.
    """

    METRICS = "/metrics"

    def __init__(self, get_response: NextHandler) -> None:
        self.get_response = get_response
        self.probes = {"/healthz": views.healthz, "/readyz": views.readyz}

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path_info == self.METRICS and views.may_see_metrics(request):
            return views.shown_metrics(request)
        probe = self.probes.get(request.path_info)
        return self.get_response(request) if probe is None else probe(request)


class ServiceUnavailableMiddleware:
    """A database or a storage of files that is away is answered 503 with words, never with half a page."""

    def __init__(self, get_response: NextHandler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        """Show what a view ran into; what another middleware ran into (a session) comes to `server_error` below."""
        if isinstance(exception, StorageUnavailable):
            logger.error("the storage of files does not work: %s", exception)
            return files_unavailable()
        return database_unavailable(exception) if _is_unavailable(exception) else None


def _is_unavailable(error: BaseException | None) -> bool:
    """Whether the database is away, or lacks migrations of this code: then a column or a table is not there."""
    if isinstance(error, OperationalError | InterfaceError):
        return True
    if not isinstance(error, ProgrammingError):
        return False
    try:
        missing = missing_migrations()
    except DatabaseError:  # the transaction of the request is broken, or the database is away by now
        return False
    if missing:
        logger.error("the database lacks migrations of this code, first %s", missing[0])
    return bool(missing)


def plain_page(template: str, *, status: int, **context: object) -> HttpResponse:
    """A page that asks no database; it names the company and its emergency number as the cache knew them last."""
    try:
        cached = cache.get_many([EMERGENCY_PHONE, COMPANY_NAME])
    except Exception:  # noqa: BLE001 - whatever the cache raises, the page is shown
        cached = {}
    company = {"emergency_phone": cached.get(EMERGENCY_PHONE, ""), "name": cached.get(COMPANY_NAME, "")}
    return HttpResponse(render_to_string(template, context | {"company": company}), status=status)


def unavailable() -> HttpResponse:
    """503 with words and a time to come back."""
    return _come_back(plain_page("503.html", status=503))


def no_space() -> HttpResponse:
    """507 with words: nothing was kept by half."""
    return plain_page("507.html", status=507)


def database_unavailable(error: BaseException | None) -> HttpResponse:
    """507 when the database has no space left, otherwise 503."""
    is_full = (
        "disk is full" in str(error)
        or getattr(getattr(error, "__cause__", None), "sqlstate", "") == POSTGRESQL_DISK_FULL
    )
    return no_space() if is_full else unavailable()


def files_unavailable() -> HttpResponse:
    """As `unavailable`, when only the storage of files is away."""
    return _come_back(plain_page("503_files.html", status=503))


def _come_back(response: HttpResponse) -> HttpResponse:
    response["Retry-After"] = "30"
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    """The handler of what nobody caught: a database that is away is said to be so, anything else is our fault."""
    error = sys.exc_info()[1]
    if _is_unavailable(error):
        return database_unavailable(error)
    return plain_page("500.html", status=500)


class NoSpaceMiddleware:
    """A disk that is full is answered 507 with words: nothing was kept by half."""

    def __init__(self, get_response: NextHandler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        if isinstance(exception, OSError) and exception.errno in FULL:
            return no_space()
        return None


class LanguageFromCookieMiddleware:
    """Russian unless the visitor chose otherwise: the browser's header does not decide.

    The thread's language before the request is restored after it, so that one request leaves nothing to the next.
    """

    def __init__(self, get_response: NextHandler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        language = chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        request.LANGUAGE_CODE = language
        with translation.override(language):
            response = self.get_response(request)
        if "Content-Language" not in response:
            response["Content-Language"] = language
        return response


class BrowserDataMiddleware:
    """Permissions-Policy and Cross-Origin-Resource-Policy on every answer; Clear-Site-Data on one that ends a session.

    Cookies stay: the session's is gone by then, the language and the known browser outlive a logout.
    """

    CLEARED = '"cache", "storage"'

    def __init__(self, get_response: NextHandler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", settings.PERMISSIONS_POLICY)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if getattr(request, LOGGED_OUT, False):
            response.headers["Clear-Site-Data"] = self.CLEARED
        return response


def note_logout(request: HttpRequest | None, **_sent: object) -> None:
    """Receiver of `user_logged_out`: any way out, the admin's and the idle limit's too."""
    if request is not None:
        setattr(request, LOGGED_OUT, True)


class NoStoreMiddleware:
    """Nothing of a logged-in person, and no page under /accounts/, stays in a cache of the browser or a proxy."""

    ACCOUNTS = "/accounts/"
    SHARED = ("/static/", "/media/")
    """Files that are the same for everybody."""

    def __init__(self, get_response: NextHandler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if self._is_private(request):
            response["Cache-Control"] = "private, no-store"
        return response

    def _is_private(self, request: HttpRequest) -> bool:
        if request.path.startswith(self.ACCOUNTS):
            return True
        user = getattr(request, "user", None)
        return user is not None and user.is_authenticated and not request.path.startswith(self.SHARED)


class ContentSecurityPolicyMiddleware(CSPMiddleware):
    """The strict policy of the settings; the admin's pages may run Wagtail's inline code, from this host only.

    What is taken away as a file (receipts, statements, exports, uploads) runs nothing at all.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if response.headers.get("Content-Disposition", "").startswith("attachment"):
            response.headers["Content-Security-Policy"] = DOWNLOAD_POLICY
        if request.path.startswith("/admin/") and not hasattr(response, "_csp_config"):
            policy = deepcopy(settings.CONTENT_SECURITY_POLICY["DIRECTIVES"])
            policy |= {
                "script-src": [SELF, UNSAFE_INLINE, UNSAFE_EVAL],
                "style-src": [SELF, UNSAFE_INLINE],
                "img-src": [SELF, "data:", "blob:"],
                "frame-src": [SELF],
                "worker-src": [SELF, "blob:"],
            }
            response._csp_config = policy  # type: ignore[attr-defined]  # django-csp's own hook
        return super().process_response(request, response)
