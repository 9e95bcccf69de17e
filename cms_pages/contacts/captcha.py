"""The check of the support form against robots: a picture or a question in words, each answered once.

An answer is spent by being sent, right or wrong, and lasts for some minutes (CAPTCHA_TIMEOUT). Works without a script.
"""

import datetime as dt
import secrets
from collections.abc import Sequence
from typing import TYPE_CHECKING

from captcha.fields import CaptchaField, CaptchaTextInput
from captcha.models import CaptchaStore
from django import forms
from django.conf import settings
from django.core import signing
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.core.rate_limits.services import claim_once

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

Question = tuple["StrOrPromise", Sequence[str]]

WORDS: tuple[Question, ...] = (
    (_("How many legs does a cat have? Write a word or a digit."), ("4", "четыре", "four")),
    (_("What colour is snow?"), ("белый", "белого", "white")),
    (_("What comes out of a tap: water or sand?"), ("вода", "water")),
    (_("How many days are there in a week? Write a word or a digit."), ("7", "семь", "seven")),
    (_("Which season comes after winter?"), ("весна", "spring")),
)
SALT = "support-question"
PURPOSE = "support-question"


def lifetime() -> dt.timedelta:
    """Return how long a picture or a question waits for its answer."""
    return dt.timedelta(minutes=settings.CAPTCHA_TIMEOUT)


def new_question(questions: Sequence[Question] = WORDS) -> str:
    """A signed token of one of the questions, with a nonce: it is answered once."""
    return signing.dumps([secrets.randbelow(len(questions)), secrets.token_urlsafe(12)], salt=SALT)


def _opened(token: str, questions: Sequence[Question]) -> tuple[Question, str] | None:
    try:
        number, nonce = signing.loads(token, salt=SALT, max_age=lifetime())
        return questions[number], str(nonce)
    except (signing.BadSignature, IndexError, TypeError, ValueError):
        return None


def question_text(token: str, questions: Sequence[Question] = WORDS) -> str:
    """The question behind a token; empty when it is not ours or too old."""
    opened = _opened(token, questions)
    return str(opened[0][0]) if opened else ""


def answer_question(token: str, answer: str, questions: Sequence[Question] = WORDS) -> bool:
    """Whether the words answer the question for the first time. The token is spent either way."""
    opened = _opened(token, questions)
    if opened is None:
        return False
    (_question, right), nonce = opened
    if not claim_once(PURPOSE, nonce, lasts=lifetime() + dt.timedelta(minutes=1)):
        return False
    return folded(answer) in {folded(accepted) for accepted in right}


def folded(answer: str) -> str:
    """An answer without case, ё, spaces around and a full stop."""
    return answer.strip().strip(".!").strip().casefold().replace("ё", "е")


class PictureInput(CaptchaTextInput):
    """The picture above its field, with our own markup and no script."""

    template_name = "contacts/captcha.html"


class PictureField(CaptchaField):
    """django-simple-captcha's field whose picture is spent by one DELETE: of parallel answers one alone counts."""

    def clean(self, value: list[str]) -> list[str]:
        forms.MultiValueField.clean(self, value)
        key, response = value[0] or "", (value[1] or "").strip().lower()
        value[1] = ""
        if not response:
            return value
        store = CaptchaStore.objects.filter(hashkey=key, expiration__gt=timezone.now()).first()
        spent, _by_model = CaptchaStore.objects.filter(hashkey=key).delete()
        if not spent or store is None or store.response != response:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return value


def forget_old_pictures() -> None:
    """Throw away captcha pictures whose time is over."""
    CaptchaStore.remove_expired()
