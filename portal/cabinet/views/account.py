"""Switching between the accounts of one login."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from portal.cabinet.access import choose_account


@login_required
@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """Open another of one's own accounts and go back to the page; somebody else's does not exist."""
    if choose_account(request, number=request.POST.get("account", "")) is None:
        raise Http404
    back = request.POST.get("next", "")
    safe = back.startswith("/") and url_has_allowed_host_and_scheme(back, allowed_hosts=None)
    return redirect(back if safe else "cabinet:home")
