"""Forms of dated numbers and acts: what billing refuses is said at the field."""

import datetime as dt
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.forms import WagtailAdminModelForm

from portal.accounts.enums import Service
from portal.accounts.models import Account
from portal.billing.exceptions import BillingRefused
from portal.billing.models import KeyRate, Norm, RaisingCoefficient, TamperingAct
from portal.billing.services import NewAct, require_act, require_key_rate, require_number, require_open
from portal.core import clock
from portal.core.files.checking import Checked, check_upload
from portal.core.files.exceptions import FileRefused
from portal.core.form_fields import DayField
from portal.office.forms import AccountNumberField, WithoutColons
from portal.office.reasons import billing_words, file_words


class NumberForm(WithoutColons, forms.ModelForm):
    """A norm or a coefficient from a day on."""

    source = forms.CharField(
        label=gettext_lazy("Decision"), max_length=250, help_text=gettext_lazy("Who set it: number and date.")
    )

    class Meta:
        model = Norm
        fields = ("service", "valid_from", "value", "source")
        field_classes: ClassVar[dict[str, Any]] = {"valid_from": DayField}
        localized_fields = ("value",)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if {"service", "valid_from"} <= data.keys():
            try:
                require_number(model=self._meta.model, service=Service(data["service"]), valid_from=data["valid_from"])
            except BillingRefused as refusal:
                self.add_error("valid_from", billing_words(refusal))
        return data


class CoefficientForm(NumberForm):
    """A raising coefficient: never on wastewater."""

    class Meta(NumberForm.Meta):
        model = RaisingCoefficient  # type: ignore[assignment]  # another number of the same shape


class KeyRateForm(WithoutColons, forms.ModelForm):
    """A key rate from a day on."""

    class Meta:
        model = KeyRate
        fields = ("valid_from", "percent")
        field_classes: ClassVar[dict[str, Any]] = {"valid_from": DayField}
        localized_fields = ("percent",)

    def clean_percent(self) -> Decimal:
        percent: Decimal = self.cleaned_data["percent"]
        if percent <= 0:
            raise forms.ValidationError(_("A rate is above zero."))
        return percent

    def clean_valid_from(self) -> dt.date:
        day: dt.date = self.cleaned_data["valid_from"]
        try:
            require_key_rate(valid_from=day, today=clock.today())
        except BillingRefused as refusal:
            raise forms.ValidationError(billing_words(refusal)) from None
        return day


class OpenMonthsForm(WagtailAdminModelForm):
    """A dated rule of the company: it may not begin in a month that is closed."""

    def clean_valid_from(self) -> dt.date:
        day: dt.date = self.cleaned_data["valid_from"]
        try:
            require_open(day)
        except BillingRefused as refusal:
            raise forms.ValidationError(billing_words(refusal)) from None
        return day


class ActForm(WithoutColons, forms.ModelForm):
    """An act of tampering with its paper."""

    account = AccountNumberField()
    file = forms.FileField(
        label=gettext_lazy("Signed act"), required=False,
        help_text=format_lazy(
            gettext_lazy("A PDF or a photograph, up to {size} MB. The resident sees it too."),
            size=settings.UPLOAD_MAX_MB,
        ),
    )  # fmt: skip

    class Meta:
        model = TamperingAct
        fields = ("account", "service", "number", "drawn_on", "since", "until")
        field_classes: ClassVar[dict[str, Any]] = dict.fromkeys(("drawn_on", "since", "until"), DayField)
        labels: ClassVar[dict[str, Any]] = {"number": gettext_lazy("Number of the act")}

    field_order = ("account", "service", "number", "drawn_on", "since", "until", "file")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        watered = [choice for choice in Service.choices if choice[0] != Service.WASTEWATER]
        self.fields["service"].choices = watered  # type: ignore[attr-defined]  # a choice field

    def clean_file(self) -> Checked | None:
        upload = self.cleaned_data["file"]
        if not upload:
            return None
        try:
            return check_upload(upload.file, upload.name)
        except FileRefused as refusal:
            raise forms.ValidationError(file_words(refusal)) from None

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if not self.errors:
            try:
                require_act(self.act(), today=clock.today())
            except BillingRefused as refusal:
                self.add_error("since", billing_words(refusal))
        return data

    def act(self) -> NewAct:
        """What was written, for billing."""
        data = self.cleaned_data
        account: Account = data["account"]
        return NewAct(
            account=account, service=Service(data["service"]), number=data["number"], drawn_on=data["drawn_on"],
            since=data["since"], until=data["until"],
        )  # fmt: skip
