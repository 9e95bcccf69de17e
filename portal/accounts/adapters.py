"""Adapters of allauth: no sign-up, attempts are throttled, staff and residents share one login page."""

import datetime as dt
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialAccount, SocialLogin
from allauth.socialaccount.providers.base import AuthProcess
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme

from portal.accounts import login_flow
from portal.accounts.client_ip import client_address
from portal.accounts.exceptions import GuessingStopped
from portal.accounts.models import AccessSettings, User
from portal.core import clock, encryption
from portal.core.models import CompanySettings


class AccountAdapter(DefaultAccountAdapter):
    """Registration takes a visit to the office; allauth sends no mail of its own."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        return client_address(request)

    def is_safe_url(self, url: str) -> bool:
        request: HttpRequest = context.request
        return url_has_allowed_host_and_scheme(
            url, allowed_hosts={request.get_host()}, require_https=request.is_secure()
        )

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count the attempt. Raises a form error that says how long to wait."""
        typed = login_flow.typed_login(credentials)
        try:
            login_flow.count_attempt(request, typed=typed, moment=clock.real_now())
        except ValidationError:
            login_flow.note_refusal(request, typed=typed, why="Вход приостановлен: слишком много попыток")
            raise

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        user: User | None = super().authenticate(request, **credentials)
        if user is not None:
            login_flow.attempt_was_right(request, typed=login_flow.typed_login(credentials))
        return user

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """A wrong password stands in the audit, at login and wherever the password is asked for once more."""
        login_flow.note_refusal(request, typed=login_flow.typed_login(credentials), why="Неверный логин или пароль")

    def reauthenticate(self, user: User, password: str) -> bool:
        """Whether it is the password of who is logged in. Raises GuessingStopped, which ends the session."""
        try:
            return bool(super().reauthenticate(user, password))
        except ValidationError as error:
            if error.code != login_flow.PAUSED or error.params is None:
                raise
            wait = dt.timedelta(seconds=error.params["seconds"])
            raise GuessingStopped(wait=wait, ends_session=not error.params["of_network"]) from error

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        return login_flow.home_of(request.user)

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        """Record the browser; the owner of the login is notified of a new one."""
        response: HttpResponse = super().post_login(request, user, **kwargs)
        login_flow.greet_device(request, response, user=user, moment=clock.real_now())
        login_flow.note_login(request, user=user)
        return response

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Something important asks for the password or code again, except an employee's first second factor.

        Until it is set up nothing else opens for them, and they typed the password a few minutes ago.
        """
        if app == "allauth.mfa" and login_flow.must_set_up_second_factor(context.request):
            return not login_flow.logged_in_lately(context.request)
        return bool(super().is_reauthentication_required(app=app, **kwargs))

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """allauth's own words («Signed in as…») are not ours to say."""

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """Mail goes through the outbox: portal.accounts.notifications."""


class SocialAccountAdapter(DefaultSocialAccountAdapter):
    """A foreign identity opens only a login that linked it, and only while it is switched on."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Refuse what is not a LiveJournal identity as the settings name it, and what nobody linked."""
        if not AccessSettings.load(request_or_site=request).livejournal_enabled:
            raise PermissionDenied
        login_flow.require_livejournal(request, identity=sociallogin.account.uid)
        if sociallogin.state.get("process") != AuthProcess.CONNECT and not sociallogin.is_existing:
            raise ImmediateHttpResponse(render(request, "account/livejournal_unlinked.html", status=403))

    def get_connect_redirect_url(self, request: HttpRequest, socialaccount: SocialAccount) -> str:
        return "/personal/profile/"

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """Mail goes through the outbox."""


class MFAAdapter(DefaultMFAAdapter):
    """Two-factor login: the authenticator app shows the portal's name and the login."""

    def get_totp_label(self, user: User) -> str:
        return str(user.get_username())

    def get_totp_issuer(self) -> str:
        return str(CompanySettings.load().name)

    def encrypt(self, text: str) -> str:
        """Secrets of second factors lie encrypted in the database and so in its backups."""
        return encryption.encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        """Raises CannotDecrypt when its key is no longer in FIELD_ENCRYPTION_KEYS."""
        return encryption.decrypt(encrypted_text)
