"""Forms of requests."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.accounts.models import Account
from portal.core.form_fields import DOCUMENTS, PICTURES, DayField, SeveralFiles, VolumeField
from portal.core.service_catalogue import METERED_CHOICES
from portal.metering.models import Meter, MeterType
from portal.service_requests.commissioning.enums import DayPart
from portal.service_requests.commissioning.services import ApplicationDraft
from portal.service_requests.dispatch.enums import RequestKind
from portal.service_requests.dispatch.models import DispatchRequest


def account_choices(accounts: list[Account]) -> list[tuple[str, str]]:
    """Own premises by address."""
    return [(str(account.pk), account.premises.address) for account in accounts]


class DispatchForm(forms.Form):
    """Form of a request to the dispatcher."""

    kind = forms.ChoiceField(label=_("What happened"), choices=RequestKind.choices, widget=forms.RadioSelect)
    account = forms.ChoiceField(label=_("Address"))
    place = forms.CharField(
        label=_("Where exactly"), required=False, max_length=120, help_text=_("Basement, yard, entrance 2…")
    )
    text = forms.CharField(
        label=_("What you see"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Since when, how badly, who else is affected."),
    )
    phone = forms.CharField(
        label=_("Callback number"), max_length=40, widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"})
    )
    another = forms.BooleanField(label=_("This is another accident: send it as well"), required=False)
    similar: DispatchRequest | None = None
    photos = SeveralFiles(
        label=_("Photos"),
        accept=PICTURES,
        help_text=format_lazy(_("Up to five, JPEG or PNG, up to {size} MB each."), size=settings.UPLOAD_MAX_MB),
    )

    def __init__(self, *args: Any, accounts: list[Account], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["account"].choices = account_choices(accounts)  # type: ignore[attr-defined]  # a ChoiceField


class CommissioningForm(forms.Form):
    """Everything that an application to put a meter into service needs (Rules 354, п. 81(2))."""

    passport = SeveralFiles(
        label=_("Meter data sheet"),
        accept=DOCUMENTS,
        needed=True,
        help_text=format_lazy(_("Photos of its pages or a PDF, up to {size} MB each."), size=settings.UPLOAD_MAX_MB),
    )
    certificate = SeveralFiles(
        label=_("Verification certificate"),
        accept=DOCUMENTS,
        help_text=_("If the meter was verified after manufacture."),
    )
    account = forms.ChoiceField(label=_("Address"))
    service = forms.ChoiceField(label=_("What it measures"), choices=METERED_CHOICES)
    place = forms.CharField(label=_("Where it is installed"), max_length=60, help_text=_("Kitchen, bathroom…"))
    type_name = forms.CharField(label=_("Type, as in the data sheet"), max_length=80)
    serial_number = forms.CharField(label=_("Serial number"), max_length=40)
    digits = forms.IntegerField(
        label=_("Digits before the comma"),
        min_value=4,
        max_value=8,
        initial=5,
        help_text=_("Black digits on the dial, usually five."),
    )
    verified_until = DayField(label=_("Next verification"), help_text=_("The date is in the data sheet."))
    mounted_by = forms.CharField(label=_("Company that installed it"), max_length=160)
    mounted_on = DayField(label=_("Installed"))
    value = VolumeField(label=_("Reading at installation, m³"))
    replaces = forms.ChoiceField(label=_("Which meter was replaced"), required=False)
    final_value = VolumeField(
        label=_("Final reading of the old meter, m³"), required=False, help_text=_("If it replaces another one.")
    )
    wanted_on = DayField(label=_("Preferred day"))
    wanted_part = forms.ChoiceField(label=_("Preferred hours"), choices=DayPart.choices, initial=DayPart.ANY)
    applicant = forms.CharField(label=_("Your name"), max_length=250)
    phone = forms.CharField(
        label=_("Phone"), max_length=40, widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"})
    )
    email = forms.EmailField(label=pgettext_lazy("cabinet", "E-mail"), required=False)

    def __init__(self, *args: Any, accounts: list[Account], meters: list[Meter], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.meters = {str(meter.pk): meter for meter in meters}
        self.accounts = {str(account.pk): account for account in accounts}
        self.fields["account"].choices = account_choices(accounts)  # type: ignore[attr-defined]  # a ChoiceField
        old = [(key, f"{meter} · {meter.place or meter.account}") for key, meter in self.meters.items()]
        self.fields["replaces"].choices = [("", _("It is the first meter here")), *old]  # type: ignore[attr-defined]
        self.fields["type_name"].widget.attrs["list"] = "meter-types"

    def clean(self) -> dict[str, Any]:
        """The old meter is of the same account and service, and has its final reading."""
        data = super().clean() or {}
        old = self.meters.get(data.get("replaces") or "")
        if old is None or "account" not in data or "service" not in data:
            return data
        if str(old.account_id) != data.get("account") or old.service != data.get("service"):
            self.add_error("replaces", _("This meter is elsewhere or measures something else."))
        elif data.get("final_value") is None and "final_value" not in self.errors:
            self.add_error("final_value", _("Enter the final reading of the old meter."))
        return data

    def draft(self, *, passport: bool) -> ApplicationDraft:
        """Return what can be read of the form, for the checks that do not wait for the rest."""
        data = self.cleaned_data
        return ApplicationDraft(
            account=self.accounts.get(data.get("account") or ""),
            service=data.get("service"),
            place=data.get("place"),
            serial_number=data.get("serial_number"),
            mounted_on=data.get("mounted_on"),
            value=data.get("value"),
            digits=data.get("digits"),
            verified_until=data.get("verified_until"),
            replaces=self.meters.get(data.get("replaces") or ""),
            final_value=data.get("final_value"),
            phone=data.get("phone"),
            wanted_on=data.get("wanted_on"),
            passport=passport,
        )

    @property
    def types(self) -> list[str]:
        """Names of known types, as hints."""
        return list(MeterType.objects.values_list("name", flat=True))

    def type_of(self, name: str) -> MeterType | None:
        """The known type of that name, if there is one."""
        return MeterType.objects.filter(name=name.strip()).first()


class AnotherDayForm(forms.Form):
    """Another day that suits."""

    wanted_on = DayField(label=_("Preferred day"))
    wanted_part = forms.ChoiceField(label=_("Preferred hours"), choices=DayPart.choices, initial=DayPart.ANY)


class StartForm(forms.Form):
    """The reading for the 1st."""

    value = VolumeField(label=_("Reading on the 1st, m³"))


class CertificateForm(forms.Form):
    """A verification that the resident ordered."""

    verified_on = DayField(label=_("Verified"))
    valid_until = DayField(label=_("Valid until"))
    value = VolumeField(label=_("Reading on the day of the verification, m³"), help_text=_("It is in the certificate."))
    certificate = SeveralFiles(
        label=_("Certificate"),
        accept=DOCUMENTS,
        needed=True,
        help_text=format_lazy(_("A photo or a PDF, up to {size} MB."), size=settings.UPLOAD_MAX_MB),
    )
