"""Pages of the product itself: the chosen look, the statement of accessibility, the offline page and its worker."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from portal.core.look import COOKIE, COOKIE_SECONDS, OPTIONS, Look


@require_POST
def choose_look(request: HttpRequest) -> HttpResponse:
    """Keep one choice of OPTIONS in the cookie and lead back to the page it was made on."""
    look = Look.read(request.COOKIES.get(COOKIE, ""))
    chosen = [(name, request.POST[name]) for name in OPTIONS if name in request.POST]
    try:
        for name, value in chosen:
            look = look.with_choice(name, value)
    except ValueError:
        return HttpResponseBadRequest()
    back = request.POST.get("next", "")
    is_ours = back.startswith("/") and url_has_allowed_host_and_scheme(back, allowed_hosts=None)
    response = HttpResponseRedirect(back if is_ours else "/")
    response.set_cookie(
        COOKIE,
        look.written(),
        max_age=COOKIE_SECONDS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """The statement of accessibility: what holds, what does not, whom to tell."""
    return render(request, "core/accessibility.html")


@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """What an installed portal shows without a network. It is the same for everybody: nothing of a person is on it."""
    return render(request, "core/offline.html")


@require_safe
def service_worker(request: HttpRequest) -> HttpResponse:
    """The worker that keeps the offline page and its files, and nothing else."""
    response = render(request, "core/service-worker.js", content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = "no-cache"
    return response
