"""Exceptions of receipts. Their texts are declared in `messages`."""

from portal.billing.exceptions import BillingRefused
from portal.core.periods import Period


class PeriodNotClosed(BillingRefused):
    """Receipts are issued once the period is closed."""

    def __init__(self, *, period: Period) -> None:
        super().__init__(str(period))
        self.period = period


class ReceiptReplaced(BillingRefused):
    """The receipt was annulled already, by the one whose number is given."""

    def __init__(self, *, number: str) -> None:
        super().__init__(number)
        self.number = number


class ReceiptsIssued(BillingRefused):
    """Receipts of the period went out: only corrections from now on."""

    def __init__(self, *, period: Period, count: int) -> None:
        super().__init__(f"{period}: {count}")
        self.period = period
        self.count = count


class ReceiptsBeingIssued(BillingRefused):
    """Receipts of the period are being issued just now."""

    def __init__(self, *, period: Period) -> None:
        super().__init__(str(period))
        self.period = period


class NothingToPrint(BillingRefused):
    """No receipt of the period, or none among those asked for."""


class CannotIssue(BillingRefused):
    """An account's receipt cannot be made; `code` says why.

    One of: not_closed, no_payer, bank_details (detail: the field), layout (detail: the engine's words).
    """

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail
