"""Columns of the section's lists as files."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.core.exports import Column
from portal.exchange.registries.problems import problem_text
from portal.office.payments.differences import DifferenceRow
from portal.payments.models import Refund, RegistryLine


def _reading_outcome(line: RegistryLine) -> str:
    return f"{line.get_reading_state_display()}. {line.reading_note}".strip(". ") if line.reading_state else ""


REFUNDS: list[Column[Refund]] = [
    Column(_("Created"), lambda one: one.created_at),
    Column(_("Customer account"), lambda one: one.payment.account.number),
    Column(_("Payment"), lambda one: one.payment_id),
    Column(_("Sum, ₽"), lambda one: one.amount),
    Column(_("Reason"), lambda one: one.reason),
    Column(_("State"), lambda one: one.get_state_display()),
    Column(_("Returned on"), lambda one: one.returned_on),
    Column(_("Receipt of the return"), lambda one: one.get_receipt_state_display() if one.receipt_state else ""),
    Column(_("Made by"), lambda one: one.made_by.username if one.made_by else ""),
    Column(_("Approved by"), lambda one: one.approved_by.username if one.approved_by else ""),
    Column(_("Answer to the resident"), lambda one: one.answer),
]

LINES: list[Column[RegistryLine]] = [
    Column(_("Line"), lambda one: one.number),
    Column(_("State"), lambda one: one.get_state_display()),
    Column(_("Problem"), lambda one: problem_text(one.problem, one.detail)),
    Column(_("Customer account"), lambda one: one.account_text),
    Column(_("Sum, ₽"), lambda one: one.amount),
    Column(_("Paid on"), lambda one: one.paid_on),
    Column(_("Operation"), lambda one: one.operation),
    Column(_("Payer"), lambda one: one.payer),
    Column(_("Readings told to the bank"), lambda one: one.readings),
    Column(_("What became of the readings"), _reading_outcome),
    Column(_("As entered"), lambda one: one.raw),
]

UNIDENTIFIED: list[Column[RegistryLine]] = [
    Column(_("Paid on"), lambda one: one.paid_on),
    Column(_("Sum, ₽"), lambda one: one.amount),
    Column(_("Account as written"), lambda one: one.account_text),
    Column(_("Payer"), lambda one: one.payer),
    Column(_("Address"), lambda one: one.address),
    Column(_("Purpose of payment"), lambda one: one.purpose),
    Column(_("Operation"), lambda one: one.operation),
    Column(_("Bank file"), lambda one: one.file.name),
    Column(_("Line"), lambda one: one.number),
]

DIFFERENCES: list[Column[DifferenceRow]] = [
    Column(pgettext_lazy("office", "Difference"), lambda one: one.kind),
    Column(_("What"), lambda one: one.subject),
    Column(_("Date"), lambda one: one.day),
    Column(_("Ours"), lambda one: one.ours),
    Column(_("Theirs"), lambda one: one.theirs),
    Column(_("Days open"), lambda one: one.age),
    Column(_("What to do"), lambda one: one.proposal),
]
