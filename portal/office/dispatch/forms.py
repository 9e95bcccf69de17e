"""Forms of the dispatcher."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.accounts.enums import Service
from portal.accounts.models import Account, Street
from portal.core.clock import MOSCOW
from portal.core.form_fields import FormTokenField, MomentInput
from portal.core.formatting import phone_text
from portal.office.accounts.selectors import find_account
from portal.service_requests.crews.models import Crew
from portal.service_requests.dispatch.enums import RequestKind, RequestSource, RequestState
from portal.service_requests.dispatch.models import DispatchRequest
from portal.service_requests.outages.models import Outage, OutageKind
from portal.service_requests.outages.selectors import Scope

SCOPE_ROWS = 6
MAX_DIGITS = 18


class MomentField(forms.DateTimeField):
    """A moment by Moscow clocks, by the browser's own control."""

    def __init__(self, **kwargs: Any) -> None:
        formats = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%d.%m.%Y %H:%M"]
        super().__init__(widget=MomentInput(), input_formats=formats, **kwargs)


class FilterForm(forms.Form):
    """Form of the list's filters."""

    q = forms.CharField(label=_("Number, address, phone, caller"), required=False)
    kind = forms.ChoiceField(label=_("Kind"), required=False)
    state = forms.ChoiceField(label=_("State"), required=False)
    crew = forms.ChoiceField(label=_("Crew"), required=False)

    def __init__(self, *args: Any, crews: Sequence[Crew], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        states = [("open", _("Open")), ("", _("All")), *RequestState.choices]
        choices = {
            "kind": [("", _("All kinds")), *RequestKind.choices],
            "state": states,
            "crew": [("", _("All crews")), *((crew.pk, crew.name) for crew in crews)],
        }
        for name, values in choices.items():
            self.fields[name].choices = values  # type: ignore[attr-defined]  # ChoiceFields


class CallForm(forms.Form):
    """A call: of somebody whose account we know, or of anybody."""

    account = forms.CharField(
        label=_("Account number"), required=False, max_length=20, help_text=_("Empty when the caller is not ours.")
    )
    address = forms.CharField(
        label=_("Address"), required=False, max_length=250, help_text=_("Needed without an account.")
    )
    place = forms.CharField(label=_("Where exactly"), required=False, max_length=120)
    kind = forms.ChoiceField(label=_("What happened"), choices=RequestKind.choices)
    text = forms.CharField(label=_("What the caller says"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))
    caller = forms.CharField(label=_("Who calls"), required=False, max_length=120)
    phone = forms.CharField(label=_("Phone"), max_length=40, required=False)
    no_phone = forms.BooleanField(label=_("The caller gave no number"), required=False)

    def clean_account(self) -> Account | None:
        number = self.cleaned_data["account"].strip()
        account = find_account(number) if number else None
        if number and account is None:
            raise forms.ValidationError(_("There is no such account."))
        return account

    def clean(self) -> dict[str, Any]:
        """An account or an address; a phone, or the tick that there is none."""
        data = super().clean() or {}
        if not data.get("account") and not data.get("address") and "account" not in self.errors:
            self.add_error("address", _("Write the address."))
        if not data.get("phone") and not data.get("no_phone"):
            self.add_error("phone", _("Write the number, or tick that the caller gave none."))
        return data

    form_token = FormTokenField()


class CorrectForm(CallForm):
    """A request as it should have been written."""

    field_order = ("kind", "account", "address", "place", "text", "caller", "phone", "no_phone")

    def __init__(self, *args: Any, source: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["form_token"]
        if source != RequestSource.PHONE:
            del self.fields["no_phone"]

    def facts(self) -> dict[str, Any]:
        """The cleaned data as the service takes it; an account brings its address."""
        return {name: value for name, value in self.cleaned_data.items() if name != "no_phone"} | {
            "kind": RequestKind(self.cleaned_data["kind"])
        }


def correct_initial(request: DispatchRequest) -> dict[str, Any]:
    """A stored request as the form shows it."""
    names = ("kind", "address", "place", "text", "caller")
    return {name: getattr(request, name) for name in names} | {
        "account": request.account.number if request.account else "",
        "phone": phone_text(request.phone) if request.phone else "",
        "no_phone": not request.phone,
    }


class OutageForm(forms.Form):
    """An outage with rows of streets; a row without a street is left out."""

    kind = forms.ChoiceField(label=_("Kind"), choices=OutageKind.choices)
    services = forms.MultipleChoiceField(
        label=_("Services"), choices=Service.choices, widget=forms.CheckboxSelectMultiple
    )
    starts_at = MomentField(label=pgettext_lazy("portal", "From"))
    ends_at = MomentField(label=pgettext_lazy("office", "Until"))
    reason = forms.CharField(label=_("Reason"), max_length=250)
    delivery = forms.CharField(label=_("Where water is delivered"), max_length=250, required=False)
    form_token = FormTokenField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        streets = [("", "—"), *((street.pk, str(street)) for street in Street.objects.all())]
        for row in range(SCOPE_ROWS):
            self.fields[f"street-{row}"] = forms.ChoiceField(label=_("Street"), required=False, choices=streets)
            self.fields[f"houses-{row}"] = forms.CharField(
                label=_("Houses"),
                required=False,
                max_length=250,
                widget=forms.TextInput(attrs={"placeholder": "1–15 нечётные, 20, 7А"}),
            )

    def scope_rows(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """Pairs of street and houses."""
        return [(self[f"street-{row}"], self[f"houses-{row}"]) for row in range(SCOPE_ROWS)]

    def plain_fields(self) -> list[forms.BoundField]:
        """The fields above the rows."""
        return [self[name] for name in ("kind", "services", "starts_at", "ends_at", "reason", "delivery")]

    def scopes(self) -> list[Scope]:
        """Return what the rows mean."""
        data = self.cleaned_data
        return [
            Scope(int(data[f"street-{row}"]), data[f"houses-{row}"])
            for row in range(SCOPE_ROWS)
            if data.get(f"street-{row}")
        ]

    def clean(self) -> dict[str, Any]:
        """At least one street, and one for each row of houses."""
        data = super().clean() or {}
        for row in range(SCOPE_ROWS):
            if data.get(f"houses-{row}") and not data.get(f"street-{row}"):
                self.add_error(f"street-{row}", _("Choose a street."))
        if not any(data.get(f"street-{row}") or data.get(f"houses-{row}") for row in range(SCOPE_ROWS)):
            self.add_error("street-0", _("Choose a street."))
        return data


def outage_initial(outage: Outage) -> dict[str, Any]:
    """A stored draft as the form shows it."""
    initial: dict[str, Any] = {
        "kind": outage.kind,
        "services": outage.services,
        "starts_at": outage.starts_at.astimezone(MOSCOW),
        "ends_at": outage.ends_at.astimezone(MOSCOW),
        "reason": outage.reason,
        "delivery": outage.delivery,
    }
    for row, scope in enumerate(outage.scopes.all()[:SCOPE_ROWS]):
        initial |= {f"street-{row}": scope.street_id, f"houses-{row}": scope.houses}
    return initial


def moment_of(text: str) -> dt.datetime | None:
    """A moment typed into a browser's control, Moscow time; None when it is none."""
    try:
        return dt.datetime.fromisoformat(text).replace(tzinfo=MOSCOW)
    except ValueError:
        return None


def number_of(text: str) -> int:
    """The key that a control sent; 0, which no row has, when it is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= MAX_DIGITS else 0
