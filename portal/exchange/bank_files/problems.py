"""Texts about problems of lines and remarks on files of banks, for the employee who imports.

Why a file is refused as a whole: portal.payments.messages.
"""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from portal.payments.messages import with_detail

PROBLEMS: dict[str, Promise] = {
    "fields": _("Wrong number of fields (here / by the template)."),
    "no_sum": _("The sum cannot be read."),
    "no_date": _("The date cannot be read."),
    "future": _("The payment is dated in the future."),
    "zero": _("The sum is zero."),
    "negative": _("The sum is negative."),
    "currency": _("Another currency."),
    "twice_in_file": _("This operation is in the file twice."),
    "imported_before": _("This operation was imported with another file."),
    "document_open": _("The document has no end: a part of the file is missing (line)."),
    "two_values": _("Two columns of one name have different values."),
    "commission_unreadable": _("The commission cannot be read; the payment is credited without it."),
    "vat_unreadable": _("The VAT on the commission cannot be read."),
    "transferred_unreadable": _("The sum to be transferred cannot be read; it was not compared."),
    "period_unreadable": _("The period cannot be read; the payment is credited without it."),
    "again": _("Looks credited already: the same account, day, sum and source."),
    "number_again": _("An operation of this number, account and sum was imported already, with another day."),
    "equal": _("The file has two such payments: the same account, day and sum."),
    "two_accounts": _("The purpose of payment names several accounts."),
    "before_document": _("The money came before the day of its document (came / document)."),
    "large": _("The sum is unusually large."),
    "old": _("The payment is older than three years."),
    "period_far": _("The period is far from the day of payment."),
    "not_tied": _("The sum is not what is transferred plus the commission (sum / transferred + commission)."),
    "unknown_account": _("There is no such account."),
    "not_ours": _("We have no such payment."),
    "other_sum": _("Our payment has another sum."),
}


WARNINGS: dict[str, Promise] = {
    "turnover": _("Turnovers of the statement do not equal its documents (turnover / documents)."),
    "accounts": _("The statement is about another account of ours too; money to it is read as well."),
    "sheet": _("The table was found on another sheet."),
    "after_total": _("There is text after the total; it is not a payment and was not read (row)."),
    "no_count": _("The file does not state the number of payments; only the sum was compared."),
    "total_short": _("The total line has no sum to be transferred or no commission; the rest was compared."),
}


def warning_text(warning: str) -> str:
    """Return what is odd about a file that is read all the same."""
    code, _sign, detail = warning.partition("|")
    return with_detail(str(WARNINGS.get(code, code)), detail)


def problem_text(code: str, detail: str = "") -> str:
    """Return what is wrong with a line, with what was seen; empty for nothing."""
    return with_detail(str(PROBLEMS.get(code, code)), detail) if code else ""
