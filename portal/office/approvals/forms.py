"""Why an operation or a number is rejected."""

from django import forms
from django.utils.translation import gettext_lazy

from portal.office.common.forms import WithoutColons


class RejectionForm(WithoutColons, forms.Form):
    """Why not; who made the operation is told."""

    answer = forms.CharField(
        label=gettext_lazy("Reason for the rejection (needed to reject)"),
        max_length=250,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Whoever made the operation sees the reason."),
    )
