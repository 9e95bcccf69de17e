"""Reads about support questions."""

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Q, QuerySet

from portal.service_requests.support.enums import QuestionState
from portal.service_requests.support.models import SupportQuestion


def questions_of(user: AbstractBaseUser | AnonymousUser) -> QuerySet[SupportQuestion]:
    """The questions that a login asked, newest first."""
    if not user.is_authenticated:
        return SupportQuestion.objects.none()
    return SupportQuestion.objects.filter(user_id=user.pk).annotate(count=Count("messages"))


def questions_for_staff(*, state: str = "", query: str = "") -> QuerySet[SupportQuestion]:
    """Questions by state and words; what waits longest on top while it waits."""
    questions = SupportQuestion.objects.annotate(count=Count("messages", distinct=True))
    if state in QuestionState.values:
        questions = questions.filter(state=state)
    if query:
        number = Q(pk=int(query)) if query.isdecimal() and len(query) < 10 else Q()
        words = Q(name__icontains=query) | Q(email__icontains=query) | Q(messages__text__icontains=query)
        questions = questions.filter(number | words if number else words).distinct()
    return questions.order_by("due_on", "pk") if state == QuestionState.OPEN else questions.order_by("-asked_at")
