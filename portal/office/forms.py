"""Forms of the guided screens."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.accounts.enums import Service
from portal.accounts.models import Account
from portal.core.periods import Period


class AccountNumberField(forms.CharField):
    """The number of an account that is there."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Account number"))
        kwargs.setdefault("max_length", 20)
        super().__init__(**kwargs)

    def clean(self, value: Any) -> Account | None:  # type: ignore[override]  # a number in, its account out
        number = super().clean(value)
        if not number:
            return None
        account = Account.objects.with_address().filter(number=number.strip()).first()
        if account is None:
            raise forms.ValidationError(_("There is no such account. Check the digits."))
        return account


class PeriodField(forms.CharField):
    """A month written YYYY-MM (the browser's own month picker)."""

    widget = forms.DateInput(attrs={"type": "month"})

    def clean(self, value: Any) -> Period | None:  # type: ignore[override]  # a text in, its month out
        text = super().clean(value)
        if not text:
            return None
        try:
            return Period.parse(text)
        except ValueError:
            raise forms.ValidationError(_("Write the month as 2026-10.")) from None


class CorrectionForm(forms.Form):
    """A correction with its reason and document."""

    account = AccountNumberField()
    amount = forms.DecimalField(
        label=_("Sum, ₽"), max_digits=10, decimal_places=2, localize=True,
        help_text=_("With a minus: the resident owes less."),
    )  # fmt: skip
    for_period = PeriodField(label=_("For the month"))
    service = forms.ChoiceField(
        label=_("Service"), required=False, choices=[("", _("Not for one service")), *Service.choices]
    )
    reason = forms.CharField(label=_("Reason"), max_length=250, help_text=_("The resident sees it in the ledger."))
    document = forms.CharField(
        label=_("Document"), max_length=120, help_text=_("What it rests on: a memo, an act, a court decision.")
    )
    confirmed = forms.BooleanField(
        label=_("I have checked the sum and its sign: it cannot be taken back, only corrected again"), required=True
    )
    key = forms.CharField(widget=forms.HiddenInput, required=False)

    def clean_amount(self) -> Decimal:
        amount: Decimal = self.cleaned_data["amount"]
        if amount == 0:
            raise forms.ValidationError(_("A correction is not zero."))
        return amount
