"""Form of a further message of a question."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.core.form_fields import FormTokenField


class QuestionForm(forms.Form):
    """A question from inside the cabinet: who asks and of which account is known."""

    text = forms.CharField(
        label=_("Your question"),
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": _("Write your question.")},
    )
    email = forms.EmailField(
        label=pgettext_lazy("cabinet", "E-mail"),
        help_text=_("We will answer here and to this address."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    form_token = FormTokenField(required=True)


class MessageForm(forms.Form):
    """One more message of a thread."""

    text = forms.CharField(
        label=_("Your message"),
        max_length=6000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("The question will be reopened, and we will name the day of the answer."),
        error_messages={"required": _("Write your message.")},
    )
