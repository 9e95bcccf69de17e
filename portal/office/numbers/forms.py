"""Forms of dated numbers: refusals of billing are shown at the field."""

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy

from portal.billing.enums import NumberKind
from portal.billing.models import (
    BillingSettings,
    KeyRate,
    KeyRateCap,
    Norm,
    RaisingCoefficient,
    VatRate,
    WorkdayException,
    WorkdayYear,
)
from portal.billing.number_types import TYPES
from portal.core.form_fields import DayField
from portal.core.models import MonthCalendar
from portal.office.common.forms import WithoutColons


class NumberForm(WithoutColons, forms.ModelForm):
    """A dated number. `changing` one that stands asks why; what billing refuses is said by the view."""

    class Meta:
        model = Norm
        fields = ("service", "valid_from", "value", "source")
        field_classes: ClassVar[dict[str, Any]] = {"valid_from": DayField}
        localized_fields = ("value",)

    def __init__(self, *args: Any, changing: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "source" in self.fields:
            self.fields["source"].label = gettext_lazy("Decision")
            self.fields["source"].required = True
            self.fields["source"].help_text = gettext_lazy("Who set it: number and date.")
        if changing:
            self.fields["reason"] = reason_field()


def reason_field() -> forms.CharField:
    """Why a number is changed or withdrawn."""
    return forms.CharField(
        label=gettext_lazy("Why it is changed"),
        max_length=200,
        help_text=gettext_lazy("It is shown in the list beside the former number, and in the audit."),
    )


class WithdrawalForm(WithoutColons, forms.Form):
    """Why a number is taken back."""

    reason = forms.CharField(
        label=gettext_lazy("Why it is withdrawn"),
        max_length=200,
        help_text=gettext_lazy("It is shown in the list beside the number, and in the audit."),
    )


class CoefficientForm(NumberForm):
    """A raising coefficient: never on wastewater."""

    class Meta(NumberForm.Meta):
        model = RaisingCoefficient  # type: ignore[assignment]  # another number of the same shape


class KeyRateForm(NumberForm):
    """A key rate from a day on."""

    class Meta(NumberForm.Meta):
        model = KeyRate  # type: ignore[assignment]  # as above
        fields = ("valid_from", "percent")  # type: ignore[assignment]  # as above
        localized_fields = ("percent",)


class KeyRateCapForm(NumberForm):
    """A limit of the key rate from a day to a day."""

    class Meta(KeyRateForm.Meta):
        model = KeyRateCap  # type: ignore[assignment]  # as above
        fields = ("valid_from", "valid_until", "percent", "source")  # type: ignore[assignment]  # as above
        field_classes: ClassVar[dict[str, Any]] = dict.fromkeys(("valid_from", "valid_until"), DayField)


class VatForm(NumberForm):
    """VAT from a day on; nothing: none."""

    class Meta(KeyRateForm.Meta):
        model = VatRate  # type: ignore[assignment]  # as above
        help_texts: ClassVar[dict[str, Any]] = {"percent": gettext_lazy("Leave it empty when there is no VAT.")}


class WorkdayYearForm(NumberForm):
    """A year whose working days are known."""

    class Meta:
        model = WorkdayYear
        fields = ("year", "by_decree", "source")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["source"].required = False


class WorkdayForm(NumberForm):
    """A day that is working, or off, other than the week says."""

    class Meta:
        model = WorkdayException
        fields = ("day", "working")
        field_classes: ClassVar[dict[str, Any]] = {"day": DayField}


class MonthCalendarForm(NumberForm):
    """The days of the months from one month on."""

    class Meta:
        model = MonthCalendar
        fields = TYPES[NumberKind.MONTH_CALENDAR].fields
        field_classes: ClassVar[dict[str, Any]] = {"valid_from": DayField}


class RulesForm(NumberForm):
    """The rules of calculation from one month on."""

    class Meta:
        model = BillingSettings
        fields = TYPES[NumberKind.RULES].fields
        field_classes: ClassVar[dict[str, Any]] = {"valid_from": DayField}

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        needed, averaged = data.get("average_minimum"), data.get("average_months")
        if needed is not None and averaged is not None and needed > averaged:
            self.add_error("average_minimum", gettext_lazy("Not more than the months averaged."))
        return data
