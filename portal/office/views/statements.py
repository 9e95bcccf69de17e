"""The statement of an account for any dates, as the resident may take it herself."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal.core import clock
from portal.core.list_parameters import is_day, is_text, list_parameters
from portal.core.params import date_param
from portal.office.audit.viewing import log_printed
from portal.office.card import account_of
from portal.office.views.base import needs
from portal.receipts.statement import statement, statement_file


@require_safe
@needs("ledger.view_entry")
@list_parameters(**{"from": is_day, "to": is_day, "kind": is_text})
def take(request: HttpRequest, pk: int) -> HttpResponse:
    """From a day to a day, both inclusive; without them from the account's first day until today."""
    account = account_of(pk)
    if account is None:
        raise Http404
    first = date_param(request, "from") or account.opened_on
    last = date_param(request, "to") or clock.today()
    if last < first:
        messages.error(request, _("The last day is before the first one. Swap the dates."))
        return redirect("office_account", pk=account.pk)
    made = statement(account, first=first, last=last)
    try:
        content, kind, name = statement_file(made, kind=request.GET.get("kind", ""), issued_on=clock.today())
    except ValueError:
        raise Http404 from None
    log_printed(request, account, f"Выписка {first:%d.%m.%Y}–{last:%d.%m.%Y}")
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})
