"""Pages of the resident's inbox."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from portal.cabinet.access import LoginRequest, login_page
from portal.core import clock
from portal.notifications import selectors, services

PAGE = 10


@require_safe
@login_page
def inbox(request: LoginRequest) -> HttpResponse:
    """Messages, newest first; all or only those that were not opened."""
    only_unread = request.GET.get("show") == "unread"
    messages = (selectors.unread if only_unread else selectors.inbox)(request.resident.user)
    page = Paginator(messages, PAGE).get_page(request.GET.get("page"))
    return render(request, "cabinet/inbox.html", {"page": page, "only_unread": only_unread})


@require_POST
@login_page
def opened(request: LoginRequest, message_id: int) -> HttpResponse:
    """Mark one message as read and go where it leads."""
    message = get_object_or_404(selectors.inbox(request.resident.user), pk=message_id)
    services.mark_read(user=request.resident.user, message_ids=[message.pk], moment=clock.real_now())
    inside = url_has_allowed_host_and_scheme(message.link, allowed_hosts=None)
    return redirect(message.link if message.link and inside else "cabinet:inbox")


@require_POST
@login_page
def all_read(request: LoginRequest) -> HttpResponse:
    """Mark everything as read."""
    ids = [message.pk for message in selectors.unread(request.resident.user)]
    services.mark_read(user=request.resident.user, message_ids=ids, moment=clock.real_now())
    return redirect("cabinet:inbox")
