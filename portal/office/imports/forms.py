"""The table of an import."""

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.office.common.forms import WithoutColons


class ImportForm(WithoutColons, forms.Form):
    """A table to be imported."""

    file = forms.FileField(
        label=_("File"),
        help_text=_("XLSX or CSV, up to 10 MB."),
        error_messages={"required": _("Choose a file.")},
    )
