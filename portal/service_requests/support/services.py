"""Asking, answering, asking on. A question sent twice is one question; an answer over a colleague's is refused."""

import datetime as dt
import uuid

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import IntegrityError, transaction

from portal.accounts.models import User
from portal.billing.models import Charge
from portal.core.rate_limits.declared import Action
from portal.core.rate_limits.exceptions import RateLimited
from portal.core.rate_limits.services import Sender, spend
from portal.service_requests.support.enums import MessageSide, QuestionState
from portal.service_requests.support.exceptions import AnsweredMeanwhile
from portal.service_requests.support.models import SupportMessage, SupportQuestion
from portal.service_requests.support.notifications import notify_answered, notify_letters_stopped, notify_received

ANSWER_DAYS = 10


def ask(
    *,
    form_token: uuid.UUID,
    name: str,
    email: str,
    account_number: str,
    text: str,
    now: dt.datetime,
    user: AbstractBaseUser | None = None,
    sender: Sender | None = None,
    charge: Charge | None = None,
) -> SupportQuestion:
    """Store a question and mail its number. The same one-time key gives the same question. Raises RateLimited.

    `charge` is the line of a bill that is disputed: those who answer for money get the question. Nothing is looked up
    by the account number: it stays as it was written.
    """
    existing = SupportQuestion.objects.filter(form_token=form_token).first()
    if existing is not None:
        return existing
    try:
        with transaction.atomic():
            if sender is not None:
                spend(Action.SUPPORT, mailbox=email)
            question = SupportQuestion.objects.create(
                form_token=form_token,
                name=name,
                email=email,
                account_number=account_number,
                asked_at=now,
                turned_at=now,
                due_on=now.date() + dt.timedelta(days=ANSWER_DAYS),
                user_id=user.pk if user else None,
                charge=charge,
            )
            SupportMessage.objects.create(
                question=question,
                side=MessageSide.ASKER,
                author_id=user.pk if user else None,
                text=text,
                written_at=now,
            )
            _notify_received(question, text, user)
    except IntegrityError:
        return SupportQuestion.objects.get(form_token=form_token)
    return question


def _notify_received(question: SupportQuestion, text: str, user: AbstractBaseUser | None) -> None:
    """A copy to a confirmed address of the login; to any other address number and day alone, within limits."""
    due = question.due_on
    if _is_confirmed(user, question.email):
        notify_received(question, due, text=text)
        return
    try:
        spend(Action.SUPPORT_LETTER, mailbox=question.email)
    except RateLimited as refusal:
        notify_letters_stopped(refusal, moment=question.asked_at)
        return
    notify_received(question, due)


def _is_confirmed(user: AbstractBaseUser | None, email: str) -> bool:
    return isinstance(user, User) and user.email_confirmed_at is not None and user.email.lower() == email.lower()


@transaction.atomic
def answer(
    *, question: SupportQuestion, actor: AbstractBaseUser, text: str, message_count: int, now: dt.datetime
) -> SupportMessage:
    """Answer a question; `message_count` is how many messages the answerer had read. Raises AnsweredMeanwhile."""
    locked = SupportQuestion.objects.select_for_update().get(pk=question.pk)
    messages = list(locked.messages.select_related("author"))
    if len(messages) != message_count:
        raise AnsweredMeanwhile(str(messages[-1].author or locked.name))
    message = SupportMessage.objects.create(
        question=locked, side=MessageSide.COMPANY, author_id=actor.pk, text=text, written_at=now
    )
    SupportQuestion.objects.filter(pk=locked.pk).update(state=QuestionState.ANSWERED, turned_at=now)
    notify_answered(locked, message)
    return message


@transaction.atomic
def ask_on(*, question: SupportQuestion, author: AbstractBaseUser, text: str, now: dt.datetime) -> SupportMessage:
    """The asker writes again: the question is open once more. The same words sent twice are one message.

    A question that still waits keeps its day of the answer.
    """
    locked = SupportQuestion.objects.select_for_update().get(pk=question.pk)
    last = locked.messages.last()
    if last is not None and last.author_id == author.pk and last.text == text:
        return last
    if locked.state != QuestionState.OPEN:
        locked.state, locked.turned_at = QuestionState.OPEN, now
        locked.due_on = now.date() + dt.timedelta(days=ANSWER_DAYS)
        locked.save(update_fields=["state", "turned_at", "due_on"])
    return SupportMessage.objects.create(
        question=locked, side=MessageSide.ASKER, author_id=author.pk, text=text, written_at=now
    )


def close(*, question: SupportQuestion, now: dt.datetime) -> None:
    """Nothing more to answer."""
    SupportQuestion.objects.filter(pk=question.pk).update(state=QuestionState.CLOSED, turned_at=now)
