"""Middleware of logged-in requests: a first password, two-factor for staff, idle staff, last use of the session."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.core.cache import cache
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.shortcuts import redirect
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from portal.accounts import login_flow
from portal.accounts.exceptions import GuessingStopped
from portal.accounts.models import AccessSettings, User
from portal.accounts.second_factor import has_passed
from portal.accounts.services import sessions
from portal.accounts.staff import is_employee
from portal.core import clock
from portal.core.sessions import stored_key

NextHandler = Callable[[HttpRequest], HttpResponseBase]
SEEN_AT = "seen_at"
"""When an employee's session was last used."""
ENTERED = "entered_at"
"""When any session began: what there is to go by when its login becomes an employee's later."""
SEEN_EVERY = dt.timedelta(minutes=1)
OPEN_PREFIXES = ("/static/", "/media/", "/i18n/", "/healthz", "/readyz")
FIRST_PASSWORD = "/accounts/password/new/"  # noqa: S105  # a path
TWO_FACTOR = "/accounts/2fa/"
CODE_ONCE_MORE = "/accounts/2fa/reauthenticate/"
LOGOUT = "/accounts/logout/"
WANTED = "wanted_page"
"""What a login with a one-time password was on its way to."""


def note_login(request: HttpRequest, **_sent: Any) -> None:
    """A login is itself a use of its session: the first minute needs no other note."""
    request.session[ENTERED] = int(clock.real_now().timestamp())
    cache.set(_mark(request), 1, SEEN_EVERY.total_seconds())


def _mark(request: HttpRequest) -> str:
    return f"{SEEN_AT}:{stored_key(request.session.session_key or '')}"


class LoginDutiesMiddleware:
    """Before anything opens: the session is fresh, a one-time password replaced, staff carry a second factor."""

    def __init__(self, get_response: NextHandler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        user = request.user
        if not isinstance(user, User) or request.path.startswith(OPEN_PREFIXES):
            return self.get_response(request)
        return self._idle(request, user) or self._duty(request, user) or self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        """Too many codes or passwords on whatever page: the message names the wait, and the session ends."""
        return login_flow.guessing_page(request, exception) if isinstance(exception, GuessingStopped) else None

    def _idle(self, request: HttpRequest, user: User) -> HttpResponseBase | None:
        """End a session that is too old, and one of staff that lay idle; else note its use (once a minute).

        A resident's session is not written for that: the mark of the minute lies in the cache, one query is all.
        """
        now, key = clock.real_now(), request.session.session_key or ""
        if not is_employee(user):
            if cache.add(_mark(request), 1, SEEN_EVERY.total_seconds()):
                sessions.note_used(session_key=key, moment=now)
            return self._too_old(request, now, hours=settings.SESSION_COOKIE_AGE // 3600)
        idle = now.timestamp() - self._last_use(request)
        if SEEN_AT in request.session and idle <= SEEN_EVERY.total_seconds():
            return None  # no setting is shorter
        access = AccessSettings.load(request_or_site=request)
        allowed = access.staff_idle_minutes
        if idle > allowed * 60:
            message = _("The session ended after %(minutes)d idle minutes.") % {"minutes": allowed}
            return self._ended(request, message, what="Сеанс закончился: долго не пользовались")
        too_old = self._too_old(request, now, hours=access.staff_session_hours)
        if too_old is not None:
            return too_old
        request.session[SEEN_AT] = int(now.timestamp())
        sessions.note_used(session_key=key, moment=now)
        return None

    def _too_old(self, request: HttpRequest, now: dt.datetime, *, hours: int) -> HttpResponseBase | None:
        """End a session whose login lies more than `hours` back, however often it is used."""
        entered = request.session.get(ENTERED)
        if entered is None or now.timestamp() - float(entered) <= hours * 3600:
            return None
        message = _("The session ended %(hours)d hours after the login.") % {"hours": hours}
        return self._ended(request, message, what="Сеанс закончился: вход был давно")

    def _ended(self, request: HttpRequest, message: str, *, what: str) -> HttpResponseBase:
        """Log out, say why, and lead back to the page after the next login; `what` stands in the audit."""
        login_flow.note_logout(request, what=what)
        logout(request)
        messages.info(request, message)
        return redirect(f"{settings.LOGIN_URL}?{urlencode({'next': request.get_full_path()})}")

    def _last_use(self, request: HttpRequest) -> float:
        """Return when the session was last used, in seconds; 0 when nothing tells.

        A session whose login became an employee's after it began has no note of its own yet: its row in the list of
        sessions has one.
        """
        if SEEN_AT in request.session:
            return float(request.session[SEEN_AT])
        noted = sessions.last_used(session_key=request.session.session_key or "")
        entered = float(request.session.get(ENTERED, 0))
        return max(entered, noted.timestamp()) if noted is not None else entered

    def _duty(self, request: HttpRequest, user: User) -> HttpResponseBase | None:
        if user.must_change_password:
            answer = self._sent_to(request, FIRST_PASSWORD, allowed=(FIRST_PASSWORD, LOGOUT))
            if answer is not None and request.method == "GET":
                request.session[WANTED] = request.get_full_path()
            return answer
        if settings.STAFF_TWO_FACTOR_REQUIRED and is_employee(user):
            return self._second_factor(request, user)
        return None

    def _second_factor(self, request: HttpRequest, user: User) -> HttpResponseBase | None:
        """Set it up where there is none; a session that began without a code asks for one, however it began."""
        if not is_mfa_enabled(user, [Authenticator.Type.TOTP]):
            allowed = (TWO_FACTOR, "/accounts/reauthenticate/", LOGOUT)
            return self._sent_to(request, TWO_FACTOR, allowed=allowed)
        if has_passed(request, user):
            return None
        wanted = urlencode({"next": request.get_full_path()})
        return self._sent_to(request, f"{CODE_ONCE_MORE}?{wanted}", allowed=(CODE_ONCE_MORE, LOGOUT))

    def _sent_to(self, request: HttpRequest, path: str, *, allowed: tuple[str, ...]) -> HttpResponseBase | None:
        if request.path.startswith(allowed):
            return None
        if request.path.startswith("/api/"):
            return JsonResponse({"detail": _("Finish your login on the site first.")}, status=403)
        return redirect(path)
