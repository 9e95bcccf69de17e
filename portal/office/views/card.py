"""The card of an account."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from portal.core import clock
from portal.office.card import account_card, find_account
from portal.office.views.base import needs, page


@require_safe
@needs("office.view_account_card")
def account(request: HttpRequest, number: str) -> HttpResponse:
    """Everything about one account."""
    found = find_account(number)
    if found is None:
        raise Http404
    card = account_card(found, today=clock.today())
    return page(
        request,
        "office/account_card.html",
        title=_("Account %(number)s") % {"number": found.number},
        subtitle=found.premises.address,
        icon="doc-full",
        card=card,
    )


@require_safe
@needs("office.view_account_card")
def find(request: HttpRequest) -> HttpResponse:
    """Open the card of a number that was typed, or the list searched for what was typed."""
    typed = request.GET.get("q", "").strip()
    found = find_account(typed) if typed else None
    if found is not None:
        return redirect("office_account", number=found.number)
    response = redirect("accounts_account_modeladmin_index")
    if typed:
        response["Location"] += "?" + request.GET.urlencode()
    return response
