"""Staff answer support questions in the admin: the list, one thread with its answer."""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from portal.accounts import audit
from portal.accounts.models import User
from portal.accounts.permissions import may_read
from portal.core import clock
from portal.core.exports import ExportColumn, table_response
from portal.core.list_parameters import is_export, is_page, is_text, list_parameters, one_of
from portal.core.refusals import add_error
from portal.service_requests.support import services
from portal.service_requests.support.enums import QuestionState
from portal.service_requests.support.exceptions import AnsweredMeanwhile
from portal.service_requests.support.models import SupportQuestion
from portal.service_requests.support.selectors import questions_for_staff

MAY_ANSWER = "service_requests.answer_support"
MAY_ANSWER_DISPUTES = "service_requests.answer_disputes"
DISPUTES, OTHER = "disputes", "other"
TOPIC_RIGHTS = {DISPUTES: MAY_ANSWER_DISPUTES, OTHER: MAY_ANSWER}
TOPICS = ((DISPUTES, gettext_lazy("Disputed lines of bills")), (OTHER, gettext_lazy("Other questions")))


class SupportAnswerForm(forms.Form):
    """The answer, and how many messages the answerer had read."""

    text = forms.CharField(
        label=pgettext_lazy("contacts", "Answer"),
        max_length=6000,
        widget=forms.Textarea(attrs={"rows": 8}),
        error_messages={"required": gettext_lazy("Write the answer.")},
    )
    message_count = forms.IntegerField(widget=forms.HiddenInput)


def _topics(request: HttpRequest) -> set[str]:
    """Topics whose questions the login may read: its own, or all of them for a reader of all sections."""
    if not may_read(request, *TOPIC_RIGHTS.values()):
        return set()
    own = {topic for topic, right in TOPIC_RIGHTS.items() if request.user.has_perm(right)}
    return own or set(TOPIC_RIGHTS)


def _answerer(request: HttpRequest) -> User:
    """The employee: who answers, or, for looking alone, a reader of all sections."""
    if not isinstance(request.user, User) or not _topics(request):
        raise PermissionDenied
    return request.user


def _disputes(topics: set[str], topic: str) -> bool | None:
    """Which questions are shown: disputes, others, or both when the login reads both and asked for no topic."""
    wanted = {topic} & topics or topics
    return None if len(wanted) > 1 else DISPUTES in wanted


def _columns() -> list[ExportColumn[SupportQuestion]]:
    return [
        ExportColumn("№", lambda question: question.pk),
        ExportColumn(_("Name"), lambda question: question.name),
        ExportColumn(_("E-mail"), lambda question: question.email),
        ExportColumn(pgettext("contacts", "Asked"), lambda question: question.asked_at),
        ExportColumn(_("Answer due"), lambda question: question.due_on),
        ExportColumn(_("State"), lambda question: question.get_state_display()),
    ]


@list_parameters(
    q=is_text,
    state=one_of(("all", *QuestionState)),
    topic=one_of(("", *TOPIC_RIGHTS)),
    page=is_page,
    export=is_export,
)
def questions(request: HttpRequest) -> HttpResponse:
    """Questions, those that wait longest on top."""
    _answerer(request)
    readable = _topics(request)
    state = request.GET.get("state", QuestionState.OPEN)
    topic = request.GET.get("topic", "")
    rows = questions_for_staff(
        state=state, query=request.GET.get("q", "").strip()[:100], disputes=_disputes(readable, topic)
    )
    if kind := request.GET.get("export", ""):
        return table_response(request, kind, "support", _columns(), rows)
    context = {
        "page_title": _("Support questions"),
        "questions": Paginator(rows, 30).get_page(request.GET.get("page")),
        "states": QuestionState.choices,
        "state": state,
        "topics": TOPICS if len(readable) == len(TOPICS) else (),
        "topic": topic,
        "today": clock.today(),
    }
    return TemplateResponse(request, "contacts/admin/questions.html", context)


def question(request: HttpRequest, number: int) -> HttpResponse:
    """One thread; an answer over a colleague's is refused in words and kept."""
    actor = _answerer(request)
    support_question = get_object_or_404(SupportQuestion, pk=number)
    if (DISPUTES if support_question.is_dispute else OTHER) not in _topics(request):
        raise PermissionDenied
    thread = list(support_question.messages.select_related("author"))
    form = SupportAnswerForm(request.POST or None, initial={"message_count": len(thread)})
    if request.method == "POST" and request.POST.get("action") == "close":
        services.close(question=support_question, now=clock.now())
        return redirect("cms_support_questions")
    if request.method == "POST" and form.is_valid():
        try:
            services.answer(
                question=support_question,
                actor=actor,
                text=form.cleaned_data["text"],
                message_count=form.cleaned_data["message_count"],
                now=clock.now(),
            )
        except AnsweredMeanwhile as refusal:
            add_error(form, refusal, for_staff=True)
        else:
            messages.success(request, _("The answer went to %(email)s.") % {"email": support_question.email})
            return redirect("cms_support_question", number=number)
    if request.method == "GET":
        audit.saw(
            support_question.user or support_question, by=actor, what=f"Вопрос в поддержку № {support_question.pk}"
        )
    context = {
        "page_title": _("Question № %(number)s") % {"number": support_question.pk},
        "question": support_question,
        "thread": thread,
    }
    return render(request, "contacts/admin/question.html", context | {"form": form})
