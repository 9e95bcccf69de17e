"""Columns of the section's lists as files."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.core.exports import ExportColumn
from portal.exchange.bank_files.problems import problem_text
from portal.office.payments.differences import DifferenceRow
from portal.payments.models import BankFileLine, Refund


def _reading_outcome(line: BankFileLine) -> str:
    return f"{line.get_reading_state_display()}. {line.reading_note}".strip(". ") if line.reading_state else ""


REFUNDS: list[ExportColumn[Refund]] = [
    ExportColumn(_("Created"), lambda refund: refund.created_at),
    ExportColumn(_("Customer account"), lambda refund: refund.payment.account.number),
    ExportColumn(_("Payment"), lambda refund: refund.payment_id),
    ExportColumn(_("Sum, ₽"), lambda refund: refund.amount),
    ExportColumn(_("Reason"), lambda refund: refund.reason),
    ExportColumn(_("State"), lambda refund: refund.get_state_display()),
    ExportColumn(_("Returned on"), lambda refund: refund.returned_on),
    ExportColumn(
        _("Receipt of the return"), lambda refund: refund.get_receipt_state_display() if refund.receipt_state else ""
    ),
    ExportColumn(_("Made by"), lambda refund: refund.made_by.username if refund.made_by else ""),
    ExportColumn(_("Approved by"), lambda refund: refund.approved_by.username if refund.approved_by else ""),
    ExportColumn(_("Answer to the resident"), lambda refund: refund.answer),
]

LINES: list[ExportColumn[BankFileLine]] = [
    ExportColumn(_("Line"), lambda line: line.number),
    ExportColumn(_("State"), lambda line: line.get_state_display()),
    ExportColumn(_("Problem"), lambda line: problem_text(line.problem, line.detail)),
    ExportColumn(_("Customer account"), lambda line: line.account_text),
    ExportColumn(_("Sum, ₽"), lambda line: line.amount),
    ExportColumn(_("Paid on"), lambda line: line.paid_on),
    ExportColumn(_("Operation"), lambda line: line.operation),
    ExportColumn(_("Payer"), lambda line: line.payer),
    ExportColumn(_("Readings reported to the bank"), lambda line: line.readings),
    ExportColumn(_("Result of the readings"), _reading_outcome),
    ExportColumn(_("As entered"), lambda line: line.raw),
]

UNIDENTIFIED: list[ExportColumn[BankFileLine]] = [
    ExportColumn(_("Paid on"), lambda line: line.paid_on),
    ExportColumn(_("Sum, ₽"), lambda line: line.amount),
    ExportColumn(_("Account as written"), lambda line: line.account_text),
    ExportColumn(_("Payer"), lambda line: line.payer),
    ExportColumn(_("Address"), lambda line: line.address),
    ExportColumn(_("Purpose of payment"), lambda line: line.purpose),
    ExportColumn(_("Operation"), lambda line: line.operation),
    ExportColumn(_("Bank file"), lambda line: line.file.name),
    ExportColumn(_("Line"), lambda line: line.number),
]

DIFFERENCES: list[ExportColumn[DifferenceRow]] = [
    ExportColumn(pgettext_lazy("office", "Difference"), lambda row: row.kind),
    ExportColumn(_("What"), lambda row: row.subject),
    ExportColumn(_("Date"), lambda row: row.day),
    ExportColumn(_("Ours"), lambda row: row.ours),
    ExportColumn(_("Theirs"), lambda row: row.theirs),
    ExportColumn(_("Days open"), lambda row: row.age),
    ExportColumn(_("What to do"), lambda row: row.proposal),
]
