"""The card of an account, its search, its statement."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal.core import clock
from portal.core.files.downloads import as_download
from portal.core.list_parameters import is_day, is_month, is_text, list_parameters
from portal.core.params import date_param
from portal.core.periods import Period
from portal.office.accounts.selectors import account_card, account_of, find_account
from portal.office.audit.viewing import log_printed, log_view
from portal.office.common.views import found_or_404, needs, page
from portal.receipts.statement import statement as account_statement
from portal.receipts.statement import statement_file


@require_safe
@needs("office.view_account_card")
@list_parameters(month=is_month)
def account(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything about one account."""
    shown_account = found_or_404(account_of(pk))
    log_view(request, shown_account, "Карточка счёта")
    card = account_card(shown_account, today=clock.today(), month=_month(request.GET.get("month", "")))
    return page(
        request,
        "office/account_card.html",
        title=_("Account %(number)s") % {"number": shown_account.number},
        subtitle=shown_account.premises.address,
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
    match = find_account(typed) if typed else None
    if match is not None:
        return redirect("office_account", pk=match.pk)
    response = redirect("accounts_account_modeladmin_index")
    if typed:
        response["Location"] += "?" + request.GET.urlencode()
    return response


@require_safe
@needs("ledger.view_entry")
@list_parameters(**{"from": is_day, "to": is_day, "kind": is_text})
def statement(request: HttpRequest, pk: int) -> HttpResponse:
    """The statement of an account as its resident may take it: from a day to a day, both inclusive.

    Without them from the account's first day until today.
    """
    shown_account = found_or_404(account_of(pk))
    first = date_param(request, "from") or shown_account.opened_on
    last = date_param(request, "to") or clock.today()
    if last < first:
        messages.error(request, _("The last day is before the first one. Swap the dates."))
        return redirect("office_account", pk=shown_account.pk)
    made = account_statement(shown_account, first=first, last=last)
    try:
        content, kind, name = statement_file(made, kind=request.GET.get("kind", ""), issued_on=clock.today())
    except ValueError:
        raise Http404 from None
    log_printed(request, shown_account, f"Выписка {first:%d.%m.%Y}–{last:%d.%m.%Y}")
    return as_download(HttpResponse(content, content_type=kind), name)
