"""The page of keys."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from portal.accounts.models import User
from portal.api import selectors, services
from portal.api.exceptions import TooManyKeys
from portal.api.forms import KeyForm


@login_required
@require_http_methods(["GET", "POST"])
def keys(request: HttpRequest) -> HttpResponse:
    """List the login's keys; make one and show its secret this once."""
    user = request.user
    assert isinstance(user, User)  # noqa: S101 (login_required saw to it; for the type checker)
    form = KeyForm(request.POST or None)
    secret = ""
    if request.method == "POST" and form.is_valid():
        try:
            _made, secret = services.make_key(user=user, name=form.cleaned_data["name"])
            form = KeyForm()
        except TooManyKeys:
            form.add_error("name", _("You have ten keys. Revoke one that you no longer need."))
    context = {"form": form, "keys": selectors.keys_of(user), "secret": secret}
    response = render(request, "api/keys.html", context, status=422 if form.errors else 200)
    response["Cache-Control"] = "no-store"
    return response


@login_required
@require_POST
def revoke(request: HttpRequest, key_id: int) -> HttpResponse:
    """End one of the login's own keys."""
    user = request.user
    assert isinstance(user, User)  # noqa: S101
    services.revoke_key(user=user, key_id=key_id)
    return redirect("api-keys")
