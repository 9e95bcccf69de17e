"""The steps of a registration, each checked at once and once more at the end."""

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.forms import BaseFormSet, formset_factory
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.accounts.calculation import number_spellings
from portal.accounts.enums import HolderRole, PremisesKind, ReceiptDelivery, Service, StreetKind
from portal.accounts.models import Account, Contract, Holder, Person, Premises, User
from portal.accounts.phones import russian_phone
from portal.accounts.selectors.people import people_like
from portal.accounts.services import address_lookup
from portal.accounts.services.address_lookup import TypedAddress
from portal.core import clock
from portal.core.form_fields import DayField, past_day
from portal.core.refusals import add_error
from portal.core.service_catalogue import METERED, METERED_CHOICES
from portal.metering.models import MeterType
from portal.metering.registration import DEFAULT_DIGITS, NewMeter, meter_checks, normalise_serial, refusals_of

NEW = "new"
LOGIN_NAME = RegexValidator(r"\A[a-z0-9][a-z0-9._-]{2,29}\Z", gettext_lazy("Latin letters, digits, a dot: 3 to 30."))


def proper_name(text: str) -> str:
    """«ИВАНОВА-ПЕТРОВА» and «иванова-петрова» as «Иванова-Петрова»; a name of both cases stays as it was typed."""
    name = " ".join(text.split())
    return name.title() if name.islower() or name.isupper() else name


class PersonForm(forms.Form):
    """The person, as in the passport. A duplicate in the register is shown before a second one is made."""

    last_name = forms.CharField(label=gettext_lazy("Last name"), max_length=80)
    first_name = forms.CharField(label=gettext_lazy("First name"), max_length=80)
    patronymic = forms.CharField(label=gettext_lazy("Patronymic"), max_length=80, required=False)
    born_on = DayField(label=gettext_lazy("Date of birth"))
    phone = forms.CharField(label=gettext_lazy("Phone"), max_length=30, required=False)
    email = forms.EmailField(label=gettext_lazy("E-mail"), required=False)
    postal_address = forms.CharField(label=gettext_lazy("Postal address, if different"), max_length=250, required=False)
    passport_checked = forms.BooleanField(label=gettext_lazy("I saw the passport, the data are the same"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.duplicates: list[Person] = self._duplicates() if self.is_bound else []
        if self.duplicates:
            self.fields["same"] = forms.ChoiceField(
                label=gettext_lazy("This person is already registered"),
                required=False,
                widget=forms.RadioSelect,
                choices=[(str(person.pk), describe(person)) for person in self.duplicates]
                + [(NEW, _("Another person of the same name"))],
            )
            self.order_fields(["same"])

    def _duplicates(self) -> list[Person]:
        try:
            born_on = self.fields["born_on"].clean(self.data.get(self.add_prefix("born_on")))
        except ValidationError:
            born_on = None
        last_name, first_name = (
            str(self.data.get(self.add_prefix(n), "")).strip() for n in ("last_name", "first_name")
        )
        return people_like(last_name=last_name, first_name=first_name, born_on=born_on) if last_name else []

    def clean_last_name(self) -> str:
        return proper_name(self.cleaned_data["last_name"])

    def clean_first_name(self) -> str:
        return proper_name(self.cleaned_data["first_name"])

    def clean_patronymic(self) -> str:
        return proper_name(self.cleaned_data["patronymic"])

    def clean_phone(self) -> str:
        return russian_phone(self.cleaned_data["phone"])

    def clean_born_on(self) -> dt.date:
        born_on: dt.date = self.cleaned_data["born_on"]
        if not dt.date(1900, 1, 1) <= born_on <= clock.today():
            raise ValidationError(_("Check the year of birth."))
        return born_on

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.duplicates and not cleaned.get("same") and "same" not in self.errors:
            self.add_error("same", _("Choose: is it the same person or another one?"))
        return cleaned

    @property
    def known(self) -> Person | None:
        """The person of the register that was chosen."""
        chosen = self.cleaned_data.get("same", "")
        return next((person for person in self.duplicates if str(person.pk) == chosen), None)


def describe(person: Person) -> str:
    """A person by name, birthday, phone and accounts, to distinguish people of the same name."""
    numbers = ", ".join(holding.account.number for holding in person.holdings.all() if holding.until is None)
    parts = [person.full_name, f"{person.born_on:%d.%m.%Y}" if person.born_on else "", person.phone, numbers]
    return " · ".join(part for part in parts if part)


class PremisesForm(forms.Form):
    """The premises: looked up in the register, or created from street and house."""

    street_kind = forms.ChoiceField(label=gettext_lazy("Kind of street"), choices=StreetKind.choices)
    street = forms.CharField(
        label=gettext_lazy("Street"),
        max_length=100,
        widget=forms.TextInput(attrs={"list": "streets", "autocomplete": "off"}),
    )
    house = forms.CharField(
        label=gettext_lazy("House"), max_length=20, help_text=gettext_lazy("As written: 4, 12k2, 7A.")
    )
    flat = forms.CharField(
        label=gettext_lazy("Flat or room"),
        max_length=20,
        required=False,
        help_text=gettext_lazy("Empty for a private house."),
    )
    kind = forms.ChoiceField(label=gettext_lazy("Kind of premises"), choices=PremisesKind.choices)
    area = forms.DecimalField(
        label=gettext_lazy("Area, square metres"),
        max_digits=8,
        decimal_places=2,
        min_value=1,
        required=False,
        localize=True,
    )
    postcode = forms.RegexField(label=gettext_lazy("Postcode"), regex=r"\A\d{6}\Z", required=False)
    meter_feasible = forms.BooleanField(label=gettext_lazy("A meter can be mounted"), required=False, initial=True)
    new_street = forms.BooleanField(label=gettext_lazy("Yes, this is a new street"), required=False)
    field_order = ("street_kind", "street", "new_street")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.premises: Premises | None = None
        self.existing: Account | None = None
        if not self._unknown_street():
            del self.fields["new_street"]

    def _unknown_street(self) -> bool:
        """Whether a street was typed that the register does not have: only then a new one may be confirmed."""
        street = str(self.data.get(self.add_prefix("street"), "")).strip()
        kind = str(self.data.get(self.add_prefix("street_kind"), ""))
        return bool(street) and address_lookup.find_street(kind, street) is None

    def _no_such_street(self, name: str) -> str:
        near = ", ".join(str(street) for street in address_lookup.near_streets(name))
        if near:
            return _("There is no such street in the register. Similar: %(near)s. If it is new, tick the box.") % {
                "near": near
            }
        return _("There is no such street in the register. If it is new, tick the box below.")

    def place(self) -> TypedAddress:
        """The address as it was typed."""
        data = self.cleaned_data
        return TypedAddress(
            street_kind=data["street_kind"],
            street=data["street"],
            house=data["house"],
            flat=data["flat"],
            postcode=data["postcode"],
            kind=data["kind"],
            area=data["area"],
            meter_feasible=data["meter_feasible"],
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.errors:
            return cleaned
        place = self.place()
        if "new_street" in self.fields and not cleaned["new_street"]:
            self.add_error("street", self._no_such_street(place.street))
            return cleaned
        if place.kind == PremisesKind.FLAT and not place.flat:
            self.add_error("flat", _("Enter the flat number."))
        self.premises = address_lookup.find_premises(place)
        self.existing = address_lookup.open_account_at(self.premises) if self.premises else None
        if self.existing is not None:
            self.add_error(
                None,
                _("These premises have the open account %(number)s: add a holder to it.") % {"number": self.existing},
            )
        return cleaned


class AccountForm(forms.Form):
    """The account: number by the scheme or typed, services, persons."""

    number = forms.RegexField(label=gettext_lazy("Account number"), regex=r"\A[0-9-]{4,20}\Z")
    opened_on = DayField(label=gettext_lazy("Opened"))
    role = forms.ChoiceField(label=gettext_lazy("Who the person is"), choices=HolderRole.choices)
    services = forms.MultipleChoiceField(
        label=gettext_lazy("Services"), choices=Service.choices, widget=forms.CheckboxSelectMultiple
    )
    registered = forms.IntegerField(label=gettext_lazy("Registered persons"), min_value=0, max_value=50)
    owners = forms.IntegerField(label=gettext_lazy("Owners"), min_value=1, max_value=50, initial=1)
    delivery = forms.ChoiceField(label=gettext_lazy("Receipts"), choices=ReceiptDelivery.choices)
    els = forms.RegexField(
        label=gettext_lazy("Unified account number"),
        regex=r"\A[0-9]{2}[0-9A-Za-zА-Яа-я]{8}\Z",
        required=False,
        help_text=gettext_lazy("10 characters, if it is known."),
    )

    def clean_number(self) -> str:
        number: str = self.cleaned_data["number"]
        existing = Account.objects.filter(number__in=number_spellings(number)).first()
        if existing is not None:
            raise ValidationError(_("Account %(number)s already exists.") % {"number": existing.number})
        return number

    def clean_opened_on(self) -> dt.date:
        opened_on: dt.date = self.cleaned_data["opened_on"]
        if opened_on > clock.today() + dt.timedelta(days=31):
            raise ValidationError(_("At most a month ahead."))
        return opened_on


class NewMeterForm(forms.Form):
    """One meter with its first reading."""

    service = forms.ChoiceField(
        label=gettext_lazy("Water"),
        choices=METERED_CHOICES,
        initial=METERED[0],
    )
    place = forms.CharField(label=gettext_lazy("Place"), max_length=60, required=False)
    type = forms.ModelChoiceField(label=gettext_lazy("Type"), queryset=MeterType.objects.all(), required=False)
    serial_number = forms.CharField(label=gettext_lazy("Serial number"), max_length=40)
    start_value = forms.DecimalField(
        label=gettext_lazy("First reading, cubic metres"), max_digits=12, decimal_places=3, min_value=0, localize=True
    )
    seal_number = forms.CharField(label=gettext_lazy("Seal"), max_length=40, required=False)
    verified_until = DayField(label=gettext_lazy("Verified until"))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        typed = {name: cleaned.get(name) for name in ("service", "serial_number", "start_value", "verified_until")}
        for refusal in refusals_of(meter_checks(on=clock.today(), digits=_digits(cleaned.get("type")), **typed)):
            add_error(self, refusal, for_staff=True, fields={"value": "start_value"})
        return cleaned

    def meter(self) -> NewMeter:
        """The meter that was typed."""
        return NewMeter(**self.cleaned_data, digits=_digits(self.cleaned_data["type"]))


def _digits(chosen: MeterType | None) -> int:
    return chosen.digits if chosen else DEFAULT_DIGITS


class _Meters(BaseFormSet):
    def clean(self) -> None:
        if any(self.errors):
            return
        meters = [form.meter() for form in self.filled]
        serials = [(meter.service, normalise_serial(meter.serial_number)) for meter in meters]
        if len(serials) != len(set(serials)):
            raise ValidationError(_("The same serial number is entered twice."))

    @property
    def filled(self) -> list[NewMeterForm]:
        """The rows that were filled in."""
        return [form for form in self.forms if form.cleaned_data]


MetersFormSet = formset_factory(NewMeterForm, formset=_Meters, extra=4, max_num=4, validate_max=True)


class ContractForm(forms.Form):
    """The contract and the consent signed with it."""

    number = forms.CharField(label=gettext_lazy("Contract number"), max_length=30)
    signed_on = DayField(label=gettext_lazy("Signed"))
    consent_signed_on = DayField(label=gettext_lazy("Consent to the processing of data, signed on paper"))

    def clean_number(self) -> str:
        number: str = self.cleaned_data["number"]
        if Contract.objects.filter(number=number).exists():
            raise ValidationError(_("Contract %(number)s already exists.") % {"number": number})
        return number

    def clean_consent_signed_on(self) -> dt.date:
        day: dt.date = self.cleaned_data["consent_signed_on"]
        if day > clock.today():
            raise ValidationError(_("This day has not come yet."))
        return day


class NewLoginForm(forms.Form):
    """The login, or none."""

    wanted = forms.BooleanField(label=gettext_lazy("Get access to My account"), required=False, initial=True)
    username = forms.CharField(
        label=gettext_lazy("Login name"),
        max_length=30,
        required=False,
        validators=[LOGIN_NAME],
        help_text=gettext_lazy("The person sees it on the slip and may log in by e-mail too."),
    )

    def clean_username(self) -> str:
        username: str = self.cleaned_data["username"].strip().lower()
        if username and User.objects.filter(username__iexact=username).exists():
            raise ValidationError(_("This login name is taken."))
        return username

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("wanted") and not cleaned.get("username") and "username" not in self.errors:
            self.add_error("username", _("Enter the login."))
        return cleaned


class RemoveHolderForm(forms.Form):
    """Form that removes a holder on a last day; asks for a ticked box."""

    holder = forms.ModelChoiceField(queryset=Holder.objects.none(), widget=forms.HiddenInput)
    until = DayField(label=gettext_lazy("Last day"), validators=[past_day])
    sure = forms.BooleanField(
        label=gettext_lazy("Yes, take them off"),
        error_messages={"required": gettext_lazy("Tick that the person is to be taken off.")},
    )

    def __init__(self, *args: Any, account: Account, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["holder"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101  # declared above
        field.queryset = account.holders.filter(until=None).select_related("person")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        holder, until = cleaned.get("holder"), cleaned.get("until")
        if holder is not None and until is not None and until < holder.since:
            self.add_error("until", _("The person came on %(day)s.") % {"day": f"{holder.since:%d.%m.%Y}"})
        return cleaned


class SlipForm(forms.Form):
    """A new slip, after the passport was seen."""

    passport_checked = forms.BooleanField(label=gettext_lazy("I saw the passport of this person"))


class DecisionForm(forms.Form):
    """A decision on a resident's request about their own data."""

    decision = forms.ChoiceField(choices=[("done", gettext_lazy("Apply")), ("refused", gettext_lazy("Refuse"))])
    answer = forms.CharField(
        label=gettext_lazy("Answer to the resident"), max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )
