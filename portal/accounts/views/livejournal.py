"""LiveJournal: a linked identity opens its login; linking itself happens in the profile, after the password."""

from typing import Any

from allauth.account.utils import get_next_redirect_url
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.helpers import complete_social_login
from allauth.socialaccount.internal import statekit
from allauth.socialaccount.internal.flows.connect import do_connect
from allauth.socialaccount.internal.flows.login import pre_social_login
from allauth.socialaccount.models import SocialLogin
from allauth.socialaccount.providers.base import AuthProcess
from allauth.socialaccount.providers.openid.provider import OpenIDProvider
from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django.views.generic import FormView
from openid.consumer import consumer

from portal.accounts import openid_client
from portal.accounts.calculation import journal_identity
from portal.accounts.client_ip import sender_of
from portal.accounts.models import AccessSettings, User
from portal.accounts.services import external_login
from portal.core import clock
from portal.core.rate_limits.declared import Action
from portal.core.rate_limits.edge import show_limit
from portal.core.rate_limits.exceptions import RateLimited
from portal.core.rate_limits.services import spend


class JournalForm(forms.Form):
    """The name of a journal."""

    openid = forms.CharField(
        label=gettext_lazy("Your name in LiveJournal"),
        max_length=200,
        help_text=gettext_lazy("For example ivanov, or the address of the journal."),
        widget=forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false", "autocomplete": "username"}),
    )

    def __init__(self, *args: Any, template: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.template = template

    def clean_openid(self) -> str:
        identity = journal_identity(self.cleaned_data["openid"], template=self.template)
        if identity is None:
            raise ValidationError(_("This is not a name of a journal: letters, digits, a hyphen."))
        return identity


def settings_or_404(request: HttpRequest) -> AccessSettings:
    """The settings while LiveJournal is switched on; otherwise the page does not exist."""
    settings = AccessSettings.load(request_or_site=request)
    if not settings.livejournal_enabled:
        raise Http404
    return settings


def leave(request: HttpRequest, form: forms.Form, *, process: str, next_url: str = "") -> HttpResponse | None:
    """The page that leads to LiveJournal, or None with an error in the form.

    A page with a link, not a redirect: our policy lets forms lead nowhere else.
    """
    try:
        spend(Action.LIVEJOURNAL, sender=sender_of(request))
        target = openid_client.begin(request, identity=form.cleaned_data["openid"], process=process, next_url=next_url)
    except RateLimited as refusal:
        show_limit(request, form, refusal, field="openid")
        return None
    except openid_client.ProviderUnavailable:
        form.add_error("openid", _("LiveJournal does not respond, or there is no such journal. Try again later."))
        return None
    return render(request, "account/livejournal_leave.html", {"target": target})


@method_decorator(never_cache, name="dispatch")
class JournalLoginView(FormView[JournalForm]):
    """Log in with a linked journal."""

    form_class = JournalForm
    template_name = "account/livejournal.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"template": settings_or_404(self.request).livejournal_identity}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"next": get_next_redirect_url(self.request) or ""}

    def form_valid(self, form: JournalForm) -> HttpResponse:
        next_url = get_next_redirect_url(self.request) or ""
        left = leave(self.request, form, process=AuthProcess.LOGIN, next_url=next_url)
        return left or self.form_invalid(form)


@never_cache
@require_safe
def callback(request: HttpRequest) -> HttpResponse:
    """Show where LiveJournal sends the browser back to. Only what the library verified counts."""
    settings_or_404(request)
    answer = openid_client.finish(request)
    if answer.status != consumer.SUCCESS:
        return _failed(request, cancelled=answer.status == consumer.CANCEL)
    provider = OpenIDProvider(request)
    login = provider.sociallogin_from_response(request, answer)
    login.state = statekit.unstash_last_state(request, provider_id=provider.sub_id, raises=True)
    try:
        if login.state.get("process") == AuthProcess.CONNECT:
            return _connect(request, login)
        return complete_social_login(request, login)
    except PermissionDenied:
        return _failed(request)
    except ImmediateHttpResponse as stop:
        return stop.response


def _failed(request: HttpRequest, *, cancelled: bool = False) -> HttpResponse:
    status = 200 if cancelled else 403
    return render(request, "account/livejournal_failed.html", {"cancelled": cancelled}, status=status)


def _connect(request: HttpRequest, login: SocialLogin) -> HttpResponse:
    """Link the identity to who is logged in; one that another login linked is refused."""
    if not isinstance(request.user, User):
        return _failed(request)
    pre_social_login(request, login)
    try:
        do_connect(request, login)
    except ValidationError:
        messages.error(request, _("This journal is linked to another login."))
    else:
        external_login.note_linked(user=request.user, identity=login.account.uid, moment=clock.real_now())
        messages.success(request, _("LiveJournal is linked. Now you can log in with it."))
    return redirect("/personal/profile/")
