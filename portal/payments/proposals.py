"""Proposals of what to do about a difference."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from portal.payments.enums import DifferenceKind

PROPOSALS: dict[str, Promise] = {
    DifferenceKind.UNKNOWN_AT_PORTAL: _("Find the payment at the gateway; return it there if it is not ours."),
    DifferenceKind.UNKNOWN_AT_GATEWAY: _("Check the shop's number and the gateway's own office; write to its support."),
    DifferenceKind.STATE: _("Open the payment and ask the gateway again."),
    DifferenceKind.SUM: _("Do not credit. Write to the gateway's support with both numbers."),
    DifferenceKind.NOT_IN_LEDGER: _("Tell the administrator: a paid payment must have its entry."),
    DifferenceKind.LEDGER_SUM: _("Tell the administrator; correct by an entry of its own."),
    DifferenceKind.LEDGER_ORPHAN: _("Find the source of the entry; reverse it by an entry of its own."),
    DifferenceKind.REFUND_NOT_IN_LEDGER: _("Tell the administrator: a refund must have its entry."),
    DifferenceKind.REFUND_AT_GATEWAY: _("Compare the refunds of this payment with the gateway's own office."),
    DifferenceKind.BANK_FILE_LINE: _("Compare the line with its payment; correct by an entry of its own."),
    DifferenceKind.REPORT_LINE: _("Find the payment at the gateway by its number."),
    DifferenceKind.NO_RECEIPT: _("Look at the cash register in the gateway's office; make a receipt of correction."),
    DifferenceKind.UNIDENTIFIED: _(
        "Resolve it in the queue of unidentified payments; ask the bank if the payer is unclear."
    ),
}
