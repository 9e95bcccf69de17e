"""Forms of a closing: why it is undone, why an unusual one is right."""

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.office.common.forms import WithoutColons


class ReversalForm(WithoutColons, forms.Form):
    """Why a closing is undone."""

    reason = forms.CharField(label=_("Why"), max_length=250, error_messages={"required": _("Write the reason.")})


class ReleaseForm(WithoutColons, forms.Form):
    """Why a closing out of the ordinary is right; `preview` is the key of the preview that the page showed."""

    reason = forms.CharField(
        label=_("Why the sums are right"),
        max_length=250,
        required=False,
        help_text=_("It stays on the page of this closing and in the audit, with your name."),
    )
    preview = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def ask_for_reason(self) -> None:
        """Ask for the reason, or for another look when the facts have changed since the page was opened."""
        if self.cleaned_data.get("reason", "").strip():
            self.add_error("reason", _("The figures have changed since you opened the page: look again, then close."))
        else:
            self.add_error("reason", _("Say why the sums are right: this month is out of the ordinary."))
