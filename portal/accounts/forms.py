"""Forms of coming in: login, recovery, a new password, the code of an authenticator app."""

from typing import Any

from allauth.account import forms as allauth_forms
from allauth.account.adapter import get_adapter
from allauth.core import context
from allauth.mfa.adapter import get_adapter as get_mfa_adapter
from allauth.mfa.base import forms as mfa_forms
from allauth.mfa.models import Authenticator
from allauth.mfa.totp import forms as totp_forms
from django import forms
from django.contrib.auth import password_validation
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from portal.accounts import login_flow, second_factor
from portal.accounts.client_ip import client_address
from portal.accounts.exceptions import GuessingStopped
from portal.accounts.login_flow import PAUSED
from portal.accounts.models import User
from portal.accounts.services import recovery
from portal.core import clock
from portal.core.rate_limits.declared import Action
from portal.core.rate_limits.edge import mark_limited, refusal_error
from portal.core.rate_limits.exceptions import RateLimited
from portal.core.rate_limits.services import Sender, spend

WRONG = _("Wrong login or password. Check the keyboard layout and Caps Lock.")
PASSWORD_HINT = _("At least 10 characters, not only digits, not your name.")


def _text(label: Any, autocomplete: str, **kwargs: Any) -> forms.CharField:
    widget = forms.TextInput(
        attrs={"autocomplete": autocomplete, "autocapitalize": "none", "spellcheck": "false", "dir": "auto"}
    )
    return forms.CharField(label=label, max_length=254, widget=widget, **kwargs)


def _password(label: Any, autocomplete: str, **kwargs: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        strip=False,
        max_length=128,
        widget=forms.PasswordInput(attrs={"autocomplete": autocomplete}),
        **kwargs,
    )


def wait_of(form: forms.BaseForm) -> int:
    """Return how many seconds the pause lasts that a form's errors speak of; 0 when they speak of none."""
    errors = form.non_field_errors().as_data()
    return next((error.params["seconds"] for error in errors if error.code == PAUSED and error.params), 0)


def with_wait(response: HttpResponse, form: forms.BaseForm) -> HttpResponse:
    """429 with Retry-After when the form's errors speak of a pause; otherwise the response as it is."""
    wait = wait_of(form)
    if wait:
        response.status_code = 429
        response["Retry-After"] = str(wait)
    return response


class LoginForm(allauth_forms.LoginForm):
    """Login name or e-mail with a password. One answer for every mistake."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"] = _text(_("Login or e-mail"), "username")
        self.fields["password"] = _password(_("Password"), "current-password")
        self.fields["remember"] = forms.BooleanField(label=_("Remember me on this device"), required=False)
        self.order_fields(["login", "password", "remember"])

    @property
    def wait_seconds(self) -> int:
        """Return how long the pause lasts when guessing is paused, else 0."""
        return wait_of(self)

    def clean(self) -> dict[str, Any]:
        """Answer the same for an unknown login and a wrong password."""
        try:
            cleaned: dict[str, Any] = super().clean()
        except ValidationError as error:
            if error.code == PAUSED:
                raise
            raise ValidationError(WRONG, code="wrong") from error
        return cleaned


class RecoveryForm(forms.Form):
    """«Забыли пароль»: login or e-mail."""

    login = _text(_("Login or e-mail"), "username")

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("login"):
            self._count(cleaned["login"])
        return cleaned

    def _count(self, typed: str) -> None:
        """Count for the client's address and for what was typed, whether or not it is a login."""
        try:
            spend(Action.RECOVERY, sender=Sender(address=client_address(self.request)), mailbox=typed)
        except RateLimited as refusal:
            mark_limited(self.request, refusal)
            raise refusal_error(refusal) from refusal

    def save(self) -> None:
        """Note what was asked; a job answers it."""
        recovery.ask(
            asked_for=self.cleaned_data["login"],
            moment=clock.real_now(),
            english=getattr(self.request, "LANGUAGE_CODE", "ru") == "en",
        )


class NewPasswordFields(forms.Form):
    """A new password, twice."""

    password1 = _password(_("New password"), "new-password", help_text=PASSWORD_HINT)
    password2 = _password(_("New password again"), "new-password")
    user: User | None = None

    def clean_password1(self) -> str:
        password: str = self.cleaned_data["password1"]
        password_validation.validate_password(password, self.user)
        if self.user is not None and self.user.check_password(password):
            raise ValidationError(_("This is the old password. Choose another one."))
        return password

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "password1" in cleaned and cleaned.get("password2") not in (None, cleaned["password1"]):
            self.add_error("password2", _("The passwords do not match."))
        return cleaned


class RecoveredPasswordForm(NewPasswordFields):
    """The form behind a recovery link; allauth's view gives it the login and the key."""

    def __init__(self, *args: Any, user: User | None = None, temp_key: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def save(self) -> None:
        """Set the password, end every session of the login and its pause."""
        assert self.user is not None  # noqa: S101  # the view shows no form without a login
        recovery.recover(user=self.user, password=self.cleaned_data["password1"], moment=clock.real_now())


class FirstPasswordForm(NewPasswordFields):
    """The first login chooses a password and may name an e-mail address."""

    email = forms.EmailField(
        label=_("E-mail"),
        required=False,
        help_text=_("Bills and recovery of access come there. We shall send a letter to confirm it."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        if user.email_confirmed_at is not None:
            del self.fields["email"]
        else:
            self.fields["email"].initial = user.email


class ChangePasswordForm(NewPasswordFields):
    """The old password, then the new one twice."""

    old_password = _password(_("Current password"), "current-password")
    field_order = ["old_password", "password1", "password2"]

    def __init__(self, *args: Any, user: User, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.request = request

    def clean_old_password(self) -> str:
        password: str = self.cleaned_data["old_password"]
        require_password(self.request, password)
        return password


class UserTokenForm(allauth_forms.UserTokenForm):
    """The recovery link's token: Django's own, spent by the change of the password and by a login."""

    token_generator = PasswordResetTokenGenerator()


class ReauthenticateForm(allauth_forms.ReauthenticateForm):
    """The password once more before something important."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"] = _password(_("Password"), "current-password")


def require_password(request: HttpRequest, password: str) -> None:
    """Raise ValidationError unless this is the password of who is logged in. Tries are counted: GuessingStopped."""
    if not get_adapter(request).reauthenticate(request.user, password):
        raise ValidationError(_("Wrong password. Check the keyboard layout and Caps Lock."))


class _CodeForm(forms.Form):
    """«Код» as a field of ours; every attempt is counted before the code is looked at, a right one is given back."""

    user: User
    help_text: Any = ""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["code"]
        field.label, field.help_text = _("Code from the app"), self.help_text
        field.widget.attrs = {"autocomplete": "one-time-code", "inputmode": "numeric"}

    def clean_code(self) -> str:
        """Raises ValidationError for a wrong code, GuessingStopped for one too many."""
        request = context.request
        try:
            login_flow.count_code(request, user=self.user, moment=clock.real_now())
            code: str = super().clean_code()  # type: ignore[misc]  # allauth's form stands beside
            if not self._taken_for_the_first_time(code):
                raise get_mfa_adapter().validation_error("incorrect_code")
        except (ValidationError, GuessingStopped):
            login_flow.note_refused_code(request, user=self.user)
            raise
        login_flow.code_was_right(request, user=self.user)
        return code

    def _taken_for_the_first_time(self, code: str) -> bool:
        return True


class _KnownAppForm(_CodeForm):
    """A code of an app that is set up, or a recovery code: each works once, and opens this session's second factor."""

    authenticator: Authenticator

    def _taken_for_the_first_time(self, code: str) -> bool:
        if self.authenticator.type != Authenticator.Type.TOTP:
            return True  # allauth crosses recovery codes out, under a lock
        return second_factor.take_code(self.authenticator, code)

    def save(self) -> None:
        super().save()  # type: ignore[misc]  # allauth's form stands beside
        second_factor.note_passed(context.request, self.user)


class AuthenticateForm(_KnownAppForm, mfa_forms.AuthenticateForm):
    """The code of the app, or one of the recovery codes."""

    help_text = _("Or one of your recovery codes.")


class MFAReauthenticateForm(_KnownAppForm, mfa_forms.ReauthenticateForm):
    """The code once more before something important."""


class ActivateTOTPForm(_CodeForm, totp_forms.ActivateTOTPForm):
    """The first code of a new app."""
