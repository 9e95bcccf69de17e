"""Health, security.txt and private files: answers without a page."""

import datetime as dt
from collections.abc import Iterable

from django.conf import settings
from django.core.files.storage import default_storage
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    JsonResponse,
)
from django.templatetags.static import static
from django.utils.crypto import constant_time_compare
from django.views.decorators.http import require_safe
from django.views.static import serve
from prometheus_client import CONTENT_TYPE_LATEST

from portal.core import clock, health, metrics
from portal.core.appearance.logo import ICON_SIZES
from portal.core.appearance.stylesheet import stylesheet
from portal.core.enums import HealthStatus
from portal.core.files import services
from portal.core.files.downloads import POLICY, as_download
from portal.core.files.exceptions import PrivateFileMissing
from portal.core.files.storage import is_public
from portal.core.models import CompanySettings
from portal.core.networks import peer_is_in

SECURITY_TXT_HOLDS = dt.timedelta(days=180)
PUBLIC_FOR_A_DAY = "public, max-age=86400"
PUBLIC_FOR_A_MONTH = "public, max-age=2592000"
FOR_GOOD = "public, max-age=31536000, immutable"


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok", content_type="text/plain")


class ProbeAnswer(JsonResponse):
    """The answer to a probe; what follows from the report is done when it has been sent."""

    def __init__(self, report: health.HealthReport, body: dict[str, str]) -> None:
        self.report = report
        super().__init__(body, status=503 if report.status == HealthStatus.FAILED else 200)
        self["Cache-Control"] = "no-store"

    def close(self) -> None:
        """Called by the server after the answer."""
        health.notify_listeners(self.report)
        super().close()


@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """200 while requests can be answered, else 503.

    Operators (settings.READYZ_NETWORKS, READYZ_TOKEN) get the state of each part as it is now; others «ok» or
    «unavailable» of a report that is a few seconds old.
    """
    if _is_allowed(request, settings.READYZ_NETWORKS, settings.READYZ_TOKEN):
        report = health.report()
        return ProbeAnswer(report, {"status": report.status} | {check.name: str(check) for check in report.checks})
    report = health.recent_report()
    return ProbeAnswer(report, {"status": "unavailable" if report.status == HealthStatus.FAILED else "ok"})


def may_see_metrics(request: HttpRequest) -> bool:
    """Whether a request may see the metrics (METRICS_NETWORKS, METRICS_TOKEN)."""
    return _is_allowed(request, settings.METRICS_NETWORKS, settings.METRICS_TOKEN)


@require_safe
def shown_metrics(request: HttpRequest) -> HttpResponse:
    """Metrics for Prometheus; to whoever may not see them the page does not exist."""
    if not may_see_metrics(request):
        raise Http404
    response = HttpResponse(metrics.exposition(), content_type=CONTENT_TYPE_LATEST)
    response["Cache-Control"] = "no-store"
    return response


def _is_allowed(request: HttpRequest, networks: Iterable[str], token: str) -> bool:
    """A token, or a direct call from a trusted network: whatever a proxy passes on carries X-Forwarded-For."""
    authorization = request.headers.get("Authorization", "")
    if token and constant_time_compare(authorization, f"Bearer {token}"):
        return True
    return "HTTP_X_FORWARDED_FOR" not in request.META and peer_is_in(request, networks)


@require_safe
def public_media(request: HttpRequest, name: str) -> HttpResponseBase:
    """Serve a public picture where no web server does it (SERVE_MEDIA); anything else under /media/ does not exist."""
    if not settings.SERVE_MEDIA or not is_public(name):
        raise Http404
    if not settings.S3_BUCKET:
        return serve(request, name, document_root=str(settings.MEDIA_ROOT))
    try:
        content = default_storage.open(name)
    except FileNotFoundError:
        raise Http404 from None
    response = FileResponse(content)
    response["Cache-Control"] = PUBLIC_FOR_A_MONTH
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = POLICY
    return response


@require_safe
def security_txt(request: HttpRequest) -> HttpResponse:
    """Show where to report a vulnerability (RFC 9116), by the company's settings; it says so for half a year."""
    company = CompanySettings.shown()
    site = settings.WAGTAILADMIN_BASE_URL.rstrip("/")
    contact = company.security_email or company.email
    expires = (clock.real_now() + SECURITY_TXT_HOLDS).replace(hour=0, minute=0, second=0, microsecond=0)
    lines = [
        f"Contact: mailto:{contact}" if contact else f"Contact: {site}/support/",
        f"Expires: {expires.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%SZ}",
        "Preferred-Languages: ru, en",
        f"Canonical: {site}{request.path}",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """The icon for whoever asks for the fixed address instead of reading the page."""
    logo = CompanySettings.shown().logo_pictures
    response = HttpResponseRedirect(logo.tab if logo else static("icons/favicon.ico"))
    response["Cache-Control"] = PUBLIC_FOR_A_DAY
    return response


@require_safe
def manifest(request: HttpRequest) -> JsonResponse:
    """The web app manifest: the company's name, our icons, the cabinet as the first page."""
    company = CompanySettings.shown()
    logo = company.logo_pictures
    pictures = logo.icons if logo else {size: static(f"icons/icon-{size}.png") for size in ICON_SIZES}
    icons = [{"src": url, "sizes": f"{size}x{size}", "type": "image/png"} for size, url in pictures.items()]
    if not logo:
        icons.append({"src": static("icons/favicon.svg"), "sizes": "any", "type": "image/svg+xml"})
    body = {
        "name": company.name,
        "short_name": company.name,
        "lang": "ru",
        "start_url": "/personal/",
        "scope": "/",
        "display": "standalone",
        "background_color": "#ffffff",
        "theme_color": company.palette.light["deep"],
        "icons": icons,
    }
    response = JsonResponse(body, content_type="application/manifest+json", json_dumps_params={"ensure_ascii": False})
    response["Cache-Control"] = PUBLIC_FOR_A_DAY
    return response


@require_safe
def appearance(request: HttpRequest, version: str) -> HttpResponse:
    """The stylesheet of the company's colour; a URL of another colour does not exist any more."""
    company = CompanySettings.shown()
    if not version or version != company.appearance_version:
        raise Http404
    response = HttpResponse(stylesheet(company.brand_colour), content_type="text/css; charset=utf-8")
    response["Cache-Control"] = FOR_GOOD
    return response


@require_safe
def private_file(request: HttpRequest, file_id: str) -> FileResponse:
    """Stream a private file to whom its app lets see it; to anybody else it does not exist."""
    stored = services.visible_file(file_id=file_id, user=request.user)
    if stored is None:
        raise Http404
    try:
        content = services.open_file(stored)
    except PrivateFileMissing:
        raise Http404 from None
    services.note_opened(stored, user=request.user)
    inline = "inline" in request.GET and stored.may_be_shown
    response = FileResponse(content, content_type=stored.content_type)
    response["Cache-Control"] = "private, no-store"
    return as_download(response, stored.name, inline=inline)
