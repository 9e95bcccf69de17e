"""Forms of the complaints book: an entry, a rating of the answer."""

from django import forms
from django.conf import settings
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from cms_pages.complaints.enums import ComplaintKind
from portal.core.form_fields import FormTokenField, SeveralFiles


class ComplaintForm(forms.Form):
    """An entry of the book."""

    kind = forms.ChoiceField(label=_("What is it"), choices=ComplaintKind.choices, initial=ComplaintKind.QUALITY)
    subject = forms.CharField(
        label=_("Subject"), max_length=120, error_messages={"required": _("Say in a few words what it is about.")}
    )
    text = forms.CharField(
        label=_("Text"),
        max_length=6000,
        min_length=10,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("When, where, what happened. No need for phone or flat numbers: we have them."),
        error_messages={
            "required": _("Write what happened."),
            "min_length": _("Please write a little more: at least ten letters."),
        },
    )
    photos = SeveralFiles(
        label=_("Photos or documents"),
        accept="image/jpeg,image/png,image/webp,application/pdf",
        help_text=format_lazy(
            _("Up to five: JPEG, PNG, WebP or PDF, up to {size} MB each. Only our staff see them."),
            size=settings.UPLOAD_MAX_MB,
        ),
    )
    phone = forms.CharField(
        label=_("Phone"), max_length=40, required=False, widget=forms.TextInput(attrs={"autocomplete": "tel"})
    )
    may_publish = forms.BooleanField(
        label=_("May be shown in the book"),
        required=False,
        help_text=_("With the first name and the initial only, after a reviewer has looked at it."),
    )
    form_token = FormTokenField(required=True)


class ReplyForm(forms.Form):
    """One reply to the answer."""

    text = forms.CharField(
        label=_("Your reply"),
        max_length=3000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("One reply; the reviewers read it."),
        error_messages={"required": _("Write your reply.")},
    )
