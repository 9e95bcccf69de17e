"""Forms of the section: a bank file's file, whose an unidentified payment is, refunds, days to reconcile."""

import datetime as dt
from decimal import Decimal

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from portal.core import clock
from portal.core.form_fields import DayField, FormTokenField
from portal.core.refusals import error_message
from portal.office.accounts.selectors import find_account
from portal.office.common.forms import WithoutColons
from portal.office.payments.selectors import active_templates
from portal.payments.calculation import parse_amount
from portal.payments.exceptions import AmountRefused

_FILE_HELP = gettext_lazy("Up to 30 MB; may be a ZIP. Where the bank sends two files, put both into one ZIP.")


class BankFileForm(WithoutColons, forms.Form):
    """A bank's file and how to read it."""

    template = forms.ModelChoiceField(active_templates(), label=gettext_lazy("Template"))
    file = forms.FileField(label=gettext_lazy("File of the bank"), help_text=_FILE_HELP)
    paid_on = DayField(
        label=gettext_lazy("Day of the payments"),
        required=False,
        help_text=gettext_lazy("Only for a file that has no dates of payments."),
    )

    def clean_paid_on(self) -> dt.date | None:
        """Not in the future, not older than a year: an older one is a slip."""
        day: dt.date | None = self.cleaned_data["paid_on"]
        if day is not None and not clock.today() - dt.timedelta(days=366) <= day <= clock.today():
            raise forms.ValidationError(_("A day of the last twelve months, not in the future."))
        return day


class SettleForm(WithoutColons, forms.Form):
    """Whose payment it is, or that it is nobody's."""

    account = forms.CharField(label=gettext_lazy("Account number"), max_length=20, required=False)
    note = forms.CharField(label=gettext_lazy("Note"), max_length=250, required=False)
    remember = forms.BooleanField(label=gettext_lazy("Do the same with this payer next time"), required=False)

    def clean(self) -> dict[str, object]:
        """An account for crediting, a reason for dismissing."""
        data = super().clean() or {}
        if "dismiss" in self.data:
            if not str(data.get("note", "")).strip():
                self.add_error("note", _("Enter the reason."))
        else:
            data["found_account"] = find_account(str(data.get("account", "")))
            if data["found_account"] is None:
                self.add_error("account", _("There is no such account."))
        return data


class RefundForm(WithoutColons, forms.Form):
    """Form of a refund: the sum and the reason."""

    amount = forms.CharField(
        label=gettext_lazy("Sum, ₽"), max_length=40, error_messages={"required": gettext_lazy("Enter the sum.")}
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=250,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": gettext_lazy("Write the reason.")},
    )
    form_token = FormTokenField()

    def clean_amount(self) -> Decimal:
        """A sum above zero in whole kopecks."""
        try:
            return parse_amount(self.cleaned_data["amount"])
        except AmountRefused as refused:
            raise forms.ValidationError(error_message(refused, for_staff=True)) from refused


class SpanForm(WithoutColons, forms.Form):
    """Which days are compared."""

    first = DayField(label=pgettext_lazy("portal", "From"))
    last = DayField(label=pgettext_lazy("portal", "To"))

    def clean(self) -> dict[str, dt.date]:
        """The first day not after the last, at most a year."""
        data = super().clean() or {}
        first, last = data.get("first"), data.get("last")
        if first and last and not dt.timedelta(0) <= last - first <= dt.timedelta(days=366):
            self.add_error("last", _("The last day must not be before the first, nor more than a year after it."))
        return data
