"""Forms of the guided screens."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.accounts.enums import Service
from portal.accounts.models import Account
from portal.billing.exceptions import BillingRefused
from portal.billing.services.corrections import require_correction_month
from portal.core.form_fields import DayField, FormTokenField, MonthInput
from portal.core.periods import Period
from portal.core.refusals import error_message
from portal.metering.enums import ReadingSource


class WithoutColons:
    """Fields as everywhere in the portal: label without a colon, help, error, control; all errors above the form."""

    template_name_p = "office/form_fields.html"
    has_summary = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})


class AccountNumberField(forms.CharField):
    """The number of an account that is there."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Account number"))
        kwargs.setdefault("max_length", 20)
        kwargs.setdefault("error_messages", {"required": _("Enter the account number.")})
        super().__init__(**kwargs)

    def clean(self, value: Any) -> Account | None:
        number = super().clean(value)
        if not number:
            return None
        account = Account.objects.with_address().filter(number=number.strip()).first()
        if account is None:
            raise forms.ValidationError(_("There is no such account. Check the digits."))
        return account


class PeriodField(forms.CharField):
    """A month by the browser's own picker (YYYY-MM), or as people write it: 11.2026, 11.26, ноябрь 2026."""

    widget = MonthInput

    def clean(self, value: Any) -> Period | None:
        text = super().clean(value)
        if not text:
            return None
        try:
            return Period.read(text)
        except ValueError:
            raise forms.ValidationError(_("Write the month as 10.2026.")) from None


class CorrectionForm(WithoutColons, forms.Form):
    """A correction with its reason and document."""

    account = AccountNumberField()
    amount = forms.DecimalField(
        label=_("Sum, ₽"),
        max_digits=10,
        decimal_places=2,
        localize=True,
        help_text=_("With a minus: the resident owes less."),
        error_messages={"required": _("Enter the sum.")},
    )
    for_period = PeriodField(label=_("For the month"), error_messages={"required": _("Choose the month.")})
    service = forms.ChoiceField(
        label=_("Service"), required=False, choices=[("", _("Not for one service")), *Service.choices]
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=250,
        help_text=_("The resident sees it in the ledger."),
        error_messages={"required": _("Write the reason.")},
    )
    document = forms.CharField(
        label=_("Document"),
        max_length=120,
        help_text=_("What it is based on: a memo, a report, a court decision."),
        error_messages={"required": _("Name the document.")},
    )
    confirmed = forms.BooleanField(
        label=_("I have checked the sum and its sign: it cannot be taken back, only corrected again"),
        error_messages={"required": _("Check the sum and its sign, then tick here.")},
    )
    form_token = FormTokenField()

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        account, period = data.get("account"), data.get("for_period")
        if account is not None and period is not None:
            try:
                require_correction_month(account=account, period=period, today=self.today)
            except BillingRefused as refusal:
                self.add_error("for_period", error_message(refusal, for_staff=True))
        return data

    def clean_amount(self) -> Decimal:
        amount: Decimal = self.cleaned_data["amount"]
        if amount == 0:
            raise forms.ValidationError(_("A correction is not zero."))
        return amount


class ReadingForm(WithoutColons, forms.Form):
    """One meter's reading brought by telephone, paper or control."""

    has_summary = False
    value = forms.DecimalField(
        label=_("Reading, m³"),
        max_digits=12,
        decimal_places=3,
        localize=True,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    confirmed_high = forms.BooleanField(label=_("Far above the usual, checked"), required=False)
    confirmed_rollover = forms.BooleanField(label=_("The meter turned past its last digit"), required=False)
    flow_reason = forms.CharField(
        label=_("Why more than the meter passes"),
        max_length=250,
        required=False,
        help_text=_("For a reading above the meter's maximum flow that was checked on the spot; it goes to the audit."),
    )

    def __init__(self, *args: Any, may_exceed_flow: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_exceed_flow:
            del self.fields["flow_reason"]


STAFF_SOURCES = (ReadingSource.PHONE, ReadingSource.PAPER, ReadingSource.CONTROL)


class ReadingsHeadForm(WithoutColons, forms.Form):
    """Form of the source and day of readings."""

    source = forms.ChoiceField(label=_("How it came"), choices=[(s.value, s.label) for s in STAFF_SOURCES])
    taken_on = DayField(label=_("Day of the reading"))
    act = forms.CharField(
        label=_("Act"), max_length=80, required=False, help_text=_("Number and date; needed for a control reading.")
    )

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_taken_on(self) -> dt.date:
        day: dt.date = self.cleaned_data["taken_on"]
        if day > self.today:
            raise forms.ValidationError(_("The day has not come yet."))
        return day

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("source") == ReadingSource.CONTROL and not data.get("act", "").strip():
            self.add_error("act", _("A control reading needs its report."))
        return data


class ReversalForm(WithoutColons, forms.Form):
    """Why a closing is undone."""

    reason = forms.CharField(label=_("Why"), max_length=250, error_messages={"required": _("Write the reason.")})


class ReleaseForm(WithoutColons, forms.Form):
    """Why a closing out of the ordinary is right; `seen` is the key of the preview that was looked at."""

    reason = forms.CharField(
        label=_("Why the sums are right"),
        max_length=250,
        required=False,
        help_text=_("It stays on the page of this closing and in the audit, with your name."),
    )
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def ask_for_reason(self) -> None:
        """Ask for the reason, or for another look when the facts have changed since the page was opened."""
        if self.cleaned_data.get("reason", "").strip():
            self.add_error("reason", _("The figures have changed since you opened the page: look again, then close."))
        else:
            self.add_error("reason", _("Say why the sums are right: this month is out of the ordinary."))


class ReplacementForm(WithoutColons, forms.Form):
    """Why a receipt is issued anew."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=250,
        help_text=_("It stands on the new receipt: the resident reads it."),
        error_messages={"required": _("Write the reason.")},
    )


class RecalculationForm(WithoutColons, forms.Form):
    """Which account, how many closed months back, and why."""

    account = AccountNumberField()
    months = forms.IntegerField(
        label=_("Closed months back"),
        min_value=1,
        max_value=36,
        initial=3,
        help_text=_("A wrong reading was found, or persons changed in the past: months are computed anew."),
    )
    reason = forms.CharField(label=_("Reason"), max_length=250, required=False)


class ImportForm(WithoutColons, forms.Form):
    """A table to be imported."""

    file = forms.FileField(
        label=_("File"),
        help_text=_("XLSX or CSV, up to 10 MB."),
        error_messages={"required": _("Choose a file.")},
    )
