"""Health and private files: answers without a page."""

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from portal.core import health
from portal.core.files import services
from portal.core.files.exceptions import PrivateFileMissing


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok", content_type="text/plain")


@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """Database, queue and storage answer, or 503 and which does not."""
    checks = health.readiness()
    ready = all(check.ok for check in checks)
    body = {check.name: "ok" if check.ok else f"failed {check.detail}".strip() for check in checks}
    return JsonResponse(body, status=200 if ready else 503)


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
    response = FileResponse(content, as_attachment=not inline, filename=stored.name, content_type=stored.content_type)
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
