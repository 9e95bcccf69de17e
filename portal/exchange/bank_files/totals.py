"""Checks of a file's stated totals against its lines."""

from dataclasses import dataclass
from decimal import Decimal

from portal.core.money import ZERO
from portal.payments.exceptions import BankFileRefused
from portal.payments.services.bank_files import ParsedLine


@dataclass(slots=True)
class FileTotals:
    """Sums of the lines read so far, ₽."""

    count: int = 0
    amount: Decimal = ZERO
    commission: Decimal = ZERO

    def add(self, line: ParsedLine) -> None:
        """Count a line. One whose sum cannot be read counts without it: its own problem is named."""
        self.count += 1
        self.amount += line.amount or ZERO
        self.commission += line.commission

    def tie(self, *, count: int | None, amount: Decimal | None, commission: Decimal | None = None) -> None:
        """Hold the sums against what the file says. Raises BankFileRefused: total_*."""
        if count is not None and count != self.count:
            raise BankFileRefused("total_count", f"{count} / {self.count}")
        if amount is not None and amount != self.amount:
            raise BankFileRefused("total_sum", f"{amount} / {self.amount}")
        if commission is not None and commission != self.commission:
            raise BankFileRefused("total_commission", f"{commission} / {self.commission}")
