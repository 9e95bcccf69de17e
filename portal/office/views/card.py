"""The card of an account."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from portal.core import clock
from portal.core.files.exceptions import FileRefused
from portal.core.list_parameters import is_month, is_text, list_parameters
from portal.core.periods import Period
from portal.office.audit.viewing import log_printed, log_view
from portal.office.card import account_card, account_of, find_account
from portal.office.views.base import needs, page
from portal.receipts.exceptions import CannotIssue
from portal.receipts.models import Receipt
from portal.receipts.services import ensure_receipt_pdf


@require_safe
@needs("office.view_account_card")
@list_parameters(month=is_month)
def account(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything about one account."""
    found = account_of(pk)
    if found is None:
        raise Http404
    log_view(request, found, "Карточка счёта")
    card = account_card(found, today=clock.today(), month=_month(request.GET.get("month", "")))
    return page(
        request,
        "office/account_card.html",
        title=_("Account %(number)s") % {"number": found.number},
        subtitle=found.premises.address,
        icon="doc-full",
        card=card,
        today=clock.today(),
    )


def _month(text: str) -> Period | None:
    try:
        return Period.parse(text)
    except ValueError:
        return None


@require_safe
@needs("office.view_account_card")
@list_parameters(q=is_text)
def find(request: HttpRequest) -> HttpResponse:
    """Open the card of a number that was typed, or the list searched for what was typed."""
    typed = request.GET.get("q", "").strip()
    found = find_account(typed) if typed else None
    if found is not None:
        return redirect("office_account", pk=found.pk)
    response = redirect("accounts_account_modeladmin_index")
    if typed:
        response["Location"] += "?" + request.GET.urlencode()
    return response


@require_safe
@needs("receipts.view_receipt")
def receipt(request: HttpRequest, pk: int) -> HttpResponse:
    """The PDF of a receipt: the stored one, or made now."""
    found = Receipt.objects.filter(pk=pk).first()
    if found is None:
        raise Http404
    try:
        stored = ensure_receipt_pdf(receipt=found)
    except (CannotIssue, FileRefused):
        messages.error(request, _("The receipt could not be made. Look at the closing's page."))
        return redirect("office_account", pk=found.account_id)
    log_printed(request, found, f"Квитанция {found.number}")
    return redirect("core:private-file", file_id=stored.pk)
