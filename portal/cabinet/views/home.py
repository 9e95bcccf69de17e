"""The first page: what is owed, what to do now, what is new."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from portal.cabinet.access import ResidentRequest, resident_page
from portal.cabinet.menu import remember_unread
from portal.cabinet.overview import overview
from portal.core import clock


@require_safe
@resident_page
def home(request: ResidentRequest) -> HttpResponse:
    """The cabinet at a glance."""
    found = overview(request.resident.account, request.resident.user, today=clock.today())
    remember_unread(request, found.unread)
    return render(request, "cabinet/home.html", {"overview": found, "today": clock.today()})
