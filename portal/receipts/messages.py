"""Messages of refusals about receipts."""

from django.utils.translation import gettext_lazy as _

from portal.core.refusals import ByCode, RefusalMessage, declare
from portal.receipts import exceptions
from portal.receipts.reasons import REASONS

declare(
    {
        exceptions.PeriodNotClosed: RefusalMessage(_("Close the month first: receipts are made from what it booked.")),
        exceptions.NothingToPrint: RefusalMessage(_("No receipt of this month is wanted on paper.")),
        exceptions.ReceiptReplaced: RefusalMessage(_("It is annulled already, by %(number)s.")),
        exceptions.CannotIssue: RefusalMessage(ByCode(REASONS)),
        exceptions.ReceiptsIssued: RefusalMessage(_("Receipts were issued (%(count)s): only corrections from now on.")),
        exceptions.ReceiptsBeingIssued: RefusalMessage(
            _("Receipts of %(period)s are being issued just now: once they are out, only corrections are possible.")
        ),
    },
    year=True,
)
