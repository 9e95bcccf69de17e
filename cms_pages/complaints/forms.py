"""The reviewers' forms."""

from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cms_pages.complaints.calculation import without_personal_data
from cms_pages.complaints.models import Complaint, ComplaintRules


class ComplaintAnswerForm(forms.Form):
    """The public wording and the answer on one screen; hidden is the version that the reviewer saw."""

    subject = forms.CharField(label=_("Subject as shown"), max_length=120, required=False)
    public_text = forms.CharField(
        label=_("Text as shown"), max_length=6000, required=False, widget=forms.Textarea(attrs={"rows": 7})
    )
    author_name = forms.CharField(label=_("Name as shown"), max_length=60, required=False)
    street = forms.CharField(label=_("Street as shown"), max_length=100, required=False)
    confirmed = forms.BooleanField(label=_("I have checked the marked places: they may be published"), required=False)
    plan = forms.CharField(
        label=_("What happens next"),
        max_length=200,
        required=False,
        help_text=_("With a date. Published with the entry before the answer."),
    )
    answer = forms.CharField(
        label=pgettext_lazy("complaints", "Answer"),
        max_length=8000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 9}),
    )
    signature = forms.CharField(label=_("Who answers"), max_length=160, required=False)
    reason = forms.CharField(label=_("Reason for the rejection"), max_length=500, required=False)
    comment = forms.CharField(
        label=_("Note to colleagues"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    role = forms.CharField(label=_("Hand over to"), max_length=40, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)

    NEEDED = {
        "publish": ("subject", "public_text", "answer"),
        "show": ("subject", "public_text", "plan"),
        "close": ("answer",),
        "reject": ("reason",),
        "note": ("comment",),
        "hand": ("role",),
        "return": ("comment",),
    }

    PUBLIC = ("subject", "public_text", "author_name", "street", "confirmed", "plan")

    def public_fields(self) -> list[BoundField]:
        """The fields of what everybody reads."""
        return [self[name] for name in self.PUBLIC]

    def require_for(self, action: str) -> bool:
        """Whether what an action needs is written; errors stand at the fields."""
        if not self.is_valid():
            return False
        for name in self.NEEDED.get(action, ()):
            if not str(self.cleaned_data[name]).strip():
                self.add_error(name, _("Required for this step."))
        return not self.errors

    def entered_texts(self) -> list[str]:
        """Return what the reviewer typed, when a colleague was faster: nothing of it is lost."""
        names = ("subject", "public_text", "plan", "answer", "reason", "comment")
        return [text for name in names if (text := str(self.data.get(name, "")).strip())]


def first_wording(complaint: Complaint) -> dict[str, Any]:
    """Return what the form begins with: the words of the entry without what looks like personal data."""
    names = complaint.name.split()[:1]
    page: Any = complaint.page.get_latest_revision_as_object() if complaint.page else None
    shown = page is not None and bool(page.text)
    return {
        "subject": page.title if shown else without_personal_data(complaint.subject, names=names),
        "public_text": page.text if shown else without_personal_data(complaint.text, names=names),
        "author_name": page.author_name if page else "",
        "street": page.street if page else "",
        "plan": page.plan if page else "",
        "answer": complaint.answer,
        "signature": ComplaintRules.load().signature,
        "version": complaint.version,
    }
