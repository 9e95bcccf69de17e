"""Messages of refusals about receipts."""

from django.utils.translation import gettext_lazy as _

from portal.core.refusals import ByCode, Message, declare
from portal.receipts import exceptions
from portal.receipts.reasons import REASONS

declare(
    {
        exceptions.PeriodNotClosed: Message(_("Close the month first: receipts are made from what it booked.")),
        exceptions.NothingToPrint: Message(_("No receipt of this month is wanted on paper.")),
        exceptions.ReceiptReplaced: Message(_("It is annulled already, by %(number)s.")),
        exceptions.CannotIssue: Message(ByCode(REASONS)),
        exceptions.ReceiptsIssued: Message(_("Receipts were issued (%(count)s): only corrections from now on.")),
        exceptions.ReceiptsBeingIssued: Message(
            _("Receipts of %(period)s are being issued just now: once they are out, only corrections are possible.")
        ),
    },
    year=True,
)
