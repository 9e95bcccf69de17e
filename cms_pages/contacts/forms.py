"""The support form: a check against robots that the company chooses, and a trap field that people do not see."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cms_pages.contacts.captcha import PictureField, PictureInput, answer_question, new_question, question_text
from cms_pages.contacts.models import CaptchaMode, SupportCheck
from portal.core.form_fields import FormTokenField

ACCOUNT = re.compile(r"[0-9-]{4,20}")


class SupportForm(forms.Form):
    """Form of a question. The code from the picture or the answer in words: one of the two."""

    name = forms.CharField(
        label=_("Your name"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("Write how we should address you.")},
    )
    email = forms.EmailField(
        label=_("E-mail"),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text=_("We will answer to this address."),
        error_messages={
            "required": _("Write where to send the answer."),
            "invalid": _("An e-mail address looks like name@mail.ru."),
        },
    )
    account_number = forms.CharField(
        label=_("Account number"),
        max_length=20,
        required=False,
        help_text=_("On the receipt it is on the left, below the address. You may leave it empty."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    text = forms.CharField(
        label=_("Your question"),
        max_length=6000,
        min_length=10,
        widget=forms.Textarea(attrs={"rows": 7}),
        error_messages={
            "required": _("Write your question."),
            "min_length": _("Please write a little more: at least ten letters."),
        },
    )
    captcha = PictureField(
        label=_("Code in the picture"),
        required=False,
        widget=PictureInput,
        help_text=_("Letters and digits; capitals do not matter."),
        error_messages={"invalid": _("The code does not match or has expired. Enter the code in the new picture.")},
    )
    riddle_answer = forms.CharField(label=_("Or answer in words"), required=False, max_length=40)
    riddle = forms.CharField(required=False, widget=forms.HiddenInput)
    website = forms.CharField(label=_("Leave empty"), required=False, max_length=200)
    form_token = FormTokenField(required=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.check = SupportCheck.load()
        self.sent_riddle = self.data.get("riddle", "") if self.is_bound else ""
        if self.check.kind != CaptchaMode.PICTURE:
            del self.fields["captcha"]
        if self.check.kind == CaptchaMode.OFF:
            del self.fields["riddle_answer"], self.fields["riddle"]
            return
        self._ask_anew()

    def _ask_anew(self) -> None:
        """A question is answered once: whatever was sent, the page asks a new one."""
        token = new_question(self.check.questions)
        self.initial["riddle"] = token
        self.fields["riddle_answer"].help_text = question_text(token, self.check.questions)
        if self.check.kind == CaptchaMode.QUESTION:
            self.fields["riddle_answer"].label = _("Answer the question")
        if self.is_bound:
            self.typed_answer = self.data.get("riddle_answer", "")
            self.data = {name: self.data[name] for name in self.data} | {"riddle": token, "riddle_answer": ""}

    def clean_account_number(self) -> str:
        """Looked at by its form only: whether such an account exists is nobody's business here."""
        number = str(self.cleaned_data["account_number"]).replace(" ", "")
        if number and not ACCOUNT.fullmatch(number):
            raise forms.ValidationError(_("An account number has 4 to 20 digits. Check it, or leave it empty."))
        return number

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.check.kind != CaptchaMode.OFF:
            self._check_answers()
        return cleaned

    def _check_answers(self) -> None:
        typed = self.typed_answer[:40]
        if typed.strip():
            if answer_question(self.sent_riddle, typed, self.check.questions):
                self.errors.pop("captcha", None)
            else:
                self.add_error(
                    "riddle_answer", _("That is not the answer, or it has expired. Answer the new question.")
                )
        elif self.check.kind == CaptchaMode.QUESTION:
            self.add_error("riddle_answer", _("Answer the question."))
        elif "captcha" not in self.errors and not self.data.get("captcha_1", "").strip():
            self.add_error("captcha", _("Write the code from the picture, or answer the question in words below."))

    @property
    def is_trapped(self) -> bool:
        """Whether a robot filled in the field that people do not see."""
        return bool(self.data.get("website", "").strip())
