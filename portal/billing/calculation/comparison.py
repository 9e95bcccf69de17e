"""A closing compared with closed months: what is out of the ordinary by the company's limits. Pure; sums in kopecks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any, Self

FEW = 5
"""Fewer flagged readings, accounts without persons or high bills than this are never out of the ordinary."""
LISTED = 10


class Concern(StrEnum):
    """Concerns about a closing."""

    TOTAL = "total"
    LINES = "lines"
    LARGEST = "largest"
    HIGH_BILLS = "high_bills"
    FLAGGED = "flagged"
    REDUCTIONS = "reductions"
    NO_PERSONS = "no_persons"


@dataclass(frozen=True, slots=True)
class ClosingLimits:
    """From where on a closing needs somebody's word; sums in kopecks."""

    total_percent: int = 30
    lines_percent: int = 20
    least_difference: int = 50_000_00
    bill_factor: Decimal = Decimal(5)
    least_bill: int = 5_000_00
    high_bills_percent: Decimal = Decimal(1)
    largest_bill: int = 100_000_00
    flagged_percent: Decimal = Decimal(10)
    reductions: int = 20
    no_persons_percent: Decimal = Decimal(10)


@dataclass(frozen=True, slots=True)
class MonthFigures:
    """Figures of a closed month."""

    total: int = 0
    lines: int = 0


@dataclass(frozen=True, slots=True)
class ComparedBill:
    """One account's bill with the average of its bills of the months before (None: it had none), in kopecks."""

    account_id: int
    amount: int
    usual: int | None


@dataclass(frozen=True, slots=True)
class ClosingFigures:
    """Sums that a closing would book; `before` are closed months to compare with, latest first, three at most."""

    accounts: int
    total: int
    lines: int
    largest: Sequence[ComparedBill]
    high_bills: int
    flagged: int
    reductions: int
    no_persons: int
    before: Sequence[MonthFigures] = field(default_factory=tuple)


@dataclass(frozen=True, slots=True)
class Finding:
    """A concern with its numbers: what is, what was the month before, the average before, the limit.

    Sums in kopecks; `limit` in per cent, kopecks or pieces, as the concern is counted.
    """

    concern: Concern
    value: int
    limit: str
    previous: int | None = None
    average: int | None = None
    account_id: int | None = None

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """A finding from what `asdict` left in a JSON column."""
        return cls(**{**stored, "concern": Concern(stored["concern"])})


def is_high(bill: ComparedBill, limits: ClosingLimits) -> bool:
    """Whether a bill is above the factor of what is usual for its account, and not small."""
    return bill.usual is not None and bill.amount >= limits.least_bill and bill.amount > limits.bill_factor * bill.usual


def findings(figures: ClosingFigures, limits: ClosingLimits) -> list[Finding]:
    """Return what is out of the ordinary, the sums first. Without closed months nothing is compared with them."""
    results = [*_compared(figures, limits)]
    largest = figures.largest[0] if figures.largest else None
    if largest is not None and largest.amount > limits.largest_bill:
        results.append(
            Finding(
                Concern.LARGEST,
                largest.amount,
                str(limits.largest_bill),
                average=largest.usual,
                account_id=largest.account_id,
            )
        )
    shares: Mapping[Concern, tuple[int, Decimal]] = {
        Concern.HIGH_BILLS: (figures.high_bills, limits.high_bills_percent),
        Concern.FLAGGED: (figures.flagged, limits.flagged_percent),
        Concern.NO_PERSONS: (figures.no_persons, limits.no_persons_percent),
    }
    for concern, (count, percent) in shares.items():
        if count >= FEW and count * 100 > percent * figures.accounts:
            results.append(Finding(concern, count, str(percent)))
    if figures.reductions > limits.reductions:
        results.append(Finding(Concern.REDUCTIONS, figures.reductions, str(limits.reductions)))
    return results


def _compared(figures: ClosingFigures, limits: ClosingLimits) -> list[Finding]:
    """Sums and lines that differ both from the month before and from the average: one odd month alarms once."""
    if not figures.before:
        return []
    results = []
    totals = [month.total for month in figures.before]
    lines = [month.lines for month in figures.before]
    if _differs(figures.total, totals, limits.total_percent, limits.least_difference):
        results.append(
            Finding(Concern.TOTAL, figures.total, str(limits.total_percent), previous=totals[0], average=mean(totals))
        )
    if _differs(figures.lines, lines, limits.lines_percent, FEW):
        results.append(
            Finding(Concern.LINES, figures.lines, str(limits.lines_percent), previous=lines[0], average=mean(lines))
        )
    return results


def mean(values: Sequence[int]) -> int:
    """The average, whole."""
    return round(Decimal(sum(values)) / len(values)) if values else 0


def _differs(value: int, before: Sequence[int], percent: int, least: int) -> bool:
    return all(
        abs(value - usual) > least and abs(value - usual) * 100 > percent * abs(usual)
        for usual in (before[0], mean(before))
    )
