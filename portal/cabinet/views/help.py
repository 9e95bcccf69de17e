"""Help of the cabinet: the residents' guide."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from portal.cabinet.access import LoginRequest, login_page
from portal.cabinet.guide import chapters


@require_safe
@login_page
def guide(request: LoginRequest) -> HttpResponse:
    """The whole guide with its contents on top."""
    return render(request, "cabinet/help.html", {"chapters": chapters()})
