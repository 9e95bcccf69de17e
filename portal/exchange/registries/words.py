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
    "unknown_account": _("There is no such account."),
    "not_ours": _("We have no such payment."),
    "other_sum": _("Our payment has another sum."),
}


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
