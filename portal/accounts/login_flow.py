"""The edge of coming in: what allauth's adapter asks of a request, over our services."""

import datetime as dt
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from allauth.account.app_settings import REAUTHENTICATION_TIMEOUT
from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.accounts import audit
from portal.accounts.calculation import canonical_login, journal_identity, same_identity
from portal.accounts.client_ip import client_address, counted_networks
from portal.accounts.enums import ThrottleScope
from portal.accounts.exceptions import GuessingStopped, TooManyAttempts
from portal.accounts.models import AccessSettings, User
from portal.accounts.notifications import notify_new_device
from portal.accounts.selectors.logins import login_named
from portal.accounts.services import devices, refusals, sessions, throttling
from portal.accounts.staff import is_employee
from portal.accounts.user_agents import device_name
from portal.core import clock

DEVICE_AGE = dt.timedelta(days=400)
PAUSED = "paused"


def typed_login(credentials: Mapping[str, Any]) -> str:
    """Return what was typed into the login field."""
    return str(credentials.get("email") or credentials.get("username") or "")


def home_of(user: AbstractBaseUser | AnonymousUser) -> str:
    """Return where a login begins: staff in the admin, residents in the cabinet."""
    return "/admin/" if is_employee(user) else "/personal/"


@dataclass(frozen=True, slots=True)
class _Limits:
    login: throttling.FailureLimit
    code: throttling.FailureLimit
    address: throttling.FailureLimit


def _limits() -> _Limits:
    access = AccessSettings.load()
    pause = dt.timedelta(minutes=access.pause_minutes)
    counts = (access.attempts_per_login, access.attempts_per_code, access.attempts_per_address)
    return _Limits(*(throttling.FailureLimit(count, pause) for count in counts))


@dataclass(frozen=True, slots=True)
class _Counted:
    """Key that attempts at one login are counted under, and its label for staff."""

    label: str
    shown: str
    user: User | None


def _counted(request: HttpRequest, *, user: User | None, typed: str) -> _Counted:
    """One count a login, however it is typed; what is no login is counted by its canonical form.

    Counted apart from other clients, whose guesses must not lock the owner out: a browser that came in before, and a
    session that is open.
    """
    label = f"login:{user.pk}" if user is not None else f"typed:{canonical_login(typed)}"
    shown = user.get_username() if user is not None else typed
    token = request.COOKIES.get(settings.DEVICE_COOKIE_NAME, "")
    if user is not None and user == request.user:
        return _Counted(f"{label}:open session", _("%(login)s (open session)") % {"login": shown}, user)
    if token and devices.is_known(login=user, token=token):
        device = devices.hash_of(token)[:8]
        return _Counted(f"{label}:{device}", f"{shown} ({device})", user)
    return _Counted(label, shown, user)


def _count_address(
    request: HttpRequest,
    *,
    limit: throttling.FailureLimit,
    moment: dt.datetime,
    scope: ThrottleScope = ThrottleScope.ADDRESS,
) -> None:
    for network in counted_networks(client_address(request)):
        wider = throttling.FailureLimit(limit.attempts * network.share, limit.pause)
        throttling.count_attempt(scope=scope, label=network.label, limit=wider, moment=moment)


def _give_back_address(request: HttpRequest) -> None:
    for network in counted_networks(client_address(request)):
        throttling.give_back(scope=ThrottleScope.ADDRESS, label=network.label)


def count_attempt(request: HttpRequest, *, typed: str, moment: dt.datetime) -> None:
    """Count an attempt at a password for the address and for the login. Raises ValidationError with the wait."""
    limits = _limits()
    counted = _counted(request, user=login_named(typed), typed=typed)
    try:
        _count_address(request, limit=limits.address, moment=moment)
    except TooManyAttempts as error:
        raise paused_error(error.wait, of_network=True) from error
    try:
        throttling.count_attempt(
            scope=ThrottleScope.LOGIN,
            label=counted.label,
            shown=counted.shown,
            user=counted.user,
            limit=limits.login,
            moment=moment,
        )
    except TooManyAttempts as error:
        raise paused_error(error.wait) from error


def paused_error(wait: dt.timedelta, *, of_network: bool = False) -> ValidationError:
    """«Слишком много попыток. Подождите 15 минут…»; its `params` carry the seconds and whether it is the network's."""
    minutes = _minutes(wait)
    if of_network:
        text = ngettext(
            "Too many attempts from your network. Wait %(minutes)d minute.",
            "Too many attempts from your network. Wait %(minutes)d minutes.",
            minutes,
        )
    else:
        text = ngettext(
            "Too many attempts. Wait %(minutes)d minute, or recover the password.",
            "Too many attempts. Wait %(minutes)d minutes, or recover the password.",
            minutes,
        )
    params = {"minutes": minutes, "seconds": int(wait.total_seconds()), "of_network": of_network}
    return ValidationError(text, code=PAUSED, params=params)


def _minutes(wait: dt.timedelta) -> int:
    return max(1, -(-int(wait.total_seconds()) // 60))


def attempt_was_right(request: HttpRequest, *, typed: str) -> None:
    """The login counts from nothing; its address gets this one attempt back."""
    counted = _counted(request, user=login_named(typed), typed=typed)
    throttling.forget(scope=ThrottleScope.LOGIN, label=counted.label)
    _give_back_address(request)


def count_code(request: HttpRequest, *, user: User, moment: dt.datetime) -> None:
    """Count an attempt at a one-time or recovery code. Raises GuessingStopped.

    `user` is whose code it is: of a login that is half done, or of who is logged in.
    """
    limits = _limits()
    counted = _counted(request, user=user, typed="")
    try:
        _count_address(request, limit=limits.address, moment=moment)
    except TooManyAttempts as error:
        raise GuessingStopped(wait=error.wait, ends_session=False) from error
    try:
        throttling.count_attempt(
            scope=ThrottleScope.CODE,
            label=counted.label,
            shown=counted.shown,
            user=user,
            limit=limits.code,
            moment=moment,
        )
    except TooManyAttempts as error:
        raise GuessingStopped(wait=error.wait, ends_session=True) from error


def code_was_right(request: HttpRequest, *, user: User) -> None:
    """Give this one attempt back, to the login and to the address."""
    throttling.give_back(scope=ThrottleScope.CODE, label=_counted(request, user=user, typed="").label)
    _give_back_address(request)


def check_api_address(request: HttpRequest, *, moment: dt.datetime) -> None:
    """Raise TooManyAttempts while wrong API keys from this address are paused; counts nothing."""
    for network in counted_networks(client_address(request)):
        throttling.check(scope=ThrottleScope.API, label=network.label, moment=moment)


def count_wrong_api_key(request: HttpRequest, *, moment: dt.datetime) -> None:
    """Count a wrong API key for its address. Raises TooManyAttempts when it is one too many."""
    _count_address(request, limit=_limits().address, moment=moment, scope=ThrottleScope.API)


def guessing_page(request: HttpRequest, stop: GuessingStopped) -> HttpResponse:
    """429 with the wait in words and in Retry-After; ends the session, or the login under way, if `stop` says so."""
    if stop.ends_session:
        note_logout(request, what="Сеанс закончен: подбирали пароль или код")
        logout(request)
    context = {"minutes": _minutes(stop.wait), "ended": stop.ends_session}
    response = render(request, "account/guessing_stopped.html", context, status=429)
    response["Retry-After"] = str(int(stop.wait.total_seconds()))
    response["Cache-Control"] = "no-store"
    return response


def greet_device(request: HttpRequest, response: HttpResponse, *, user: User, moment: dt.datetime) -> None:
    """Recognise the browser by its cookie; tell the owner of a new one, except of the very first."""
    agent = request.META.get("HTTP_USER_AGENT", "")
    greeted = devices.greet(
        user=user, token=request.COOKIES.get(settings.DEVICE_COOKIE_NAME, ""), user_agent=agent, moment=moment
    )
    if greeted.is_new and not greeted.is_first:
        event = f"new-device:{user.pk}:{int(moment.timestamp())}"
        notify_new_device(user=user, device=device_name(agent), moment=moment, event=event)
    response.set_cookie(
        settings.DEVICE_COOKIE_NAME,
        greeted.token,
        max_age=DEVICE_AGE,
        httponly=True,
        secure=request.is_secure(),
        samesite="Lax",
    )


def must_set_up_second_factor(request: HttpRequest) -> bool:
    """Whether this is an employee whom the settings force to carry a second factor, and who has none yet."""
    user = request.user
    return bool(settings.STAFF_TWO_FACTOR_REQUIRED and is_employee(user) and not is_mfa_enabled(user))


def logged_in_lately(request: HttpRequest) -> bool:
    """Whether the login itself is younger than the time for which a repeated password counts."""
    assert isinstance(request.user, User)  # noqa: S101  # asked of a logged-in request only
    records = get_authentication_records(request, request.user)
    return bool(records) and time.time() - records[-1]["at"] < REAUTHENTICATION_TIMEOUT


def require_livejournal(request: HttpRequest, *, identity: str) -> None:
    """Raise PermissionDenied unless the identity is a journal's as the settings name it."""
    template = AccessSettings.load(request_or_site=request).livejournal_identity
    expected = journal_identity(identity, template=template)
    if expected is None or not same_identity(expected, identity):
        raise PermissionDenied(_("This is not a LiveJournal identity."))


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
    )


def note_logout(request: HttpRequest, *, what: str = "Выход") -> None:
    """Write to the audit that a login leaves; nothing when nobody is logged in."""
    if isinstance(request.user, User):
        address = client_address(request)
        audit.write(request.user, audit.LOGOUT, by=request.user, what=what, section="access", address=address)
