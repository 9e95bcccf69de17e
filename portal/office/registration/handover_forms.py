"""The form of a new owner, tenant or household member of an account that stands."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.accounts.enums import HolderGround, HolderRole
from portal.accounts.models import Contract, Holder, Person, User
from portal.accounts.services.holders import Handover
from portal.accounts.services.registration import PersonData
from portal.core import clock
from portal.core.form_fields import DayField, VolumeField, past_day
from portal.core.formatting import date_text
from portal.metering.models import Meter
from portal.metering.selectors import Previous
from portal.office.registration.forms import LOGIN_NAME, NEW, PersonForm, describe

OWNERS = (HolderRole.OWNER, HolderRole.TENANT)
OTHERS = (HolderRole.USER, HolderRole.OWNER, HolderRole.TENANT, HolderRole.AGENT)
LONG_AGO = dt.timedelta(days=180)
GROUP_TITLES: dict[str, Promise] = {
    "person": gettext_lazy("Who comes"),
    "ground": gettext_lazy("On what ground, from which day"),
    "leaving": gettext_lazy("Who leaves"),
    "documents": gettext_lazy("Contract, consent, login"),
}
GROUPS: dict[str, tuple[str, ...]] = {
    "person": (
        "same",
        "last_name",
        "first_name",
        "patronymic",
        "born_on",
        "phone",
        "email",
        "postal_address",
        "passport_checked",
    ),
    "ground": ("role", "since", "long_ago", "ground", "document", "document_on"),
    "leaving": ("leaving",),
    "documents": ("contract_number", "consent_signed_on", "wanted", "username"),
}


class HandoverForm(PersonForm):
    """Form of a handover: who comes and who leaves, the ground, papers and login.

    `replaces` is whether the screen is about a new owner or tenant, who takes the account over, or about one more
    person on it. `chosen` is a person found in the register before the form was opened.
    """

    role = forms.ChoiceField(label=gettext_lazy("Who the person is"))
    since = DayField(
        label=gettext_lazy("From which day (inclusive)"),
        validators=[past_day],
        help_text=gettext_lazy("The day of the transfer: of the register's record, of the will, of the lease."),
    )
    long_ago = forms.BooleanField(label=gettext_lazy("Yes, it was more than half a year ago"))
    ground = forms.ChoiceField(label=gettext_lazy("Ground"), choices=[("", "—"), *HolderGround.choices])
    document = forms.CharField(
        label=gettext_lazy("Number of the document"),
        max_length=80,
        help_text=gettext_lazy("Of the register's extract, contract, certificate."),
    )
    document_on = DayField(label=gettext_lazy("Date of the document"), validators=[past_day])
    leaving = forms.MultipleChoiceField(
        label=gettext_lazy("Their last day is the day before; they no longer see the account"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    contract_number = forms.CharField(
        label=gettext_lazy("Contract number"),
        max_length=30,
        required=False,
        help_text=gettext_lazy("Empty: no new contract is made."),
    )
    consent_signed_on = DayField(
        label=gettext_lazy("Consent to the processing of data, signed on paper"), required=False, validators=[past_day]
    )
    wanted = forms.BooleanField(label=gettext_lazy("Get access to My account"), required=False)
    username = forms.CharField(
        label=gettext_lazy("Login name"),
        max_length=30,
        required=False,
        validators=[LOGIN_NAME],
        help_text=gettext_lazy("The person sees it on the slip and may log in by e-mail too."),
    )

    def __init__(
        self, *args: Any, present: Sequence[Holder], replaces: bool, chosen: Person | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        roles = OWNERS if replaces else OTHERS
        self.order_fields([name for names in GROUPS.values() for name in names])
        self._choices("role", [(role.value, role.label) for role in roles])
        self._choices("leaving", [(str(holder.pk), _holder(holder)) for holder in present])
        if not present:
            del self.fields["leaving"]
        if not self.is_bound or not self._is_long_ago():
            del self.fields["long_ago"]
        if chosen is not None and not self.is_bound:
            self.duplicates = [chosen]
            self.fields["same"] = forms.ChoiceField(
                label=gettext_lazy("This person is already registered"),
                widget=forms.RadioSelect,
                initial=chosen.pk,
                choices=[(str(chosen.pk), describe(chosen)), (NEW, _("Another person of the same name"))],
            )

    def _choices(self, name: str, choices: list[tuple[str, Any]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  # declared above
        field.choices = choices

    def _is_long_ago(self) -> bool:
        try:
            since = self.fields["since"].clean(self.data.get(self.add_prefix("since")))
        except ValidationError:
            return False
        return bool(since < clock.today() - LONG_AGO)

    def groups(self) -> list[tuple[Promise, list[forms.BoundField]]]:
        """The fields under their headings."""
        shown = [
            (GROUP_TITLES[key], [self[name] for name in names if name in self.fields]) for key, names in GROUPS.items()
        ]
        return [(title, fields) for title, fields in shown if fields]

    def clean_contract_number(self) -> str:
        number: str = self.cleaned_data["contract_number"].strip()
        if number and Contract.objects.filter(number=number).exists():
            raise ValidationError(_("Contract %(number)s already exists.") % {"number": number})
        return number

    def clean_username(self) -> str:
        username: str = self.cleaned_data["username"].strip().lower()
        if username and User.objects.filter(username__iexact=username).exists():
            raise ValidationError(_("This login name is taken."))
        return username

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        has_login = self.known is not None and self.known.user_id is not None
        wants = bool(cleaned.get("wanted")) and not has_login
        if wants and not cleaned.get("username") and "username" not in self.errors:
            self.add_error("username", _("Enter the login."))
        email = cleaned.get("email")
        if wants and email and User.objects.filter(email__iexact=email).exists():
            self.add_error("email", _("This e-mail address belongs to another login."))
        return cleaned

    def handover(self) -> Handover:
        """The cleaned form as the service takes it."""
        data = self.cleaned_data
        names = ("last_name", "first_name", "patronymic", "born_on", "phone", "email", "postal_address")
        has_login = self.known is not None and self.known.user_id is not None
        return Handover(
            person=PersonData(known=self.known, **{name: data[name] for name in names}),
            role=data["role"],
            since=data["since"],
            ground=data["ground"],
            document=data["document"],
            document_on=data["document_on"],
            leaving=[int(key) for key in data.get("leaving", ())],
            contract_number=data["contract_number"],
            consent_signed_on=data["consent_signed_on"],
            username=data["username"] if data["wanted"] and not has_login else "",
        )


def _holder(holder: Holder) -> str:
    return f"{holder.person.full_name}, {holder.get_role_display().lower()}, с {date_text(holder.since, year=True)}"


class FinalReadingForm(forms.Form):
    """Form of a meter's value on the day of the handover; empty when nobody looked."""

    value = VolumeField(label=gettext_lazy("Reading, m³"), required=False)
    confirmed_high = forms.BooleanField(label=gettext_lazy("Far above the usual, checked"), required=False)
    confirmed_rollover = forms.BooleanField(label=gettext_lazy("The meter turned past its last digit"), required=False)


@dataclass(slots=True)
class FinalReading:
    """A meter with what its volume counts from, and the form of its reading, m³."""

    meter: Meter
    previous: Previous
    form: FinalReadingForm

    @property
    def value(self) -> Decimal | None:
        """The cleaned reading; None when none was written."""
        value: Decimal | None = self.form.cleaned_data.get("value")
        return value
