"""A statement for any dates: what the ledger holds, with the balance after each entry; PDF and XLSX."""

import datetime as dt
import io
from decimal import Decimal

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader

from portal.ledger.enums import EntryKind
from portal.ledger.selectors import balance
from portal.ledger.services import NewEntry, post_entry
from portal.receipts.statement import statement, statement_pdf, statement_xlsx
from tests.pdf import words_of
from tests.people import Cast

FIRST, LAST = dt.date(2026, 9, 1), dt.date(2026, 10, 31)


def test_it_begins_and_ends_with_the_ledgers_balance(closed: Cast) -> None:
    account = closed.anna.account
    made = statement(account, first=FIRST, last=LAST)
    assert made.opening == Decimal("250.00")
    assert made.closing == balance(account)
    assert made.opening + made.charged - made.paid == made.closing
    assert made.paid == Decimal("100.00")


def test_days_without_entries_have_the_same_balance_at_both_ends(closed: Cast) -> None:
    made = statement(closed.anna.account, first=dt.date(2026, 11, 1), last=dt.date(2026, 11, 30))
    assert made.rows == ()
    assert made.opening == made.closing == balance(closed.anna.account)
    assert "начислений и платежей не было" in words_of(statement_pdf(made, issued_on=LAST))


def test_the_last_day_is_not_before_the_first(closed: Cast) -> None:
    with pytest.raises(ValueError, match="before"):
        statement(closed.anna.account, first=LAST, last=FIRST)


def test_the_pdf_shows_every_entry(closed: Cast) -> None:
    text = words_of(statement_pdf(statement(closed.anna.account, first=FIRST, last=LAST), issued_on=LAST))
    for part in (
        "Выписка по лицевому счёту 0010001",
        "с 1 сентября 2026 по 31 октября 2026, составлена 31 октября 2026",
        "Иванова Анна",
        "долг 250,00 ₽",
        "05.10.2026 Платёж 100,00",
        "Холодное водоснабжение, октябрь 2026",
    ):
        assert part in text


def test_a_long_one_begins_under_its_heading_on_the_first_page(closed: Cast) -> None:
    account = closed.anna.account
    for number in range(60):
        post_entry(
            NewEntry(
                account_id=account.pk,
                kind=EntryKind.PAYMENT,
                amount=Decimal("-1.00"),
                effective_on=LAST,
                key=f"payment:{number + 2}",
                source=f"payment:{number + 2}",
            )
        )
    pages = PdfReader(io.BytesIO(statement_pdf(statement(account, first=FIRST, last=LAST), issued_on=LAST))).pages
    assert len(pages) > 1
    assert "05.10.2026" in pages[0].extract_text()


def test_the_sheet_holds_numbers_and_no_formulas(closed: Cast) -> None:
    account = closed.anna.account
    post_entry(
        NewEntry(
            account_id=account.pk,
            kind=EntryKind.CORRECTION,
            amount=Decimal("-5.50"),
            effective_on=LAST,
            key="correction:1",
            source="correction:1",
            note='=HYPERLINK("http://evil")',
        )
    )
    sheet = load_workbook(io.BytesIO(statement_xlsx(statement(account, first=FIRST, last=LAST)))).active
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0][0] == "Дата"
    assert rows[-1][5] == float(balance(account))
    correction = rows[-2]
    assert correction[3] == -5.5
    assert correction[6] == '\'=HYPERLINK("http://evil")'
