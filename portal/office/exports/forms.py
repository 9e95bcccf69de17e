"""The form of an export: what, of which months, in which format."""

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.core import clock
from portal.core.periods import Period
from portal.exchange.enums import ExportFormat, ExportSubject
from portal.office.common.forms import PeriodField, WithoutColons


def _last_month() -> str:
    return str(Period.of(clock.today()).previous)


class ExportForm(WithoutColons, forms.Form):
    """What is exported."""

    subject = forms.ChoiceField(label=_("What"), choices=ExportSubject.choices)
    first = PeriodField(label=_("From month"), initial=_last_month, error_messages={"required": _("Choose the month.")})
    last = PeriodField(label=_("To month"), initial=_last_month, error_messages={"required": _("Choose the month.")})
    file_format = forms.ChoiceField(label=_("Format"), choices=ExportFormat.choices)
