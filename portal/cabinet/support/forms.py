"""What an asker writes on."""

from django import forms
from django.utils.translation import gettext_lazy as _


class MessageForm(forms.Form):
    """One more message of a thread."""

    text = forms.CharField(
        label=_("Your message"), max_length=6000, widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("The question opens again, and we answer by a day that we name."),
        error_messages={"required": _("Write your message.")},
    )  # fmt: skip
