"""The support form: its own captcha, a question in words for those who cannot see it, a trap for robots."""

import random
import re
import uuid
from typing import Any

from captcha.fields import CaptchaField, CaptchaTextInput
from captcha.models import CaptchaStore
from django import forms
from django.core import signing
from django.utils.translation import gettext_lazy as _

ACCOUNT = re.compile(r"[0-9-]{4,20}")
WORDS = (
    (_("How many legs has a cat? Write a word or a digit."), ("4", "четыре", "four")),
    (_("What colour is snow?"), ("белый", "белого", "white")),
    (_("What runs from the tap: water or sand?"), ("вода", "water")),
    (_("How many days has a week? Write a word or a digit."), ("7", "семь", "seven")),
    (_("Which season comes after winter?"), ("весна", "spring")),
)
SALT = "support-question"


def new_question() -> str:
    """A signed number of a question in words, good for an hour."""
    return signing.dumps(random.SystemRandom().randrange(len(WORDS)), salt=SALT)


def question_words(token: str) -> str:
    """The question behind a signed number; empty when it is not ours or too old."""
    try:
        return str(WORDS[signing.loads(token, salt=SALT, max_age=3600)][0])
    except (signing.BadSignature, IndexError, TypeError):
        return ""


def is_right(token: str, answer: str) -> bool:
    """Whether the words answer the question."""
    try:
        right = WORDS[signing.loads(token, salt=SALT, max_age=3600)][1]
    except (signing.BadSignature, IndexError, TypeError):
        return False
    return answer.strip().strip(".!").lower() in right


class PictureInput(CaptchaTextInput):
    """The picture above its field, with our own markup and no script."""

    template_name = "contacts/captcha.html"


class SupportForm(forms.Form):
    """Who asks, and what. The code from the picture or the answer in words: one of the two."""

    name = forms.CharField(
        label=_("Your name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("Write how to address you.")},
    )  # fmt: skip
    email = forms.EmailField(
        label=_("E-mail"), widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text=_("We answer to this address."),
        error_messages={"required": _("Write where to answer."), "invalid": _("An address looks like name@mail.ru.")},
    )  # fmt: skip
    account_number = forms.CharField(
        label=_("Account number"), max_length=20, required=False,
        help_text=_("Stands on the receipt, top right. You may leave it empty."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )  # fmt: skip
    text = forms.CharField(
        label=_("Your question"), max_length=6000, min_length=10, widget=forms.Textarea(attrs={"rows": 7}),
        error_messages={
            "required": _("Write your question."),
            "min_length": _("Write a little more, so that we understand: ten letters at least."),
        },
    )  # fmt: skip
    captcha = CaptchaField(
        label=_("Code from the picture"), required=False, widget=PictureInput,
        help_text=_("Letters and digits, capital or small alike."),
        error_messages={"invalid": _("The code does not match. Write the one of the new picture.")},
    )  # fmt: skip
    riddle_answer = forms.CharField(label=_("Or answer in words"), required=False, max_length=40)
    riddle = forms.CharField(required=False, widget=forms.HiddenInput)
    website = forms.CharField(label=_("Leave empty"), required=False, max_length=200)
    once = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        token = self.data.get("riddle", "") if self.is_bound else ""
        self.riddle_token = token if question_words(token) else new_question()
        self.fields["riddle_answer"].help_text = question_words(self.riddle_token)
        self.initial.setdefault("riddle", self.riddle_token)
        self.initial.setdefault("once", uuid.uuid4())

    def clean_account_number(self) -> str:
        """Looked at by its form only: whether such an account exists is nobody's business here."""
        number = str(self.cleaned_data["account_number"]).replace(" ", "")
        if number and not ACCOUNT.fullmatch(number):
            raise forms.ValidationError(_("An account number has 4 to 20 digits. Check it, or leave it empty."))
        return number

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        in_words = is_right(self.data.get("riddle", ""), str(cleaned.get("riddle_answer", "")))
        if in_words:
            self.errors.pop("captcha", None)
        elif cleaned.get("riddle_answer"):
            self.add_error("riddle_answer", _("That is not the answer. Try again, or take the picture."))
        elif "captcha" not in self.errors and not self.data.get("captcha_1", "").strip():
            self.add_error("captcha", _("Write the code from the picture, or answer the question in words below."))
        return cleaned

    @property
    def is_trapped(self) -> bool:
        """Whether a robot filled in the field that people do not see."""
        return bool(self.data.get("website", "").strip())


def forget_old_pictures() -> None:
    """Throw away captcha pictures whose time is over."""
    CaptchaStore.remove_expired()
