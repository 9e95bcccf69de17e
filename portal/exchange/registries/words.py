"""What is wrong with a file or a line, in words of the one who imports."""

import re
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from portal.core.formatting import money_text

_SUM = re.compile(r"(?<![\d.-])-?\d+\.\d{2}(?![\d.])")
REFUSALS: dict[str, Promise] = {
    "empty": _("The file has no payments."),
    "too_big": _("The file is larger than 30 MB."),
    "broken": _("The file cannot be opened. Ask the bank to send it again."),
    "long_cell": _("A cell is too long to be one; check the separator of the template (line)."),
    "open_quote": _("A quotation mark is opened and never closed (line)."),
    "archive": _("The archive holds another number of files than the template wants (here / wanted)."),
    "encoding": _("This is not a text in any known encoding. Choose the right file."),
    "other_layout": _("This file is built otherwise than the template says: another bank's file?"),
    "other_account": _("The file is about another account of ours or of somebody else."),
    "after_total": _("There is data after the total line: the file was joined or damaged."),
    "no_total": _("The total line is missing: the file is cut."),
    "total_unreadable": _("The total line cannot be read."),
    "total_count": _("The number of payments does not match the total line (told / counted)."),
    "total_sum": _("The sum of payments does not match the total line (told / counted)."),
    "total_commission": _("The commission does not match the total line (told / counted)."),
    "total_transferred": _("The sum to be transferred does not match the total line (told / counted)."),
    "orders_twice": _("A payment order stands in the file twice with different sums."),
    "heading_early": _("The headings stand higher than the template says: another template? (row / by the template)."),
    "paid_on": _("This template's files have no dates: give the day of the payments."),
    "undecided": _("Such lines were credited while the file waited. Decide about them first."),
    "orders": _("Payment orders and payments do not belong together: these orders stand in one file only."),
    "cut": _("The end of the file is missing: it is cut. Ask the bank to send it again."),
    "already_imported": _("This file was imported already."),
    "bad_lines": _("There are bad lines. Nothing is imported until the bank sends a right file."),
    "state": _("The file is not ready for this."),
    "negative": _("A negative sum cannot be credited; settle it with the bank and dismiss the line."),
    "reason": _("Say why."),
    "own_account": _("You hold this account yourself: another employee must credit the payment."),
}
PROBLEMS: dict[str, Promise] = {
    "fields": _("Wrong number of fields (here / by the template)."),
    "no_sum": _("The sum cannot be read."),
    "no_date": _("The date cannot be read."),
    "future": _("The payment is dated in the future."),
    "zero": _("The sum is zero."),
    "negative": _("The sum is negative."),
    "currency": _("Another currency."),
    "twice_in_file": _("This operation stands in the file twice."),
    "imported_before": _("This operation was imported with another file."),
    "document_open": _("The document has no end: a part of the file is missing (line)."),
    "two_values": _("Two columns of one name hold different values."),
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
    "after_total": _("Something stands after the total; it is no payment and was not read (row)."),
    "no_count": _("The file does not tell the number of payments; the sum was compared."),
    "total_short": _("The total line has no sum to be transferred or no commission; the rest was compared."),
}


def warning_words(warning: str) -> str:
    """What is odd about a file that is read all the same."""
    code, _sign, detail = warning.partition("|")
    return _joined(WARNINGS.get(code), code, detail)


def refusal_words(code: str, detail: str = "") -> str:
    """Why a file is refused, with what was seen."""
    return _joined(REFUSALS.get(code), code, detail)


def problem_words(code: str, detail: str = "") -> str:
    """What is wrong with a line, with what was seen; empty for nothing."""
    return _joined(PROBLEMS.get(code), code, detail) if code else ""


def _joined(words: Promise | None, code: str, detail: str) -> str:
    text = str(words) if words is not None else code
    shown = _SUM.sub(lambda found: money_text(Decimal(found[0])), detail)
    if not shown:
        return text
    return f"{text} ({shown})" if text.endswith("?") else f"{text.rstrip('.')}: {shown}"
