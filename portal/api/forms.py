"""The form of a new key."""

from django import forms
from django.utils.translation import gettext_lazy as _


class KeyForm(forms.Form):
    """What the key is for."""

    name = forms.CharField(
        label=_("What is the key for"), max_length=60, help_text=_("For example: smart home, spreadsheet.")
    )
