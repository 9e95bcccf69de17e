"""Closings as the office sees them: how far one is, what it booked, what could not be computed."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, QuerySet, Sum

from portal.billing.enums import ClosingStatus
from portal.billing.models import AccountClosing, Charge, PeriodRun, RunFailure
from portal.core.money import ZERO, from_kopecks
from portal.core.periods import Period
from portal.ledger.selectors import IN_KOPECKS, in_kopecks


def is_closed(period: Period) -> bool:
    """Whether a closing of the period stands (one query)."""
    return PeriodRun.objects.active().filter(period=period.first_day).exists()


def undone_runs() -> QuerySet[PeriodRun]:
    """Closings that somebody undid and whose month nobody has closed again, the last one of a month first."""
    undone = PeriodRun.objects.filter(status=ClosingStatus.REVERSED)
    closed_again = PeriodRun.objects.active().values("period")
    return undone.exclude(period__in=closed_again).order_by("period", "-reversed_at")


def unfinished_reversals() -> QuerySet[AccountClosing]:
    """Accounts of reversed closings that are still to be mirrored."""
    return AccountClosing.objects.filter(reversed_at=None, run__status=ClosingStatus.REVERSED)


@dataclass(frozen=True)
class RunResult:
    """Sums that a closing booked, ₽ by kind, and the number of accounts."""

    run: PeriodRun
    closed: int
    failed: int
    sums: dict[str, Decimal]

    @property
    def total(self) -> Decimal:
        """₽."""
        return sum(self.sums.values(), ZERO)


@dataclass(frozen=True, slots=True)
class MonthTotal:
    """Totals of a closed month for the list of months: accounts closed, left out, ₽."""

    closed: int
    failed: int
    total: Decimal


def month_totals(runs: Sequence[PeriodRun]) -> dict[int, MonthTotal]:
    """By run (two queries, added up by the database; one row of an account a month instead of all its lines)."""
    booked = AccountClosing.objects.filter(run__in=runs, reversed_at=None).order_by().values("run_id")
    sums = {
        row["run_id"]: (row["closed"], row["total"])
        for row in booked.annotate(closed=Count("pk"), total=Sum(in_kopecks("total")))
    }
    failed = dict(RunFailure.objects.filter(run__in=runs).order_by().values_list("run_id").annotate(count=Count("pk")))
    totals = {}
    for run in runs:
        closed, total = sums.get(run.pk, (0, 0))
        totals[run.pk] = MonthTotal(closed, failed.get(run.pk, 0), from_kopecks(total or 0))
    return totals


def run_result(run: PeriodRun) -> RunResult:
    """Return what a closing booked so far (three queries)."""
    lines = (
        Charge.objects.filter(period=run.period, reversed_at=None)
        .order_by("kind")
        .values_list("kind")
        .annotate(total=Sum(IN_KOPECKS))
    )
    return RunResult(
        run=run,
        closed=AccountClosing.objects.filter(period=run.period, reversed_at=None).count(),
        failed=run.failures.count(),
        sums={kind: from_kopecks(total) for kind, total in lines},
    )
