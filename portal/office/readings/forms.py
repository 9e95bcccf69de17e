"""Forms of readings brought by telephone, on paper, by control."""

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.core.form_fields import DayField
from portal.metering.enums import ReadingSource
from portal.office.common.forms import WithoutColons


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
    report = forms.CharField(
        label=_("Report"), max_length=80, required=False, help_text=_("Number and date; needed for a control reading.")
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
        if data.get("source") == ReadingSource.CONTROL and not data.get("report", "").strip():
            self.add_error("report", _("A control reading needs its report."))
        return data
