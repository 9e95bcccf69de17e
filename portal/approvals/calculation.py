"""Rules of when money needs a second person. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class ApprovalLimits:
    """Up to which sum, ₽ inclusive, one person decides: of one operation, payment or account, and of one day."""

    single: Decimal
    day: Decimal


@dataclass(frozen=True, slots=True)
class DoneAlone:
    """Sums that one person has moved without a second one, ₽: with the same payment, the same account, on the same
    day.
    """

    subject: Decimal = ZERO
    account: Decimal = ZERO
    day: Decimal = ZERO


def total(amounts: Iterable[Decimal]) -> Decimal:
    """The sum of what was moved: an addition does not make up for a write-off."""
    return sum((abs(amount) for amount in amounts), ZERO)


def needs_second_person(amount: Decimal, done: DoneAlone, limits: ApprovalLimits) -> bool:
    """Whether a sum goes over any limit together with what the person has already done alone."""
    moved = abs(amount)
    return moved + done.subject > limits.single or moved + done.account > limits.single or moved + done.day > limits.day
