"""The support form: shown, taken, answered with a number."""

from typing import TYPE_CHECKING

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from cms_pages.contacts.forms import SupportForm
from portal.accounts.models import User
from portal.core import clock
from portal.service_requests.support.exceptions import TooManyQuestions
from portal.service_requests.support.models import SupportQuestion
from portal.service_requests.support.services import ask

if TYPE_CHECKING:
    from cms_pages.contacts.models import SupportPage

SENT = "support_sent"
TRIES_PER_HOUR = 30


def _too_often(request: HttpRequest) -> bool:
    """Whether one network address has sent the form too often within an hour."""
    key = f"support-tries:{request.META.get('REMOTE_ADDR', '')}"
    cache.add(key, 0, 3600)
    try:
        return bool(cache.incr(key) > TRIES_PER_HOUR)
    except ValueError:
        return False


def _show(request: HttpRequest, page: "SupportPage", form: SupportForm, *, status: int = 200) -> HttpResponse:
    context = page.get_context(request) | {"form": form}
    response = TemplateResponse(request, page.get_template(request), context, status=status)
    response["Cache-Control"] = "private, no-store"
    return response


def _sent(request: HttpRequest, page: "SupportPage", number: int) -> HttpResponse:
    question = SupportQuestion.objects.filter(pk=number).first()
    context = page.get_context(request) | {"question": question}
    response = TemplateResponse(request, "contacts/support_sent.html", context)
    response["Cache-Control"] = "private, no-store"
    return response


def _initial(request: HttpRequest) -> dict[str, str]:
    user = request.user
    if not isinstance(user, User):
        return {}
    person = getattr(user, "person", None)
    return {"name": person.full_name if person else "", "email": user.email}


def support(request: HttpRequest, page: "SupportPage") -> HttpResponse:
    """GET shows the form, or the number after sending; POST takes the question. A wrong code loses no word."""
    if request.method != "POST":
        number = request.session.get(SENT) if "sent" in request.GET else None
        if number:
            return _sent(request, page, number)
        return _show(request, page, SupportForm(initial=_initial(request)))
    form = SupportForm(request.POST)
    if _too_often(request):
        form.add_error(None, _("Too many tries from your network. Try again in an hour, or call us."))
        return _show(request, page, form, status=429)
    if not form.is_valid():
        return _show(request, page, form)
    if form.is_trapped:
        return redirect(page.url)
    return _store(request, page, form)


def _store(request: HttpRequest, page: "SupportPage", form: SupportForm) -> HttpResponse:
    data = form.cleaned_data
    try:
        question = ask(
            once=data["once"],
            name=data["name"],
            email=data["email"],
            account_number=data["account_number"],
            text=data["text"],
            now=clock.now(),
            user=request.user if isinstance(request.user, User) else None,
        )
    except TooManyQuestions:
        form.add_error(None, _("Five questions within an hour are the limit. Your text is kept: send it in an hour."))
        return _show(request, page, form, status=429)
    request.session[SENT] = question.pk
    return redirect(f"{page.url}?sent")
