"""The first page: what is owed, what to do now, what is new."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from portal.cabinet.access import LoginRequest, LoginWithoutAccount, login_page
from portal.cabinet.forms.readings import ReadingsForm
from portal.cabinet.menu import remember_unread
from portal.cabinet.overview import overview
from portal.cabinet.views.former import former_home
from portal.core import clock


@require_safe
@login_page
def home(request: LoginRequest) -> HttpResponse:
    """The cabinet at a glance; for a login that holds no account now, what it held before."""
    resident = request.resident
    if isinstance(resident, LoginWithoutAccount):
        return former_home(request)
    summary = overview(resident.account, resident.user, today=clock.today())
    remember_unread(request, summary.unread)
    context = {
        "overview": summary,
        "today": clock.today(),
        "readings": ReadingsForm.empty(summary.task.window.meters) if summary.task.is_due else None,
    }
    return render(request, "cabinet/home.html", context)
