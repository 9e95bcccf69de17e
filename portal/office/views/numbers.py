"""Norms, coefficients and key rates: written, shown what they change, then saved."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods
from wagtail.log_actions import log

from portal.accounts.enums import Service
from portal.billing.models import Norm, RaisingCoefficient
from portal.billing.selectors import preview_key_rate, preview_number
from portal.billing.services import add_key_rate, add_number
from portal.core import clock
from portal.office.effects import mark_of, was_seen
from portal.office.number_forms import CoefficientForm, KeyRateForm, NumberForm
from portal.office.views.base import page


@dataclass(frozen=True, slots=True)
class Kind:
    """A dated number: who may add it, its form, what it changes, how it is saved, where its list is."""

    permission: str
    title: "str | Promise"
    form: type[forms.ModelForm]
    template: str
    preview: Callable[[dict[str, Any]], Any]
    save: Callable[[dict[str, Any]], Any]
    index: str


def _preview_of(model: Any) -> Callable[[dict[str, Any]], Any]:
    def preview(data: dict[str, Any]) -> Any:
        return preview_number(
            model=model, service=Service(data["service"]), valid_from=data["valid_from"], value=data["value"]
        )

    return preview


def _save_of(model: Any) -> Callable[[dict[str, Any]], Any]:
    def save(data: dict[str, Any]) -> Any:
        return add_number(
            model=model, service=Service(data["service"]), valid_from=data["valid_from"], value=data["value"],
            source=data["source"],
        )  # fmt: skip

    return save


KINDS = {
    "norm": Kind(
        "billing.add_norm", gettext_lazy("New norm"), NumberForm, "office/numbers/_number.html", _preview_of(Norm),
        _save_of(Norm), "billing_norm_modeladmin_index",
    ),
    "raising": Kind(
        "billing.add_raisingcoefficient", gettext_lazy("New raising coefficient"), CoefficientForm,
        "office/numbers/_number.html", _preview_of(RaisingCoefficient), _save_of(RaisingCoefficient),
        "billing_raisingcoefficient_modeladmin_index",
    ),
    "key-rate": Kind(
        "billing.add_keyrate", gettext_lazy("New key rate"), KeyRateForm, "office/numbers/_key_rate.html",
        lambda data: preview_key_rate(valid_from=data["valid_from"], percent=data["percent"]),
        lambda data: add_key_rate(valid_from=data["valid_from"], percent=data["percent"], today=clock.today()),
        "billing_keyrate_modeladmin_index",
    ),
}  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest, what: str) -> HttpResponse:
    """Write a number, look at what it changes, save it. Saved only by the button under what was shown."""
    kind = KINDS.get(what)
    if kind is None:
        raise Http404
    if not request.user.has_perm(kind.permission):
        raise PermissionDenied
    form = kind.form(request.POST or None, initial=request.GET.dict())
    context: dict[str, Any] = {"form": form, "effect": kind.template, "icon": "decimal", "title": kind.title}
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        if was_seen(request, data):
            _save(request, kind, data)
            return redirect(kind.index)
        context |= {"preview": kind.preview(data), "mark": mark_of(data), "changed": "seen" in request.POST}
    return page(request, "office/preview_form.html", index=kind.index, **context)


def _save(request: HttpRequest, kind: Kind, data: dict[str, Any]) -> None:
    """Save once: a second click finds the number there."""
    try:
        saved = kind.save(data)
    except IntegrityError:
        messages.warning(request, _("This number is saved already."))
        return
    log(instance=saved, action="wagtail.create", user=request.user)
    messages.success(request, _("Saved: %(what)s.") % {"what": saved})
