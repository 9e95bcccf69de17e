"""Leaving a category of letters by the link in one of them: by a button on our page, or by the mail program itself."""

from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods

from portal.notifications import services
from portal.notifications.categories import CATEGORIES
from portal.notifications.mail import read_token


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """RFC 8058: the mail program posts one fixed field without a cookie, and the signed link is the proof.

    Any other POST is a form of our page and needs its CSRF token like every form.
    """
    if request.method == "POST" and request.POST.get("List-Unsubscribe") == "One-Click":
        _leave(token)
        return HttpResponse("ok", content_type="text/plain")
    return _page(request, token)


@csrf_protect
def _page(request: HttpRequest, token: str) -> HttpResponse:
    done = request.method == "POST"
    code = _leave(token) if done else _read(token)[1]
    category = next((candidate for candidate in CATEGORIES if candidate.code == code), None)
    if category is None:
        raise Http404
    return render(request, "notifications/unsubscribe.html", {"kind": category.label, "done": done})


def _leave(token: str) -> str:
    user_id, category = _read(token)
    services.unsubscribe(user_id=user_id, category=category)
    return category


def _read(token: str) -> tuple[int, str]:
    try:
        return read_token(token)
    except signing.BadSignature:
        raise Http404 from None
