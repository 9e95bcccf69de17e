"""Reads about support questions."""

from collections.abc import Collection
from dataclasses import dataclass

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from portal.service_requests.support.enums import MessageSide, QuestionState
from portal.service_requests.support.models import SupportMessage, SupportQuestion


@dataclass(frozen=True, slots=True)
class Dispute:
    """A question about a line of a bill with the company's last answer, if there is one."""

    question: SupportQuestion
    answer: SupportMessage | None


def _asked(questions: QuerySet[SupportQuestion], query: str) -> QuerySet[SupportQuestion]:
    """Return those that bear a number or hold the words of a query."""
    number = Q(pk=int(query)) if query.isdecimal() and len(query) < 10 else Q(pk=None)
    condition = Q(name__icontains=query) | Q(email__icontains=query) | Q(messages__text__icontains=query)
    return questions.filter(number | condition).distinct()


def questions_of(user: AbstractBaseUser | AnonymousUser, *, query: str = "") -> QuerySet[SupportQuestion]:
    """The questions that a login asked, newest first, with `first_text` and the number of `answers`."""
    if not user.is_authenticated:
        return SupportQuestion.objects.none()
    first = SupportMessage.objects.filter(question=OuterRef("pk")).order_by("written_at", "pk").values("text")[:1]
    answers = Count("messages", filter=Q(messages__side=MessageSide.COMPANY), distinct=True)
    questions = SupportQuestion.objects.filter(user_id=user.pk)
    if query:
        questions = questions.filter(pk__in=_asked(questions, query).values("pk"))
    return questions.annotate(first_text=Subquery(first), answers=answers).order_by("-asked_at")


def questions_for_staff(*, state: str = "", query: str = "", disputes: bool | None = None) -> QuerySet[SupportQuestion]:
    """Questions by state and words; what waits longest on top while it waits.

    `disputes`: True those about a line of a bill alone, False the others, None both.
    """
    questions: QuerySet[SupportQuestion] = SupportQuestion.objects.annotate(count=Count("messages", distinct=True))
    if disputes is not None:
        questions = questions.filter(charge__isnull=not disputes)
    if state in QuestionState.values:
        questions = questions.filter(state=state)
    if query:
        questions = _asked(questions, query)
    return questions.order_by("due_on", "pk") if state == QuestionState.OPEN else questions.order_by("-asked_at")


def disputes_of(user: AbstractBaseUser | AnonymousUser, charges: Collection[int]) -> dict[int, Dispute]:
    """What the login asked about lines of a bill, by the line's key: the newest question of each (two queries)."""
    questions = questions_of(user).filter(charge__in=charges).order_by("asked_at", "pk")
    by_charge = {question.charge_id: question for question in questions}
    answers = SupportMessage.objects.filter(question__in=by_charge.values(), side=MessageSide.COMPANY)
    last = {message.question_id: message for message in answers.order_by("written_at", "pk")}
    return {
        charge_id: Dispute(question, last.get(question.pk))
        for charge_id, question in by_charge.items()
        if charge_id is not None
    }


def question_numbered(number: int) -> SupportQuestion | None:
    """A question by its number."""
    return SupportQuestion.objects.filter(pk=number).first()
