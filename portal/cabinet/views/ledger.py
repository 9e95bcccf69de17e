"""Every charge and payment with the balance after it, its reason, and the statement."""

from dataclasses import dataclass

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from portal.billing.selectors.bills import BillLine, lines_by_key
from portal.cabinet.access import ResidentRequest, resident_page
from portal.cabinet.export import Column, table_response
from portal.cabinet.filters import Pages, int_param
from portal.core import clock
from portal.core.formatting import date_text, period_text
from portal.core.pdf.documents import render_document
from portal.ledger.enums import EntryKind
from portal.ledger.models import Entry
from portal.ledger.selectors import balance, entries_with_balance, entry_years, page_of_entries

PAGE = 25
PAYMENTS = (EntryKind.PAYMENT, EntryKind.REFUND)
GROUPS = {"payments": PAYMENTS, "charges": tuple(kind for kind in EntryKind if kind not in PAYMENTS)}
LONGEST_STATEMENT = 3000


@dataclass(frozen=True, slots=True)
class Row:
    """An entry with the bill's line behind it, where there is one."""

    entry: Entry
    line: BillLine | None

    @property
    def is_payment(self) -> bool:
        return self.entry.kind in PAYMENTS

    @property
    def title(self) -> str:
        """«Холодное водоснабжение», «Платёж»."""
        return self.line.title if self.line else str(EntryKind(self.entry.kind).label)


@require_safe
@resident_page
def ledger(request: ResidentRequest) -> HttpResponse:
    """The book of the account, newest first."""
    account = request.resident.account
    year, group = int_param(request, "year"), request.GET.get("kind", "")
    if "export" in request.GET:
        return _statement(request, year)
    number = max(1, int_param(request, "page") or 1)
    found = page_of_entries(
        account, year=year, kinds=GROUPS.get(group, ()), offset=(number - 1) * PAGE, limit=PAGE
    )
    lines = lines_by_key([entry.key for entry in found.rows if entry.kind not in PAYMENTS])
    context = {
        "rows": [Row(entry, lines.get(entry.key)) for entry in found.rows],
        "pages": Pages.of(found.total, number, PAGE),
        "years": entry_years(account),
        "year": year,
        "group": group,
        "balance": balance(account),
    }
    return render(request, "cabinet/ledger.html", context)


COLUMNS: list[Column[Entry]] = [
    Column("Дата", lambda entry: entry.effective_on),
    Column("За период", lambda entry: period_text(entry.period) if entry.period else ""),
    Column("Операция", lambda entry: str(EntryKind(entry.kind).label)),
    Column("Начислено, ₽", lambda entry: entry.amount if entry.amount > 0 else None),
    Column("Оплачено и уменьшено, ₽", lambda entry: -entry.amount if entry.amount < 0 else None),
    Column("Долг после, ₽", lambda entry: entry.balance_after),
    Column("Примечание", lambda entry: entry.note),
]


def _statement(request: ResidentRequest, year: int | None) -> HttpResponse:
    """The whole book, or a year of it, oldest first: PDF, XLSX or CSV."""
    account, kind = request.resident.account, request.GET["export"]
    if kind not in {"pdf", "xlsx", "csv"}:
        raise Http404
    entries = list(entries_with_balance(account).order_by("effective_on", "id")[:LONGEST_STATEMENT])
    rows = [entry for entry in entries if year is None or entry.effective_on.year == year]
    name = f"vypiska-{account.number}" + (f"-{year}" if year else "")
    if kind != "pdf":
        return table_response(kind, name, COLUMNS, rows)
    context = {
        "account": account,
        "rows": rows,
        "opening": rows[0].balance_after - rows[0].amount if rows else 0,
        "closing": rows[-1].balance_after if rows else 0,
        "today": clock.today(),
        "span": f"{date_text(rows[0].effective_on, year=True)} – {date_text(rows[-1].effective_on, year=True)}"
        if rows
        else "",
    }
    response = HttpResponse(render_document("pdf/statement.html", context), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{name}.pdf"'
    return response
