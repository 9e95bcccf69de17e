"""Forms of the demo bank's page."""

import datetime as dt
import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.payments.calculation import luhn_is_right, network_of
from portal.payments.gateways.demo import cards


class CardForm(forms.Form):
    """A card as a bank asks for it. Only test cards are taken, so a real number is never kept."""

    number = forms.CharField(
        label=_("Card number"),
        max_length=30,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "placeholder": ""}),
    )
    expiry = forms.CharField(
        label=_("Valid thru"),
        max_length=7,
        help_text=_("MM/YY"),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    csc = forms.CharField(
        label=_("Code on the back"),
        max_length=3,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_number(self) -> cards.TestCard:
        """The test card. Errors name what is wrong with the number."""
        number = re.sub(r"[\s\u00a0-]", "", self.cleaned_data["number"])
        if not number.isascii() or not number.isdigit() or not 16 <= len(number) <= 19:
            raise forms.ValidationError(_("A card number has 16 to 19 digits. Check it."))
        if not luhn_is_right(number):
            raise forms.ValidationError(_("There is a mistake in the number: its last digit does not fit. Check it."))
        if network_of(number) is None:
            raise forms.ValidationError(_("This bank takes МИР, Visa and Mastercard."))
        card = cards.test_card(number)
        if card is None:
            raise forms.ValidationError(_("This is a demo: use one of the test cards below, not a real one."))
        return card

    def clean_expiry(self) -> str:
        """MM/YY, not past."""
        match = re.fullmatch(r"\s*(\d{2})\s*/?\s*(?:20)?(\d{2})\s*", self.cleaned_data["expiry"])
        if match is None or not 1 <= int(match[1]) <= 12:
            raise forms.ValidationError(_("Write month and year as on the card: 08/29."))
        if (2000 + int(match[2]), int(match[1])) < (self.today.year, self.today.month):
            raise forms.ValidationError(_("This card has expired. Use another one."))
        return match[0]

    def clean_csc(self) -> str:
        """Three digits."""
        if not re.fullmatch(r"[0-9]{3}", self.cleaned_data["csc"]):
            raise forms.ValidationError(_("Three digits from the back of the card."))
        return str(self.cleaned_data["csc"])


class CodeForm(forms.Form):
    """The code of 3-D Secure."""

    code = forms.CharField(
        label=_("Code from the SMS"),
        max_length=6,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )
