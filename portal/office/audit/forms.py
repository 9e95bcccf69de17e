"""Filters of the audit."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.accounts import audit
from portal.core.form_fields import DayField
from portal.office.audit import selectors
from portal.office.common.forms import WithoutColons


class ReportForm(WithoutColons, forms.Form):
    """Form of the report's filters; days are inclusive."""

    employee = forms.CharField(label=gettext_lazy("Employee: login or name"), required=False, max_length=80)
    resident = forms.CharField(label=gettext_lazy("Resident: name, account, login"), required=False, max_length=80)
    account = forms.IntegerField(required=False, widget=forms.HiddenInput)
    first = DayField(label=gettext_lazy("From day"), required=False)
    last = DayField(label=gettext_lazy("To day"), required=False)
    action = forms.ChoiceField(
        label=gettext_lazy("Action"),
        required=False,
        choices=[
            ("", gettext_lazy("All")),
            *audit.TITLES.items(),
            (selectors.WAGTAIL, gettext_lazy("Wagtail: editing")),
        ],
    )
    section = forms.ChoiceField(
        label=gettext_lazy("Section"), required=False, choices=[("", gettext_lazy("All")), *selectors.SECTIONS.items()]
    )
    text = forms.CharField(label=gettext_lazy("Text of the entry"), required=False, max_length=80)

    def clean(self) -> dict[str, Any]:
        """The first day is not after the last one."""
        cleaned = super().clean() or {}
        first, last = cleaned.get("first"), cleaned.get("last")
        if first is not None and last is not None and last < first:
            self.add_error("last", _("The last day is before the first one. Swap the dates."))
        return cleaned

    def filters(self) -> selectors.AuditFilters:
        """Return what was chosen."""
        return selectors.AuditFilters(**{name: self.cleaned_data[name] for name in self.fields})
