"""Forms of corrections, recalculations and tampering reports."""

import datetime as dt
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from portal.accounts.enums import Service
from portal.accounts.models import Account
from portal.billing.exceptions import BillingRefused
from portal.billing.models import (
    TamperingReport,
)
from portal.billing.services import NewTamperingReport, require_report
from portal.billing.services.corrections import require_correction_month
from portal.core import clock
from portal.core.files.checking import CheckedFile, check_upload
from portal.core.files.exceptions import FileRefused
from portal.core.form_fields import DayField, FormTokenField
from portal.core.refusals import error_message
from portal.core.service_catalogue import METERED_CHOICES
from portal.office.common.forms import AccountNumberField, PeriodField, WithoutColons


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


class TamperingReportForm(WithoutColons, forms.ModelForm):
    """A tampering report with its document."""

    account = AccountNumberField()
    file = forms.FileField(
        label=_("Signed report"),
        required=False,
        help_text=format_lazy(
            _("A PDF or a photograph, up to {size} MB. The resident sees it too."),
            size=settings.UPLOAD_MAX_MB,
        ),
    )

    class Meta:
        model = TamperingReport
        fields = ("account", "service", "number", "drawn_on", "since", "until")
        field_classes: ClassVar[dict[str, Any]] = dict.fromkeys(("drawn_on", "since", "until"), DayField)
        labels: ClassVar[dict[str, Any]] = {"number": _("Number of the report")}

    field_order = ("account", "service", "number", "drawn_on", "since", "until", "file")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["service"].choices = METERED_CHOICES  # type: ignore[attr-defined]  # a choice field

    def clean_file(self) -> CheckedFile | None:
        upload = self.cleaned_data["file"]
        if not upload:
            return None
        try:
            return check_upload(upload.file, upload.name)
        except FileRefused as refusal:
            raise forms.ValidationError(f"{upload.name}: {error_message(refusal, for_staff=True)}") from None

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if not self.errors:
            try:
                require_report(self.report(), today=clock.today())
            except BillingRefused as refusal:
                self.add_error("since", error_message(refusal, for_staff=True))
        return data

    def report(self) -> NewTamperingReport:
        """Return what was written, for billing."""
        data = self.cleaned_data
        account: Account = data["account"]
        return NewTamperingReport(
            account=account,
            service=Service(data["service"]),
            number=data["number"],
            drawn_on=data["drawn_on"],
            since=data["since"],
            until=data["until"],
        )
