"""Forms of paying: any way of writing a sum is taken, every refusal says what to do."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.core.refusals import add_error, error_message
from portal.payments.calculation import check_limits, parse_amount
from portal.payments.contacts import checked_contact
from portal.payments.exceptions import AmountRefused, ContactNeeded, RefundRefused
from portal.payments.models import PaymentSettings

# With scripts the preview follows what is typed; without them there is a button.
_PREVIEW = {
    "hx-post": "",
    "hx-vals": '{"preview": "1"}',
    "hx-trigger": "input changed delay:500ms",
    "hx-target": "#settles",
    "hx-select": "#settles",
    "hx-select-oob": "#pay-sum",
    "hx-swap": "outerHTML",
}


class PayForm(forms.Form):
    """Form of a payment: the sum and the address of the electronic receipt."""

    ALL, OTHER = "all", "other"
    choice = forms.ChoiceField(choices=[(ALL, ALL), (OTHER, OTHER)])
    amount = forms.CharField(
        label=_("Sum"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", **_PREVIEW}),
    )
    contact = forms.CharField(
        label=_("Where to send the electronic receipt"),
        max_length=254,
        required=False,
        help_text=_("E-mail address or phone number"),
        widget=forms.TextInput(attrs={"autocomplete": "email"}),
    )
    confirm_duplicate = forms.BooleanField(required=False)

    def __init__(self, *args: Any, owed: Decimal, terms: PaymentSettings, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.owed, self.terms = owed, terms
        self.fields["contact"].required = terms.fiscal_receipts

    def clean_contact(self) -> str:
        """An e-mail address, or a Russian phone number as +7XXXXXXXXXX."""
        try:
            return checked_contact(str(self.cleaned_data["contact"]))
        except ContactNeeded as error:
            raise forms.ValidationError(error_message(error)) from error

    def clean(self) -> dict[str, Any]:
        """`sum`: what is to be paid, ₽."""
        data = super().clean() or {}
        if data.get("choice") == self.ALL and self.owed > 0:
            data["sum"] = self.owed
        elif "amount" in data:
            try:
                data["sum"] = parse_amount(data["amount"])
            except AmountRefused as refused:
                add_error(self, refused)
                return data
        if "sum" in data:
            try:
                check_limits(data["sum"], smallest=self.terms.min_amount, largest=self.terms.max_amount)
            except AmountRefused as refused:
                add_error(self, refused)
        return data


class RefundRequestForm(forms.Form):
    """A resident asks for money back."""

    amount = forms.CharField(
        label=_("Sum"), max_length=40, widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
    )
    reason = forms.CharField(
        label=_("Why"),
        max_length=250,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("In a few words: paid twice, wrong account, wrong amount."),
    )

    def __init__(self, *args: Any, largest: Decimal, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.largest = largest

    def clean_amount(self) -> Decimal:
        """A sum up to what may be returned."""
        try:
            amount = parse_amount(self.cleaned_data["amount"])
            check_limits(amount, smallest=Decimal("0.01"), largest=self.largest)
        except AmountRefused as refused:
            above = refused.code == "too_big" and refused.limit is not None
            shown = RefundRefused("too_much", left=refused.limit) if above else refused
            raise forms.ValidationError(error_message(shown)) from refused
        return amount
