"""Forms of the engineer."""

from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.service_requests.commissioning.selectors import refusal_reasons
from portal.service_requests.commissioning.services import Check


class Volume(forms.Field):
    """A value in m³ with comma or dot."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.TextInput(attrs={"inputmode": "decimal"}), **kwargs)

    def to_python(self, value: Any) -> Any:
        """A Decimal, or None."""
        text = "".join(str(value or "").split()).replace(",", ".")
        if not text:
            return None
        try:
            number = Decimal(text)
        except InvalidOperation:
            number = None
        if number is None or not number.is_finite():
            raise forms.ValidationError(_("Write digits, for example 141,455."))
        return number


class CheckForm(forms.Form):
    """What the engineer sees at the place, on a phone's screen."""

    passport_matches = forms.BooleanField(label=_("The passport belongs to the meter"), required=False)
    serial_seen = forms.CharField(label=_("Serial number on the meter"), max_length=40)
    scheme_right = forms.BooleanField(label=_("Mounted by the scheme"), required=False)
    working = forms.BooleanField(label=_("The meter turns"), required=False)
    seal_number = forms.CharField(label=_("Seal number"), max_length=40, required=False)
    value = Volume(label=_("Reading, m³"))
    old_value = Volume(label=_("Old meter's reading, m³"), required=False)
    note = forms.CharField(label=_("Note"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2}))
    reasons = forms.ModelMultipleChoiceField(
        label=_("If refused: why"), queryset=refusal_reasons(), required=False, widget=forms.CheckboxSelectMultiple
    )

    def check_list(self) -> Check:
        """The cleaned data as the service takes it."""
        data = {name: value for name, value in self.cleaned_data.items() if name != "reasons"}
        return Check(**data)
