"""Coming in and going out: parse, one call of a service, answer."""

from typing import Any

from allauth.account import views as allauth_views
from allauth.account.internal import flows
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.accounts import login_flow
from portal.accounts.client_ip import sender_of
from portal.accounts.exceptions import EmailTaken, LinkSpent
from portal.accounts.forms import ChangePasswordForm, FirstPasswordForm, LoginForm, RecoveryForm, with_wait
from portal.accounts.middleware import WANTED
from portal.accounts.models import AccessSettings, User
from portal.accounts.services import email_change, recovery
from portal.accounts.staff import is_employee
from portal.core import clock
from portal.core.rate_limits.edge import show_limit
from portal.core.rate_limits.exceptions import RateLimited


@method_decorator(ensure_csrf_cookie, name="dispatch")
class LoginView(allauth_views.LoginView):
    """allauth's login with our form. While guessing is paused: 429 with Retry-After."""

    def form_invalid(self, form: LoginForm) -> HttpResponse:
        response: HttpResponse = super().form_invalid(form)
        return with_wait(response, form)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        data: dict[str, Any] = super().get_context_data(**kwargs)
        settings = AccessSettings.load(request_or_site=self.request)
        return data | {"livejournal": settings.livejournal_enabled, "next": self.get_next_url() or ""}


@require_POST
def logout(request: HttpRequest) -> HttpResponse:
    """Leave; the session's key dies."""
    login_flow.note_logout(request)
    flows.logout.logout(request, show_message=False)
    return redirect("/")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def recover(request: HttpRequest) -> HttpResponse:
    """«Забыли пароль»: the answer is the same whether or not the login exists."""
    form = RecoveryForm(request.POST or None, request=request)
    if request.method == "POST" and form.is_valid():
        form.save()
        return redirect("account_reset_password_done")
    return render(request, "account/password_reset.html", {"form": form})


@require_safe
def recovery_noted(request: HttpRequest) -> HttpResponse:
    """Show what happens next, and what to do without an e-mail address."""
    return render(request, "account/password_reset_done.html")


@require_safe
def recovered(request: HttpRequest) -> HttpResponse:
    """The new password works."""
    return render(request, "account/password_reset_from_key_done.html")


@login_required
@never_cache
@sensitive_post_parameters("password1", "password2")
@require_http_methods(["GET", "HEAD", "POST"])
def first_password(request: HttpRequest) -> HttpResponse:
    """The first login replaces the one-time password; until then nothing else opens."""
    user = _user(request)
    if not user.must_change_password:
        return redirect(login_flow.home_of(user))
    form = FirstPasswordForm(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid() and _offered_address(request, user, form):
        _new_password(request, user, form.cleaned_data["password1"])
        messages.success(request, _("Password set."))
        wanted = request.session.pop(WANTED, "")
        inside = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
        return redirect(wanted if inside else login_flow.home_of(user))
    return render(request, "account/password_first.html", {"form": form})


def _offered_address(request: HttpRequest, user: User, form: FirstPasswordForm) -> bool:
    address = form.cleaned_data.get("email", "")
    if not address:
        return True
    try:
        email_change.ask(user=user, address=address, moment=clock.real_now(), sender=sender_of(request))
    except RateLimited as refusal:
        show_limit(request, form, refusal, field="email")
        return False
    return True


@login_required
@never_cache
@sensitive_post_parameters("old_password", "password1", "password2")
@require_http_methods(["GET", "HEAD", "POST"])
def change_password(request: HttpRequest) -> HttpResponse:
    """The old password and a new one; other sessions end."""
    user = _user(request)
    form = ChangePasswordForm(request.POST or None, user=user, request=request)
    if request.method == "POST" and form.is_valid():
        _new_password(request, user, form.cleaned_data["password1"])
        messages.success(request, _("Password changed. Other devices have to log in again."))
        return redirect(login_flow.home_of(user) + ("" if is_employee(user) else "profile/"))
    return render(request, "account/password_change.html", {"form": form})


def _new_password(request: HttpRequest, user: User, password: str) -> None:
    """Set it; this session goes on under a new key, all others end."""
    recovery.set_new_password(
        user=user, password=password, moment=clock.real_now(), keep_session=request.session.session_key or ""
    )
    old_key = request.session.session_key
    update_session_auth_hash(request, user)
    login_flow.session_moved(request, old_key=old_key or "")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm_email(request: HttpRequest, token: str) -> HttpResponse:
    """A letter's link: a button, so that a mail scanner that follows links confirms nothing."""
    try:
        change = email_change.waiting(token=token)
        if request.method == "POST":
            email_change.confirm(change_id=change.pk, moment=clock.real_now())
            return render(request, "account/email_confirmed.html", {"address": change.address})
    except (LinkSpent, EmailTaken):
        return render(request, "account/link_spent.html", status=410)
    return render(request, "account/email_confirm.html", {"address": change.address})


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101  # login_required stands before
    return request.user
