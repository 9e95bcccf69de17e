"""The contacts page; the support form: shown, taken, answered with a number."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse

from cms_pages.contacts.forms import SupportForm
from cms_pages.contacts.models import ContactsPage, SupportPage
from cms_pages.core.rendering import page_context, page_view
from portal.accounts.client_ip import client_address, sender_of
from portal.accounts.models import User
from portal.core import clock
from portal.core.rate_limits.declared import Action
from portal.core.rate_limits.edge import show_limit
from portal.core.rate_limits.exceptions import RateLimited
from portal.core.rate_limits.services import Sender, spend
from portal.service_requests.support.selectors import question_numbered
from portal.service_requests.support.services import ask

SENT = "support_sent"


def _show(request: HttpRequest, page: SupportPage, form: SupportForm) -> HttpResponse:
    context = page.get_context(request) | {"form": form}
    response = TemplateResponse(request, page.get_template(request), context)
    response["Cache-Control"] = "private, no-store"
    return response


def _sent(request: HttpRequest, page: SupportPage, number: int) -> HttpResponse:
    question = question_numbered(number)
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


@page_context(ContactsPage)
def contacts_context(page: ContactsPage, _request: HttpRequest) -> dict[str, Any]:
    """The departments, open or closed at this moment."""
    now = clock.now()
    return {"departments": [(department, department.hours().state_at(now)) for department in page.departments.all()]}


@page_view(SupportPage)
def support(request: HttpRequest, page: SupportPage) -> HttpResponse:
    """GET shows the form, or the number after sending; POST takes the question. A wrong code loses no word."""
    if request.method != "POST":
        number = request.session.get(SENT) if "sent" in request.GET else None
        if number:
            return _sent(request, page, number)
        return _show(request, page, SupportForm(initial=_initial(request)))
    form = SupportForm(request.POST)
    try:
        spend(Action.SUPPORT, sender=Sender(address=client_address(request)))
    except RateLimited as refusal:
        show_limit(request, form, refusal)
        return _show(request, page, form)
    if not form.is_valid():
        return _show(request, page, form)
    if form.is_trapped:
        return redirect(page.url)
    return _store(request, page, form)


def _store(request: HttpRequest, page: SupportPage, form: SupportForm) -> HttpResponse:
    data = form.cleaned_data
    try:
        question = ask(
            form_token=data["form_token"],
            name=data["name"],
            email=data["email"],
            account_number=data["account_number"],
            text=data["text"],
            now=clock.now(),
            user=request.user if isinstance(request.user, User) else None,
            sender=sender_of(request),
        )
    except RateLimited as refusal:
        show_limit(request, form, refusal)
        return _show(request, page, form)
    request.session[SENT] = question.pk
    return redirect(f"{page.url}?sent")
