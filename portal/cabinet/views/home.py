"""The first page: what is owed, what to do now, what is new."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from portal.cabinet.access import ResidentRequest, resident_page


@require_safe
@resident_page
def home(request: ResidentRequest) -> HttpResponse:
    """The cabinet at a glance."""
    return render(request, "cabinet/home.html", {})
