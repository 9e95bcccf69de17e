"""Columns of the section's lists as files."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.core.exports import Column
from portal.exchange.bank_files.problems import problem_text
from portal.office.payments.differences import DifferenceRow
from portal.payments.models import BankFileLine, Refund


def _reading_outcome(line: BankFileLine) -> str:
    return f"{line.get_reading_state_display()}. {line.reading_note}".strip(". ") if line.reading_state else ""


REFUNDS: list[Column[Refund]] = [
    Column(_("Created"), lambda refund: refund.created_at),
    Column(_("Customer account"), lambda refund: refund.payment.account.number),
    Column(_("Payment"), lambda refund: refund.payment_id),
    Column(_("Sum, ₽"), lambda refund: refund.amount),
    Column(_("Reason"), lambda refund: refund.reason),
    Column(_("State"), lambda refund: refund.get_state_display()),
    Column(_("Returned on"), lambda refund: refund.returned_on),
    Column(
        _("Receipt of the return"), lambda refund: refund.get_receipt_state_display() if refund.receipt_state else ""
    ),
    Column(_("Made by"), lambda refund: refund.made_by.username if refund.made_by else ""),
    Column(_("Approved by"), lambda refund: refund.approved_by.username if refund.approved_by else ""),
    Column(_("Answer to the resident"), lambda refund: refund.answer),
]

LINES: list[Column[BankFileLine]] = [
    Column(_("Line"), lambda line: line.number),
    Column(_("State"), lambda line: line.get_state_display()),
    Column(_("Problem"), lambda line: problem_text(line.problem, line.detail)),
    Column(_("Customer account"), lambda line: line.account_text),
    Column(_("Sum, ₽"), lambda line: line.amount),
    Column(_("Paid on"), lambda line: line.paid_on),
    Column(_("Operation"), lambda line: line.operation),
    Column(_("Payer"), lambda line: line.payer),
    Column(_("Readings told to the bank"), lambda line: line.readings),
    Column(_("What became of the readings"), _reading_outcome),
    Column(_("As entered"), lambda line: line.raw),
]

UNIDENTIFIED: list[Column[BankFileLine]] = [
    Column(_("Paid on"), lambda line: line.paid_on),
    Column(_("Sum, ₽"), lambda line: line.amount),
    Column(_("Account as written"), lambda line: line.account_text),
    Column(_("Payer"), lambda line: line.payer),
    Column(_("Address"), lambda line: line.address),
    Column(_("Purpose of payment"), lambda line: line.purpose),
    Column(_("Operation"), lambda line: line.operation),
    Column(_("Bank file"), lambda line: line.file.name),
    Column(_("Line"), lambda line: line.number),
]

DIFFERENCES: list[Column[DifferenceRow]] = [
    Column(pgettext_lazy("office", "Difference"), lambda row: row.kind),
    Column(_("What"), lambda row: row.subject),
    Column(_("Date"), lambda row: row.day),
    Column(_("Ours"), lambda row: row.ours),
    Column(_("Theirs"), lambda row: row.theirs),
    Column(_("Days open"), lambda row: row.age),
    Column(_("What to do"), lambda row: row.proposal),
]
