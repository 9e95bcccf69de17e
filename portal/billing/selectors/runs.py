"""Closings as the office sees them: what a closing would do, how far one is, what could not be computed."""

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Count, QuerySet, Sum

from portal.billing.calculation.units import roubles
from portal.billing.enums import ChargeKind
from portal.billing.loading.book import load_book
from portal.billing.loading.facts import open_accounts
from portal.billing.models import AccountClosing, Charge, PeriodRun, RunFailure
from portal.billing.services.chunks import compute_accounts
from portal.core.calendars import month_calendar
from portal.core.money import ZERO
from portal.core.periods import Period
from portal.ledger.selectors import IN_KOPECKS

BATCH = 400


@dataclass(slots=True)
class ClosingPreview:
    """What closing a period would do now."""

    period: Period
    closing_day: dt.date
    accounts: int = 0
    closed_already: int = 0
    bases: Counter[str] = field(default_factory=Counter)
    """Accounts by the weakest basis of their charges: reading, average, norm."""
    charged: Decimal = ZERO
    recalculated: Decimal = ZERO
    penalties: Decimal = ZERO
    failures: list[tuple[int, str, str]] = field(default_factory=list)
    """(account id, code, detail)."""


def preview_closing(period: Period) -> ClosingPreview:
    """Compute every account that waits, without storing anything. A constant number of queries per 400 accounts."""
    day = month_calendar(period).closing_day
    preview = ClosingPreview(period, day)
    accounts = list(open_accounts(period).order_by("pk").values_list("pk", flat=True))
    closed = set(
        AccountClosing.objects.filter(period=period.first_day, reversed_at=None).values_list("account_id", flat=True)
    )
    preview.accounts, preview.closed_already = len(accounts), len(closed)
    waiting = [pk for pk in accounts if pk not in closed]
    book = load_book()
    sums: Counter[str] = Counter()
    for start in range(0, len(waiting), BATCH):
        part: Sequence[int] = waiting[start : start + BATCH]
        outcomes, failures = compute_accounts(part, period=period, closing_day=day, book=book)
        for outcome in outcomes:
            found = {line.basis for line in outcome.lines if line.kind == ChargeKind.CHARGE}
            weakest = next((basis for basis in ("norm", "average", "reading") if basis in found), "")
            preview.bases[weakest] += 1
            for line in outcome.lines:
                sums[line.kind] += line.amount
        preview.failures += [(pk, reason.code, reason.detail) for pk, reason in failures.items()]
    preview.charged = roubles(sums[ChargeKind.CHARGE] + sums[ChargeKind.OUTAGE])
    preview.recalculated = roubles(sums[ChargeKind.RECALCULATION])
    preview.penalties = roubles(sums[ChargeKind.PENALTY])
    return preview


def is_closed(period: Period) -> bool:
    """Whether a closing of the period stands (one query)."""
    return PeriodRun.objects.standing().filter(period=period.first_day).exists()


@dataclass(frozen=True)
class RunResult:
    """What a closing booked, ₽ by kind, and how many accounts."""

    run: PeriodRun
    closed: int
    failed: int
    sums: dict[str, Decimal]

    @property
    def total(self) -> Decimal:
        """₽."""
        return sum(self.sums.values(), ZERO)


def run_result(run: PeriodRun) -> RunResult:
    """What a closing booked so far (three queries)."""
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
        sums={kind: roubles(total) for kind, total in lines},
    )


def failures_of(run: PeriodRun) -> QuerySet[RunFailure]:
    """Accounts that a run could not compute, with their accounts loaded (one query)."""
    return run.failures.select_related("account").order_by("account__number")


def failures_by_reason(run: PeriodRun) -> dict[str, int]:
    """How many accounts wait for which reason (one query)."""
    return dict(run.failures.order_by("code").values_list("code").annotate(count=Count("pk")))
