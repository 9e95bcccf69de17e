"""An employee's own sessions: where the login is open; one may be ended, or all but this one."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from portal.accounts import audit
from portal.accounts.selectors.profile import sessions_of
from portal.accounts.services.sessions import end_session, end_sessions, forget_dead
from portal.office.common.views import page


@require_http_methods(["GET", "HEAD", "POST"])
def own_sessions(request: HttpRequest) -> HttpResponse:
    """List the employee's sessions; end one of them, or all others. The admin's own guard stands before."""
    user: Any = request.user
    key = request.session.session_key or ""
    if request.method == "POST":
        if _ended(request, user, key):
            audit.access(user, by=user, what="Завершены сеансы")
            messages.success(request, _("Ended."))
        return redirect("office_own_sessions")
    forget_dead(user=user)
    return page(
        request,
        "office/own_sessions.html",
        title=_("Your sessions"),
        icon="desktop",
        sessions=sessions_of(user, current_key=key),
    )


def _ended(request: HttpRequest, user: Any, key: str) -> bool:
    if request.POST.get("all"):
        end_sessions(user=user, but=key)
        return True
    chosen = request.POST.get("session", "")
    return chosen.isdecimal() and len(chosen) < 19 and end_session(user=user, session_id=int(chosen))
