"""Messages of refusals about payments, refunds and bank files."""

import re
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.core.formatting import money_text
from portal.core.refusals import ByCode, RefusalMessage, declare, error_message
from portal.payments import exceptions
from portal.payments.models import BankFile

_SUM = re.compile(r"(?<![\d.-])-?\d+\.\d{2}(?![\d.])")


def with_detail(text: str, detail: str) -> str:
    """A sentence with what was seen: «The file is cut: 12 / 14», sums as people read them."""
    shown = _SUM.sub(lambda match: money_text(Decimal(match[0])), detail)
    if not shown:
        return text
    return f"{text} ({shown})" if text.endswith("?") else f"{text.rstrip('.')}: {shown}"


def _too_big(refusal: exceptions.AmountRefused) -> str:
    if refusal.limit is None:
        return _("The sum is too big. Check the digits.")
    return _("The largest payment is %(limit)s. Pay in several parts.") % {"limit": money_text(refusal.limit)}


AMOUNTS = ByCode(
    {
        "not_a_number": gettext_lazy("Write the sum in digits: 1240,50."),
        "negative": gettext_lazy("The sum must be above zero. Leave out the minus."),
        "zero": gettext_lazy("The sum must be above zero."),
        "kopecks": gettext_lazy("At most two digits after the comma (kopecks)."),
        "too_small": gettext_lazy("The smallest payment is %(limit)s."),
        "too_big": _too_big,
    }
)
REFUNDS = {
    "not_paid": gettext_lazy("Only a paid payment can be returned."),
    "too_much": gettext_lazy("Of this payment at most %(left)s can be returned."),
    "state": gettext_lazy("A refund of this payment was asked for already. Wait for the answer."),
    "reason": gettext_lazy("Enter the reason."),
    "sum": gettext_lazy("The sum must be above zero, in whole kopecks."),
}
FILES = {
    "empty": gettext_lazy("The file has no payments."),
    "too_big": gettext_lazy("The file is larger than 30 MB."),
    "broken": gettext_lazy("The file cannot be opened. Ask the bank to send it again."),
    "long_cell": gettext_lazy("A cell is too long to be one; check the separator of the template (line)."),
    "open_quote": gettext_lazy("A quotation mark is opened and never closed (line)."),
    "archive": gettext_lazy("The archive holds another number of files than the template wants (here / wanted)."),
    "encoding": gettext_lazy("This is not a text in any known encoding. Choose the right file."),
    "other_layout": gettext_lazy("This file does not match the template: is it another bank's file?"),
    "other_account": gettext_lazy("The file is about another account of ours or of somebody else."),
    "after_total": gettext_lazy("There is data after the total line: the file was joined or damaged."),
    "no_total": gettext_lazy("The total line is missing: the file is cut."),
    "total_unreadable": gettext_lazy("The total line cannot be read."),
    "total_count": gettext_lazy("The number of payments does not match the total line (stated / counted)."),
    "total_sum": gettext_lazy("The sum of payments does not match the total line (stated / counted)."),
    "total_commission": gettext_lazy("The commission does not match the total line (stated / counted)."),
    "total_transferred": gettext_lazy("The sum to be transferred does not match the total line (stated / counted)."),
    "orders_twice": gettext_lazy("A payment order is in the file twice with different sums."),
    "heading_early": gettext_lazy(
        "The headings are higher than the template says: another template? (row / by the template)."
    ),
    "paid_on": gettext_lazy("This template's files have no dates: give the day of the payments."),
    "undecided": gettext_lazy("Such lines were credited while the file waited. Decide about them first."),
    "orders": gettext_lazy("Payment orders and payments do not belong together: these orders are in one file only."),
    "cut": gettext_lazy("The end of the file is missing: it is cut. Ask the bank to send it again."),
    "already_imported": gettext_lazy("This file was imported already."),
    "bad_lines": gettext_lazy("There are bad lines. Nothing is imported until the bank sends a right file."),
    "state": gettext_lazy("The file is not ready for this."),
    "negative": gettext_lazy("A negative sum cannot be credited; settle it with the bank and dismiss the line."),
    "reason": gettext_lazy("Enter the reason."),
    "own_account": gettext_lazy("You hold this account yourself: another employee must credit the payment."),
}

declare(
    {
        exceptions.AmountRefused: RefusalMessage(AMOUNTS, field="amount"),
        exceptions.KeyReused: RefusalMessage(
            gettext_lazy("This form was sent already with another sum. Check the sum and press once more."),
            field="amount",
        ),
        exceptions.SimilarPaymentOpen: RefusalMessage(
            gettext_lazy("A payment of the same sum was begun on %(begun_at)s. Finish it, or confirm a second one."),
            field="amount",
        ),
        exceptions.GatewayNotReady: RefusalMessage(
            gettext_lazy("Payment by card is not available now. Try later, or pay by the receipt.")
        ),
        exceptions.ContactNeeded: RefusalMessage(
            gettext_lazy("Enter an e-mail address or a phone number: +7 and ten digits."), field="contact"
        ),
        exceptions.AddressIncomplete: RefusalMessage(
            gettext_lazy("Check the address: something is missing in it."), field="contact"
        ),
        exceptions.RefundRefused: RefusalMessage(
            ByCode(REFUNDS),
            staff=ByCode(REFUNDS | {"state": gettext_lazy("Somebody has decided about this refund already.")}),
        ),
        exceptions.LineSettled: RefusalMessage(gettext_lazy("Somebody has settled this payment already.")),
        exceptions.BankFileRefused: RefusalMessage(
            ByCode(FILES, finish=lambda refusal, text: with_detail(text, refusal.detail)), field="file"
        ),
    },
    number=money_text,
)


def file_refusal(file: BankFile) -> str:
    """Why a stored bank file was refused; empty while it was not."""
    if not file.refusal:
        return ""
    return error_message(exceptions.BankFileRefused(file.refusal, file.refusal_detail), for_staff=True)
