"""Forms of the engineer."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from portal.core.form_fields import PICTURES, DayField, SeveralFiles, VolumeField
from portal.metering.models import MeterType
from portal.service_requests.commissioning.selectors import refusal_reasons
from portal.service_requests.commissioning.services import SiteInspection
from portal.service_requests.crews.models import Slot
from portal.service_requests.replacement.services import NewOne
from portal.service_requests.slot_texts import when

CHECKS = ("passport_matches", "scheme_right", "working", "early")


class CheckForm(forms.Form):
    """Form of a visit's findings, for a phone's screen."""

    early = forms.BooleanField(label=_("Yes, the visit took place before its agreed day"), required=False)

    passport_matches = forms.BooleanField(label=_("The data sheet matches the meter"), required=False)
    serial_seen = forms.CharField(label=_("Serial number on the meter"), max_length=40)
    scheme_right = forms.BooleanField(label=_("Installed according to the diagram"), required=False)
    working = forms.BooleanField(label=_("The meter turns"), required=False)
    seal_number = forms.CharField(label=_("Seal number"), max_length=40, required=False)
    value = VolumeField(label=_("Reading, m³"))
    old_value = VolumeField(label=_("Old meter's reading, m³"), required=False)
    note = forms.CharField(label=_("Note"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2}))
    reasons = forms.ModelMultipleChoiceField(
        label=_("If refused: why"), queryset=refusal_reasons(), required=False, widget=forms.CheckboxSelectMultiple
    )
    photos = SeveralFiles(
        label=_("Photos"),
        accept=PICTURES,
        help_text=format_lazy(_("The meter, its seal; up to {size} MB each."), size=settings.UPLOAD_MAX_MB),
    )

    def check_list(self) -> SiteInspection:
        """The cleaned data as the service takes it."""
        data = {name: value for name, value in self.cleaned_data.items() if name not in {"reasons", "photos", "early"}}
        return SiteInspection(**data)


class MoveForm(forms.Form):
    """Another time of a visit, or none; why, in words that the resident reads."""

    slot = forms.ChoiceField(label=_("Other time"), required=False)
    reason = forms.CharField(label=_("Why: the resident reads it"), max_length=200)

    def __init__(self, *args: Any, free: Sequence[Slot], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["slot"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  # declared above
        field.choices = [(str(slot.pk), f"{when(slot)}, {slot.crew.name}") for slot in free]


class ReplacementMeterForm(forms.Form):
    """The meter that we mount instead of the old one, and what we check before leaving."""

    early = forms.BooleanField(label=_("Yes, the visit took place before its agreed day"), required=False)

    old_value = VolumeField(label=_("Old meter's reading, m³"))
    type_name = forms.CharField(label=_("Type, as in the data sheet"), max_length=80)
    serial_number = forms.CharField(label=_("Serial number"), max_length=40)
    verified_until = DayField(label=_("Next verification"))
    value = VolumeField(label=_("New meter's reading, m³"))
    passport_matches = forms.BooleanField(label=_("The data sheet matches the meter"), required=False)
    scheme_right = forms.BooleanField(label=_("Installed according to the diagram"), required=False)
    working = forms.BooleanField(label=_("The meter turns"), required=False)
    seal_number = forms.CharField(label=_("Seal number"), max_length=40)
    note = forms.CharField(label=_("Note"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2}))
    photos = SeveralFiles(
        label=_("Photos"),
        accept=PICTURES,
        help_text=format_lazy(_("The meter, its seal; up to {size} MB each."), size=settings.UPLOAD_MAX_MB),
    )

    def new_one(self) -> NewOne:
        """The cleaned data as the service takes it."""
        data = {name: value for name, value in self.cleaned_data.items() if name not in {"photos", "early"}}
        return NewOne(type=MeterType.objects.filter(name=data["type_name"].strip()).first(), **data)


class VerificationForm(forms.Form):
    """A verification that the engineer made or holds the certificate of."""

    verified_on = DayField(label=_("Verified"))
    valid_until = DayField(label=_("Valid until"))
    value = VolumeField(label=_("Reading on the day of the verification, m³"))
