"""Every charge and payment with the balance after it, its reason, and the statement."""

import datetime as dt
import uuid
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal.billing.selectors.bills import BillLine, lines_by_key
from portal.cabinet.access import ResidentRequest, resident_page
from portal.cabinet.filters import ListPages
from portal.cabinet.statements import statement_response
from portal.core import clock
from portal.core.params import date_param, int_param, year_param
from portal.ledger.enums import EntryKind
from portal.ledger.models import Entry
from portal.ledger.selectors import balance, entry_years, page_of_entries
from portal.payments.selectors import references_of

PAGE = 25
PAYMENTS = (EntryKind.PAYMENT, EntryKind.REFUND)
GROUPS = {"payments": PAYMENTS, "charges": tuple(kind for kind in EntryKind if kind not in PAYMENTS)}


@dataclass(frozen=True, slots=True)
class EntryRow:
    """An entry with the bill's line behind it, where there is one."""

    entry: Entry
    line: BillLine | None
    payment: uuid.UUID | None
    """The payment that the entry came from, or that it gave back."""

    @property
    def is_payment(self) -> bool:
        return self.entry.kind in PAYMENTS

    @property
    def note(self) -> str:
        """Words of the entry; those of payments made in a former holder's time stay theirs."""
        return "" if self.is_payment and self.payment is None else self.entry.note

    @property
    def title(self) -> str:
        """«Холодное водоснабжение», «Платёж»."""
        return self.line.title if self.line else str(EntryKind(self.entry.kind).label)


@require_safe
@resident_page
def ledger(request: ResidentRequest) -> HttpResponse:
    """The ledger of the account, newest first."""
    account = request.resident.account
    year, group = year_param(request, "year"), request.GET.get("kind", "")
    if "export" in request.GET:
        return _statement(request, year)
    number = max(1, int_param(request, "page") or 1)
    entries = page_of_entries(account, year=year, kinds=GROUPS.get(group, ()), offset=(number - 1) * PAGE, limit=PAGE)
    lines = lines_by_key([entry.key for entry in entries.rows if entry.kind not in PAYMENTS])
    sources = [entry.source for entry in entries.rows if entry.kind in PAYMENTS]
    payments = references_of(request.resident.user, account, sources)
    context = {
        "rows": [EntryRow(entry, lines.get(entry.key), payments.get(entry.source)) for entry in entries.rows],
        "pages": ListPages.of(entries.total, number, PAGE),
        "years": entry_years(account),
        "year": year,
        "group": group,
        "groups": [("charges", _("charges only")), ("payments", _("payments only"))],
        "balance": balance(account),
    }
    return render(request, "cabinet/ledger.html", context)


def _statement(request: ResidentRequest, year: int | None) -> HttpResponse:
    """The statement for the asked dates, a year, or all of it: PDF or XLSX."""
    account, kind = request.resident.account, request.GET["export"]
    first = date_param(request, "from") or (dt.date(year, 1, 1) if year else account.opened_on)
    last = date_param(request, "to") or (dt.date(year, 12, 31) if year else clock.today())
    if last < first:
        messages.error(request, _("The last day is before the first one. Swap the dates."))
        return redirect("cabinet:ledger")
    payer = getattr(request.resident.user, "person", None)
    return statement_response(account, first=first, last=last, kind=kind, payer=payer)
