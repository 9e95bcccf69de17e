"""Previews of closing a period: computed in parts, stored with a digest of the facts, compared with closed months."""

import datetime as dt
import hashlib
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from decimal import Decimal
from typing import Any

from django.db.models import Count, Max, Sum
from wagtail.models import ModelLogEntry

from portal.accounts import audit
from portal.accounts.models import Account, AccountService, Occupancy
from portal.billing.calculation.comparison import (
    LISTED,
    ClosingFigures,
    ClosingLimits,
    ComparedBill,
    Finding,
    MonthFigures,
    findings,
)
from portal.billing.enums import ChargeKind, InterruptionStatus
from portal.billing.loading.facts import open_accounts
from portal.billing.loading.raw import fetch, parts
from portal.billing.models import (
    AccountClosing,
    BillingSettings,
    Charge,
    ClosingReview,
    ClosingSettings,
    Interruption,
    KeyRate,
    KeyRateCap,
    Norm,
    OpeningDebt,
    PeriodRun,
    PreviewRun,
    RaisingCoefficient,
    Rate,
    TamperingReport,
    WorkdayException,
    WorkdayYear,
)
from portal.core.models import MonthCalendar
from portal.core.money import from_kopecks
from portal.core.periods import Period
from portal.core.runs.enums import RunStatus
from portal.ledger.models import Entry
from portal.metering.enums import Status
from portal.metering.models import Meter, Reading, UnverifiedSpan

MAX_FAILURES = 200
MONTHS = 3
"""Closed months that a closing is compared with."""
COUNTERS = ("bases", "sums", "before")


@dataclass(slots=True)
class PreviewPart:
    """Part of a preview over some accounts, in kopecks; stored as JSON and added up."""

    accounts: int = 0
    closed_already: int = 0
    lines: int = 0
    bases: Counter[str] = field(default_factory=Counter)
    """Accounts by the weakest basis of their charges: reading, average, norm."""
    sums: Counter[str] = field(default_factory=Counter)
    """By kind of line."""
    failed: int = 0
    failures: list[tuple[int, str, str]] = field(default_factory=list)
    """(account id, code, detail), the first ones."""
    largest: list[tuple[int, int, int | None]] = field(default_factory=list)
    """(account id, bill, what is usual for the account), the largest first."""
    high_bills: int = 0
    no_persons: int = 0
    no_persons_of: list[int] = field(default_factory=list)
    """Accounts without registered persons, the first ones."""
    before: Counter[str] = field(default_factory=Counter)
    """«2026-10 total», «2026-10 lines» of closed months."""

    @property
    def total(self) -> int:
        """Kopecks."""
        return sum(self.sums.values())

    def __add__(self, other: "PreviewPart") -> "PreviewPart":
        largest = sorted([*self.largest, *other.largest], key=lambda bill: (-bill[1], bill[0]))
        return PreviewPart(
            accounts=self.accounts + other.accounts,
            closed_already=self.closed_already + other.closed_already,
            lines=self.lines + other.lines,
            bases=self.bases + other.bases,
            sums=Counter({kind: self.sums[kind] + other.sums[kind] for kind in {*self.sums, *other.sums}}),
            failed=self.failed + other.failed,
            failures=[*self.failures, *other.failures][:MAX_FAILURES],
            largest=largest[:LISTED],
            high_bills=self.high_bills + other.high_bills,
            no_persons=self.no_persons + other.no_persons,
            no_persons_of=[*self.no_persons_of, *other.no_persons_of][:LISTED],
            before=Counter({key: self.before[key] + other.before[key] for key in {*self.before, *other.before}}),
        )

    def as_json(self) -> dict[str, Any]:
        """For a JSON column."""
        stored = {part_field.name: getattr(self, part_field.name) for part_field in fields(self)}
        return stored | {name: dict(stored[name]) for name in COUNTERS}


def part_of(stored: dict[str, Any]) -> PreviewPart:
    """A part from its JSON column."""
    counters = {name: Counter(stored[name]) for name in COUNTERS}
    failures = [(pk, code, detail) for pk, code, detail in stored["failures"]]
    largest = [(pk, amount, usual) for pk, amount, usual in stored["largest"]]
    return PreviewPart(**stored | counters | {"failures": failures, "largest": largest})


def bills_before(account_ids: Sequence[int], months: Sequence[Period]) -> dict[int, dict[str, tuple[int, int]]]:
    """For each account by closed month: kopecks and lines that stand booked (one query)."""
    bills: dict[int, dict[str, tuple[int, int]]] = defaultdict(dict)
    if not months:
        return bills
    rows = Charge.objects.filter(period__in=[month.first_day for month in months], reversed_at=None).order_by()
    for pk, month, amount in fetch(rows, "account_id", account_ids, "account_id", "period", "amount"):
        total, lines = bills[pk].get(str(month)[:7], (0, 0))
        bills[pk][str(month)[:7]] = (total + parts(amount, 100), lines + 1)
    return bills


def add_before(part: PreviewPart, bills: dict[int, dict[str, tuple[int, int]]]) -> None:
    """Add what the months before came to."""
    for months in bills.values():
        for month, (total, lines) in months.items():
            part.before[f"{month} total"] += total
            part.before[f"{month} lines"] += lines


def closed_months(period: Period) -> list[Period]:
    """The closed months before a period that it is compared with, the latest first; three at most (one query)."""
    runs = PeriodRun.objects.active().filter(period__lt=period.first_day, period__gte=period.shift(-MONTHS).first_day)
    return [Period.of(day) for day in runs.order_by("-period").values_list("period", flat=True)]


def part_of_left_accounts(period: Period) -> PreviewPart:
    """Return what the months before hold of accounts that were closed since and are not computed any more."""
    part, months = PreviewPart(), closed_months(period)
    if months:
        left = Account.objects.filter(closed_on__lt=period.first_day, closed_on__gte=months[-1].first_day)
        add_before(part, bills_before(list(left.values_list("pk", flat=True)), months))
    return part


def waiting_accounts(period: Period, *, first: int = 0, last: int | None = None) -> tuple[list[int], int]:
    """Ids of the accounts that a closing would compute, and how many are closed already (two queries).

    `first` and `last` bound the ids, both inclusive.
    """
    closings = AccountClosing.objects.filter(period=period.first_day, reversed_at=None, account_id__gte=first)
    accounts = open_accounts(period).filter(pk__gte=first)
    if last is not None:
        closings, accounts = closings.filter(account_id__lte=last), accounts.filter(pk__lte=last)
    closed = set(closings.values_list("account_id", flat=True))
    ids = accounts.order_by("pk").values_list("pk", flat=True)
    return [pk for pk in ids if pk not in closed], len(closed)


def waiting_count(period: Period) -> int:
    """Return how many accounts a closing would compute (two queries; no account is loaded)."""
    closed = AccountClosing.objects.filter(period=period.first_day, reversed_at=None).count()
    return open_accounts(period).count() - closed


@dataclass(frozen=True, slots=True)
class ClosingPreview:
    """Preview of closing a period, ₽, with open questions; `before` holds closed months, the latest first."""

    period: Period
    closing_day: dt.date
    part: PreviewPart
    flagged: int
    reductions: int
    before: tuple[tuple[Period, MonthFigures], ...]

    @property
    def accounts(self) -> int:
        """Open in the period."""
        return self.part.accounts + self.part.closed_already

    @property
    def closed_already(self) -> int:
        return self.part.closed_already

    @property
    def bases(self) -> Counter[str]:
        return self.part.bases

    @property
    def failures(self) -> list[tuple[int, str, str]]:
        return self.part.failures

    @property
    def charged(self) -> Decimal:
        return from_kopecks(self.part.sums[ChargeKind.CHARGE] + self.part.sums[ChargeKind.OUTAGE])

    @property
    def recalculated(self) -> Decimal:
        return from_kopecks(self.part.sums[ChargeKind.RECALCULATION])

    @property
    def penalties(self) -> Decimal:
        return from_kopecks(self.part.sums[ChargeKind.PENALTY])

    @property
    def total(self) -> Decimal:
        return from_kopecks(self.part.total)

    def findings(self, limits: ClosingLimits) -> list[Finding]:
        """Return what is out of the ordinary."""
        figures = ClosingFigures(
            accounts=self.part.accounts,
            total=self.part.total,
            lines=self.part.lines,
            largest=[ComparedBill(*bill) for bill in self.part.largest],
            high_bills=self.part.high_bills,
            flagged=self.flagged,
            reductions=self.reductions,
            no_persons=self.part.no_persons,
            before=[figures for _month, figures in self.before],
        )
        return findings(figures, limits)


def preview_of(*, period: Period, closing_day: dt.date, part: PreviewPart) -> ClosingPreview:
    """A preview from its parts added up (two queries)."""
    months = sorted({key[:7] for key in part.before}, reverse=True)
    return ClosingPreview(
        period=period,
        closing_day=closing_day,
        part=part,
        flagged=undecided_readings(period, closing_day),
        reductions=undecided_reductions(period),
        before=tuple(
            (Period.parse(month), MonthFigures(part.before[f"{month} total"], part.before[f"{month} lines"]))
            for month in months
        ),
    )


def undecided_readings(period: Period, closing_day: dt.date) -> int:
    """Flagged readings that the closing counts and nobody decided on (one query)."""
    cut = min(closing_day, period.last_day)
    waiting = Reading.objects.filter(status=Status.ACCEPTED, reviewed_at=None).exclude(flags=[])
    return waiting.filter(taken_on__gte=period.first_day, taken_on__lte=cut).count()


def undecided_reductions(period: Period) -> int:
    """Reductions for outages begun by the end of the period that nobody decided on (one query)."""
    waiting = Interruption.objects.filter(status=InterruptionStatus.PROPOSED)
    return waiting.filter(started_at__date__lte=period.last_day).count()


def stored_preview(period: Period) -> PreviewRun | None:
    """The preview of a period that is kept, finished or not (one query)."""
    return PreviewRun.objects.filter(period=period.first_day).select_related("requested_by").first()


def result_of(run: PreviewRun) -> ClosingPreview:
    """A finished preview (two queries)."""
    return preview_of(period=Period.of(run.period), closing_day=run.closing_day, part=part_of(run.result))


@dataclass(frozen=True, slots=True)
class PreviewChanges:
    """Whether what a preview rests on has changed since: payments change its penalties alone."""

    facts_changed: bool
    payments_changed: bool


def changes_since_preview(run: PreviewRun) -> PreviewChanges:
    """Return how a preview stands to the facts of now (two dozen quick queries)."""
    facts = facts_digest(Period.of(run.period), run.closing_day)
    return PreviewChanges(run.facts != facts, run.payments != last_entry())


def last_entry() -> int:
    """The last entry of the ledger (one query)."""
    return Entry.objects.aggregate(last=Max("pk"))["last"] or 0


DATED = (
    Rate,
    Norm,
    RaisingCoefficient,
    KeyRate,
    KeyRateCap,
    BillingSettings,
    MonthCalendar,
    WorkdayYear,
    WorkdayException,
)
GROWING = (OpeningDebt, TamperingReport, UnverifiedSpan, Occupancy, AccountService)
EDITS = (audit.CHANGED, audit.DECIDED, audit.MONEY, audit.REGISTERED, audit.IMPORTED, audit.SETTINGS)


def facts_digest(period: Period, closing_day: dt.date) -> str:
    """A digest that changes with whatever a closing rests on, but payments; no table of readings is read whole.

    Dated numbers are taken by value; growing tables by their last key; readings by the last one that the closing
    counts; what is edited in place by its number of rows and values, and by the audit, which notes every edit.
    """
    cut = min(closing_day, period.last_day)
    counted = Reading.objects.filter(taken_on__lte=cut).order_by("-pk")
    limits = ClosingSettings.load()
    facts: list[Any] = [
        str(period),
        str(closing_day),
        counted.values_list("pk", flat=True).first(),
        *(list(model._default_manager.order_by("pk").values_list()) for model in DATED),
        *(model._default_manager.aggregate(last=Max("pk"), count=Count("pk")) for model in GROWING),
        Charge.objects.aggregate(last=Max("pk")),
        Meter.objects.aggregate(
            last=Max("pk"), closed=Count("closed_on"), broken=Count("out_of_order_from"), start=Sum("start_value")
        ),
        list(Meter.objects.order_by("verified_until").values_list("verified_until").annotate(count=Count("pk"))),
        Account.objects.aggregate(last=Max("pk"), count=Count("pk"), closed=Count("closed_on")),
        Interruption.objects.aggregate(last=Max("pk"), recorded=Max("recorded_at"), decided=Max("decided_at")),
        list(PeriodRun.objects.order_by("pk").values_list("pk", "status")),
        [ModelLogEntry.objects.filter(action=action).aggregate(last=Max("pk")) for action in EDITS],
        [f"{limits.bill_factor:.1f}", limits.least_bill],
    ]
    return hashlib.sha256(repr(facts).encode()).hexdigest()


def is_running(run: PreviewRun | None) -> bool:
    """Whether a preview is being computed."""
    return run is not None and run.status == RunStatus.RUNNING


def open_review(period: Period) -> ClosingReview | None:
    """The closing out of the ordinary that waits for somebody's word (one query)."""
    return ClosingReview.objects.filter(period=period.first_day, decided_at=None).first()


def open_reviews() -> list[ClosingReview]:
    """All that wait, the oldest month first (one query)."""
    return list(ClosingReview.objects.filter(decided_at=None).order_by("period"))


def reviews_of(run: PeriodRun) -> list[ClosingReview]:
    """Return what somebody said to a closing before it was done (one query)."""
    return list(ClosingReview.objects.filter(run=run).select_related("decided_by").order_by("pk"))
