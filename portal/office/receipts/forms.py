"""Why a receipt is issued anew."""

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.office.common.forms import WithoutColons


class ReplacementForm(WithoutColons, forms.Form):
    """Why a receipt is issued anew."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=250,
        help_text=_("It is printed on the new receipt, where the resident reads it."),
        error_messages={"required": _("Write the reason.")},
    )
