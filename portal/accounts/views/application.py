"""The application form (анкета): filled in on screen and printed, which keeps nothing, or sent ahead by choice."""

import datetime as dt
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from portal.accounts import pdfs
from portal.accounts.client_ip import client_address
from portal.accounts.enums import StreetKind
from portal.accounts.phones import russian_phone
from portal.accounts.services import drafts
from portal.core import clock
from portal.core.files.downloads import as_download
from portal.core.form_fields import DayField, past_day
from portal.core.formatting import date_text
from portal.core.rate_limits.declared import Action
from portal.core.rate_limits.edge import show_limit
from portal.core.rate_limits.exceptions import RateLimited
from portal.core.rate_limits.services import Sender, spend

SENT = "application_sent"


class ApplicationForm(forms.Form):
    """Form of the contract's data; only the name is required to print it."""

    last_name = forms.CharField(label=gettext_lazy("Last name"), max_length=80)
    first_name = forms.CharField(label=gettext_lazy("First name"), max_length=80)
    patronymic = forms.CharField(label=gettext_lazy("Patronymic"), max_length=80, required=False)
    born_on = DayField(label=gettext_lazy("Date of birth"), required=False, validators=[past_day])
    phone = forms.CharField(
        label=gettext_lazy("Phone"), max_length=30, required=False, widget=forms.TextInput(attrs={"type": "tel"})
    )
    email = forms.EmailField(label=gettext_lazy("E-mail"), required=False)
    street_kind = forms.ChoiceField(label=gettext_lazy("Kind of street"), choices=StreetKind.choices)
    street = forms.CharField(label=gettext_lazy("Street"), max_length=100)
    house = forms.CharField(label=gettext_lazy("House"), max_length=20)
    flat = forms.CharField(label=gettext_lazy("Flat"), max_length=20, required=False)
    area = forms.DecimalField(
        label=gettext_lazy("Area, square metres"),
        max_digits=8,
        decimal_places=2,
        min_value=1,
        required=False,
        localize=True,
    )
    registered = forms.IntegerField(label=gettext_lazy("Registered persons"), min_value=0, max_value=50, required=False)
    postal_address = forms.CharField(label=gettext_lazy("Postal address, if different"), max_length=250, required=False)
    meters = forms.CharField(
        label=gettext_lazy("Meters: number, reading, verified until"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    agree = forms.BooleanField(label=gettext_lazy("I agree that you store this form for 30 days"), required=False)

    def clean_phone(self) -> str:
        return russian_phone(self.cleaned_data["phone"])

    def values(self) -> dict[str, str]:
        """Return what was typed, as text."""
        return {name: _text(value) for name, value in self.cleaned_data.items() if name != "agree"}

    def printed(self) -> dict[str, str]:
        """The values as they are printed: the address on one line, the date in words."""
        values = self.values()
        kind = StreetKind(values["street_kind"]).label
        flat = f", кв. {values['flat']}" if values["flat"] else ""
        born_on = self.cleaned_data["born_on"]
        return values | {
            "address": f"{kind} {values['street']}, {values['house']}{flat}",
            "born_on": date_text(born_on, year=True) if born_on else "",
        }


def _text(value: Any) -> str:
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, dt.date) else str(value)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def fill_in(request: HttpRequest) -> HttpResponse:
    """Fill the form in; print it, or send it ahead."""
    form = ApplicationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if "print" in request.POST:
            return _pdf(pdfs.application_pdf(form.printed()))
        if _may_be_sent(request, form):
            sent_one = drafts.send_application(data=form.values(), moment=clock.real_now())
            request.session[SENT] = [sent_one.number, sent_one.expires_on.isoformat()]
            return redirect("account_application_sent")
    return render(request, "account/application.html", {"form": form})


def _may_be_sent(request: HttpRequest, form: ApplicationForm) -> bool:
    if not form.cleaned_data["agree"]:
        form.add_error("agree", _("To send the form in advance, agree that we store it."))
        return False
    try:
        spend(Action.APPLICATION, sender=Sender(address=client_address(request)))
    except RateLimited as refusal:
        show_limit(request, form, refusal)
        return False
    return True


@require_safe
def printed(request: HttpRequest) -> HttpResponse:
    """The blank form."""
    return _pdf(pdfs.application_pdf({}))


@never_cache
@require_safe
def sent(request: HttpRequest) -> HttpResponse:
    """The number of what was sent from this browser."""
    if SENT not in request.session:
        return redirect("account_application")
    number, until = request.session[SENT]
    context = {"number": number, "until": dt.date.fromisoformat(until)}
    return render(request, "account/application_sent.html", context)


def _pdf(content: bytes) -> HttpResponse:
    response = HttpResponse(content, content_type="application/pdf", headers={"Cache-Control": "no-store"})
    return as_download(response, "anketa.pdf")
