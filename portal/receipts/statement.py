"""Statement of an account for any dates: every entry of the ledger with the balance after it; PDF and XLSX."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.utils import translation

from portal.accounts.models import Account, Person
from portal.accounts.selectors import current_holder
from portal.billing.selectors.bills import BillLine, lines_by_key
from portal.core.formatting import NBSP, date_text, money_text, period_text
from portal.core.money import ZERO
from portal.core.pdf.documents import render_document
from portal.core.spreadsheets import XLSX, xlsx_bytes
from portal.ledger.enums import EntryKind
from portal.ledger.models import Entry
from portal.ledger.selectors import balance_before
from portal.receipts.assembling import full_address

ENTRY_LABELS: dict[str, str] = {
    EntryKind.OPENING: "Остаток, перенесённый в портал",
    EntryKind.CHARGE: "Начислено",
    EntryKind.RECALCULATION: "Перерасчёт",
    EntryKind.OUTAGE: "Снижение за перерыв",
    EntryKind.PENALTY: "Пени",
    EntryKind.CORRECTION: "Исправление",
    EntryKind.REVERSAL: "Отмена",
    EntryKind.PAYMENT: "Платёж",
    EntryKind.REFUND: "Возврат",
}
HEADING = ("Дата", "Операция", "За месяц", "Начислено, ₽", "Оплачено, ₽", "Остаток, ₽", "Примечание")


@dataclass(frozen=True, slots=True)
class StatementRow:
    """One entry: what it added to the debt or took from it, and what was owed after it, ₽."""

    day: dt.date
    text: str
    period: dt.date | None
    charged: Decimal
    paid: Decimal
    balance: Decimal
    note: str


@dataclass(frozen=True, slots=True)
class Statement:
    """An account from a day to a day, both inclusive; positive balances are owed."""

    account: Account
    first: dt.date
    last: dt.date
    opening: Decimal
    rows: tuple[StatementRow, ...]

    @property
    def charged(self) -> Decimal:
        """Sum of what was added, ₽."""
        return sum((row.charged for row in self.rows), ZERO)

    @property
    def paid(self) -> Decimal:
        """Sum of what was taken off, ₽."""
        return sum((row.paid for row in self.rows), ZERO)

    @property
    def closing(self) -> Decimal:
        """Balance at the end of the last day, ₽."""
        return self.rows[-1].balance if self.rows else self.opening


def statement(account: Account, *, first: dt.date, last: dt.date) -> Statement:
    """Statement of an account with its active entries dated from first to last, both inclusive (three queries).

    The caller has checked that the account is the asker's. Raises ValueError when last is before first.
    """
    if last < first:
        raise ValueError("the last day is before the first")
    balance = opening = balance_before(account, first)
    entries = Entry.objects.active().filter(account=account, effective_on__gte=first, effective_on__lte=last)
    ordered_entries = list(entries.order_by("effective_on", "pk"))
    lines = lines_by_key([entry.key for entry in ordered_entries])
    rows: list[StatementRow] = []
    for entry in ordered_entries:
        balance += entry.amount
        is_money = entry.kind in (EntryKind.PAYMENT, EntryKind.REFUND)
        rows.append(
            StatementRow(
                day=entry.effective_on,
                text=_entry_text(entry, lines.get(entry.key)),
                period=entry.period,
                charged=ZERO if is_money else entry.amount,
                paid=-entry.amount if is_money else ZERO,
                balance=balance,
                note=entry.note,
            )
        )
    return Statement(account=account, first=first, last=last, opening=opening, rows=tuple(rows))


def _entry_text(entry: Entry, line: BillLine | None) -> str:
    """The title of the bill's line, if the entry is one; else the label of its kind, as for reversals."""
    if line is None:
        return ENTRY_LABELS[entry.kind]
    with translation.override("ru"):
        return line.title


def statement_pdf(data: Statement, *, issued_on: dt.date, payer: Person | None = None) -> bytes:
    """The statement on the company's letterhead, in the name of `payer`. Raises PdfError.

    Without `payer` it names the holder on the statement's last day, else the present one.
    """
    holder = payer or current_holder(data.account, on=data.last) or current_holder(data.account)
    with translation.override("ru"):
        context = {
            "account": data.account.number,
            "payer": holder.full_name if holder else "",
            "address": full_address(data.account),
            "first": date_text(data.first, year=True),
            "last": date_text(data.last, year=True),
            "issued_on": date_text(issued_on, year=True),
            "opening": _balance_text(data.opening),
            "closing": _balance_text(data.closing),
            "charged": money_text(data.charged, unit=False),
            "paid": money_text(data.paid, unit=False),
            "rows": [_pdf_row(row) for row in data.rows],
        }
    return render_document("pdf/statement.html", context)


def statement_xlsx(data: Statement) -> bytes:
    """The statement as one sheet: opening balance, entries, closing balance; cells hold dates and numbers."""
    rows = [
        (data.first, "Остаток на начало", "", None, None, data.opening, ""),
        *(
            (row.day, row.text, _month_text(row), row.charged or None, row.paid or None, row.balance, row.note)
            for row in data.rows
        ),
        (data.last, "Остаток на конец", "", data.charged, data.paid, data.closing, ""),
    ]
    return xlsx_bytes(heading=HEADING, rows=rows, title=f"Счёт {data.account.number}")


def statement_file(
    data: Statement, *, kind: str, issued_on: dt.date, payer: Person | None = None
) -> tuple[bytes, str, str]:
    """The statement as a file: content, type, name; `payer` as in `statement_pdf`.

    Raises ValueError for a kind that is neither pdf nor xlsx.
    """
    name = f"vypiska-{data.account.number}-{data.first}-{data.last}.{kind}"
    if kind == "pdf":
        return statement_pdf(data, issued_on=issued_on, payer=payer), "application/pdf", name
    if kind == "xlsx":
        return statement_xlsx(data), XLSX, name
    raise ValueError(kind)


def _month_text(row: StatementRow) -> str:
    with translation.override("ru"):
        return period_text(row.period).replace(NBSP, " ") if row.period else ""


def _balance_text(balance: Decimal) -> str:
    if balance < 0:
        return f"аванс {money_text(-balance)}"
    return f"долг {money_text(balance)}" if balance else "долга нет"


def _pdf_row(row: StatementRow) -> dict[str, str]:
    return {
        "day": f"{row.day:%d.%m.%Y}",
        "text": row.text + _period_suffix(row),
        "charged": money_text(row.charged, unit=False) if row.charged else "",
        "paid": money_text(row.paid, unit=False) if row.paid else "",
        "balance": money_text(row.balance, unit=False),
    }


def _period_suffix(row: StatementRow) -> str:
    """«, октябрь 2026»; in full beside a name with a month of its own: «Перерасчёт за июль 2026, счёт за …»."""
    if row.period is None:
        return ""
    return f", счёт за {period_text(row.period)}" if " за " in row.text else f", {period_text(row.period)}"
