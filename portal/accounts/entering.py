"""The edge of coming in: what allauth's adapter asks of a request, over our services."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.accounts import audit
from portal.accounts.addresses import client_address
from portal.accounts.agents import device_name
from portal.accounts.calculation import journal_identity, same_identity
from portal.accounts.enums import ThrottleScope
from portal.accounts.exceptions import TooManyAttempts
from portal.accounts.models import AccessSettings, User
from portal.accounts.notifications import tell_new_device
from portal.accounts.selectors.logins import login_named
from portal.accounts.services import devices, refusals, sessions, throttling
from portal.accounts.staff import is_employee
from portal.core import clock
from portal.core.formatting import moment_text

DEVICE_COOKIE = "device"
DEVICE_AGE = dt.timedelta(days=400)
PAUSED = "paused"


def typed_login(credentials: Mapping[str, Any]) -> str:
    """What was typed into the login field."""
    return str(credentials.get("email") or credentials.get("username") or "")


def home_of(user: AbstractBaseUser | AnonymousUser) -> str:
    """Where a login begins: staff in the admin, residents in the cabinet."""
    return "/admin/" if is_employee(user) else "/personal/"


def _limits() -> tuple[throttling.Limit, throttling.Limit]:
    settings = AccessSettings.load()
    pause = dt.timedelta(minutes=settings.pause_minutes)
    return throttling.Limit(settings.attempts_per_login, pause), throttling.Limit(settings.attempts_per_address, pause)


def _login_label(request: HttpRequest, typed: str) -> str:
    """A browser that came in before is counted apart, so a stranger's guesses do not lock its owner out."""
    token = request.COOKIES.get(DEVICE_COOKIE, "")
    if token and devices.is_known(login=login_named(typed), token=token):
        return f"{typed.strip()} ({devices.hash_of(token)[:8]})"
    return typed


def count_attempt(request: HttpRequest, *, typed: str, moment: dt.datetime) -> None:
    """Count an attempt for the address and for the login. Raises ValidationError with the waiting time."""
    per_login, per_address = _limits()
    address = client_address(request)
    try:
        throttling.count_attempt(scope=ThrottleScope.ADDRESS, label=address, limit=per_address, moment=moment)
        throttling.count_attempt(
            scope=ThrottleScope.LOGIN, label=_login_label(request, typed), limit=per_login, moment=moment
        )
    except TooManyAttempts as error:
        raise paused_error(error.wait) from error


def paused_error(wait: dt.timedelta) -> ValidationError:
    """«Слишком много попыток. Подождите 15 минут…»; its `params` carry the seconds."""
    minutes = max(1, -(-int(wait.total_seconds()) // 60))
    text = ngettext(
        "Too many attempts. Wait %(minutes)d minute, or recover the password.",
        "Too many attempts. Wait %(minutes)d minutes, or recover the password.",
        minutes,
    )
    return ValidationError(text, code=PAUSED, params={"minutes": minutes, "seconds": int(wait.total_seconds())})


def attempt_was_right(request: HttpRequest, *, typed: str) -> None:
    """The login counts from nothing; its address gets this one attempt back."""
    throttling.forget(scope=ThrottleScope.LOGIN, label=_login_label(request, typed))
    throttling.give_back(scope=ThrottleScope.ADDRESS, label=client_address(request))


def greet_device(request: HttpRequest, response: HttpResponse, *, user: User, moment: dt.datetime) -> None:
    """Recognise the browser by its cookie; tell the owner of a new one, except of the very first."""
    agent = request.META.get("HTTP_USER_AGENT", "")
    greeted = devices.greet(
        user=user, token=request.COOKIES.get(DEVICE_COOKIE, ""), user_agent=agent, moment=moment
    )  # fmt: skip
    if greeted.is_new and not greeted.is_first:
        event = f"new-device:{user.pk}:{int(moment.timestamp())}"
        tell_new_device(user=user, device=device_name(agent), moment=moment_text(moment), event=event)
    response.set_cookie(
        DEVICE_COOKIE, greeted.token, max_age=DEVICE_AGE, path="/accounts/", httponly=True,
        secure=request.is_secure(), samesite="Lax",
    )  # fmt: skip


def require_journal(request: HttpRequest, *, identity: str) -> None:
    """Raise PermissionDenied unless the identity is a journal's as the settings name it."""
    template = AccessSettings.load(request_or_site=request).livejournal_identity
    expected = journal_identity(identity, template=template)
    if expected is None or not same_identity(expected, identity):
        raise PermissionDenied(_("This is not a LiveJournal identity."))


RECOVERY_PER_ADDRESS = throttling.Limit(10, dt.timedelta(minutes=15))


def recovery_attempt(request: HttpRequest, *, moment: dt.datetime) -> None:
    """Count an asking for recovery from an address. Raises ValidationError with the waiting time."""
    try:
        throttling.count_attempt(
            scope=ThrottleScope.RECOVERY, label=client_address(request), limit=RECOVERY_PER_ADDRESS, moment=moment
        )
    except TooManyAttempts as error:
        raise paused_error(error.wait) from error


def session_moved(request: HttpRequest, *, old_key: str) -> None:
    """The session goes on under a new key: its row in the list of sessions follows."""
    if not request.session.session_key:
        request.session.save()
    sessions.note_moved(old_key=old_key, new_key=request.session.session_key or "")


def note_refusal(request: HttpRequest, *, typed: str, why: str) -> None:
    """Write a refused login to the audit (bounded by hour); `why` in Russian."""
    refusals.login_refused(typed=typed, address=client_address(request), why=why, moment=clock.real_now())


def note_refused_code(request: HttpRequest, *, user: User) -> None:
    """Write a wrong code of the second factor to the audit (bounded by hour)."""
    refusals.code_refused(user=user, address=client_address(request), moment=clock.real_now())


def note_login(request: HttpRequest, *, user: User) -> None:
    """Write a login to the audit, with its address and browser."""
    agent = device_name(request.META.get("HTTP_USER_AGENT", ""))
    audit.write(
        user, audit.LOGIN, by=user, what="Вход", section="access", address=client_address(request), device=agent
    )  # fmt: skip


def note_logout(request: HttpRequest, *, what: str = "Выход") -> None:
    """Write to the audit that a login leaves; nothing when nobody is logged in."""
    if isinstance(request.user, User):
        address = client_address(request)
        audit.write(request.user, audit.LOGOUT, by=request.user, what=what, section="access", address=address)
