"""Forms of an account's registered persons, services and end."""

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.accounts.enums import Service
from portal.core.form_fields import DayField, past_day
from portal.office.common.forms import WithoutColons

MAX_PERSONS, MANY_PERSONS = 50, 10
TOO_MANY = gettext_lazy("More than %(limit_value)s persons cannot be entered here. Check the number.")
START, STOP = "start", "stop"
MOVE, WITHDRAW = "move", "withdraw"


class PersonsForm(WithoutColons, forms.Form):
    """So many are registered from a day on; more than ten are asked about."""

    since = DayField(label=gettext_lazy("From which day (inclusive)"), validators=[past_day])
    registered = forms.IntegerField(
        label=gettext_lazy("Registered persons"),
        min_value=0,
        max_value=MAX_PERSONS,
        error_messages={"max_value": TOO_MANY},
        help_text=gettext_lazy("0: nobody is registered, owners count (Rules 354, item 56(2))."),
    )
    owners = forms.IntegerField(
        label=gettext_lazy("Owners"),
        min_value=1,
        max_value=MAX_PERSONS,
        initial=1,
        error_messages={"max_value": TOO_MANY},
    )
    many = forms.BooleanField(label=gettext_lazy("Yes, more than ten"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asked_about = [
            name for name in ("registered", "owners") if MANY_PERSONS < self._typed(name) <= MAX_PERSONS
        ]
        if not self.asked_about:
            del self.fields["many"]

    def _typed(self, name: str) -> int:
        text = str(self.data.get(name, "")).strip()
        return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if "many" in self.fields and not data.get("many"):
            for name in self.asked_about:
                self.add_error(name, _("More than ten persons. If it is right, tick the box."))
        return data


class ServiceForm(WithoutColons, forms.Form):
    """A service begins or ends on a day."""

    service = forms.ChoiceField(label=gettext_lazy("Service"), choices=Service.choices, widget=forms.RadioSelect)
    what = forms.ChoiceField(
        label=gettext_lazy("Begins or ends"),
        choices=[(START, gettext_lazy("is supplied from this day")), (STOP, gettext_lazy("ends with this day"))],
        widget=forms.RadioSelect,
    )
    day = DayField(label=gettext_lazy("Day (inclusive)"), validators=[past_day])


class ServiceCorrectionForm(WithoutColons, forms.Form):
    """A service that was entered by mistake gets other days, or is withdrawn."""

    what = forms.ChoiceField(
        label=gettext_lazy("What was wrong"),
        choices=[
            (MOVE, gettext_lazy("the days: they are as below")),
            (WITHDRAW, gettext_lazy("everything: the service was never supplied, withdraw the entry")),
        ],
        widget=forms.RadioSelect,
    )
    since = DayField(label=gettext_lazy("First day (inclusive)"), validators=[past_day])
    until = DayField(
        label=gettext_lazy("Last day (inclusive)"),
        validators=[past_day],
        required=False,
        help_text=gettext_lazy("Empty: it goes on."),
    )
    reason = forms.CharField(
        label=gettext_lazy("Why it is corrected"),
        max_length=200,
        help_text=gettext_lazy("It is recorded in the audit."),
    )

    def days(self) -> tuple[dt.date, dt.date | None] | None:
        """The right days; None: the entry is withdrawn."""
        data = self.cleaned_data
        return None if data["what"] == WITHDRAW else (data["since"], data["until"])


class CloseAccountForm(WithoutColons, forms.Form):
    """The last day of an account."""

    day = DayField(label=gettext_lazy("Last day of the account (inclusive)"), validators=[past_day])
    sure = forms.BooleanField(
        label=gettext_lazy("Final readings are entered; the account is to be closed"),
        error_messages={"required": gettext_lazy("Enter the final readings, then tick here.")},
    )


def initial_day(today: dt.date) -> dict[str, Any]:
    """Today for the day of a change."""
    return {"since": today, "day": today}
