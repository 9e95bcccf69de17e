"""Pages of /personal/support/."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from portal.accounts.client_ip import sender_of
from portal.cabinet.access import LoginRequest, ResidentRequest, login_page, resident_page
from portal.cabinet.support.forms import MessageForm, QuestionForm
from portal.cabinet.support.quoting import bill_line, quote
from portal.core import clock
from portal.core.formatting import date_text
from portal.core.rate_limits.declared import Action
from portal.core.rate_limits.edge import show_limit
from portal.core.rate_limits.exceptions import RateLimited
from portal.core.rate_limits.services import spend
from portal.service_requests.support.selectors import questions_of
from portal.service_requests.support.services import ask, ask_on


@login_page
def questions(request: LoginRequest) -> HttpResponseBase:
    """Show what the resident asked, newest first; searched by words and number."""
    query = request.GET.get("q", "").strip()[:100]
    page = Paginator(questions_of(request.user, query=query), 20).get_page(request.GET.get("page"))
    return render(request, "cabinet/support/list.html", {"questions": page, "query": query})


@resident_page
def new(request: ResidentRequest) -> HttpResponseBase:
    """Ask, with the account known and the line of a bill quoted when it is one that is doubted."""
    resident = request.resident
    line = bill_line(resident.account, month=request.GET.get("month", ""), line=request.GET.get("line", ""))
    quoted = quote(resident.account, line) if line else ""
    form = QuestionForm(request.POST or None, initial={"email": resident.user.email})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        person = getattr(resident.user, "person", None)
        try:
            spend(Action.SUPPORT, sender=sender_of(request))
            support_question = ask(
                form_token=data["form_token"],
                name=person.full_name if person else resident.user.username,
                email=data["email"],
                account_number=resident.account.number,
                text="\n\n".join(filter(None, (quoted, data["text"]))),
                now=clock.now(),
                user=resident.user,
                charge=line.charge if line else None,
            )
        except RateLimited as limit:
            show_limit(request, form, limit)
        else:
            messages.success(request, _("Sent. We answer by %(day)s.") % {"day": date_text(support_question.due_on)})
            return redirect("cabinet:support-question", number=support_question.pk)
    status = 422 if form.errors else 200
    return render(request, "cabinet/support/new.html", {"form": form, "quoted": quoted}, status=status)


@login_page
def question(request: LoginRequest, number: int) -> HttpResponseBase:
    """One thread; a message of the asker opens the question again."""
    support_question = get_object_or_404(questions_of(request.user), pk=number)
    form = MessageForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            spend(Action.FOLLOW_UP, sender=sender_of(request))
            written = ask_on(
                question=support_question, author=request.resident.user, text=form.cleaned_data["text"], now=clock.now()
            )
        except RateLimited as limit:
            show_limit(request, form, limit)
        else:
            messages.success(request, _("Sent. We answer by %(day)s.") % {"day": date_text(written.question.due_on)})
            return redirect("cabinet:support-question", number=number)
    context = {"question": support_question, "thread": support_question.messages.all(), "form": form}
    return render(request, "cabinet/support/question.html", context)
