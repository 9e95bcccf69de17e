"""Months as the accountant sees them: which closed how, which is next, what a closing would do."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import Account
from portal.billing.enums import ChargeKind, ClosingStatus
from portal.billing.finding_texts import finding_texts
from portal.billing.models import ClosingReview, PeriodRun, PreviewRun
from portal.billing.selectors import (
    ClosingPreview,
    PreviewChanges,
    changes_since_preview,
    open_review,
    result_of,
    reviews_of,
    run_result,
    stored_preview,
)
from portal.billing.selectors.bills import ORDER
from portal.billing.selectors.runs import MonthTotal, month_totals
from portal.billing.services import current_findings, preview_for_closing, progress
from portal.core.calendars import Month, month_calendar
from portal.core.money import ZERO, from_kopecks
from portal.core.periods import Period
from portal.core.runs.engine import RunProgress
from portal.core.runs.enums import RunStatus
from portal.core.runs.failures import failures_of
from portal.office.closing.failures import Failure, failure

SHOWN_MONTHS = 13
SHOWN_FAILURES = 200


@dataclass(frozen=True, slots=True)
class MonthRow:
    """A month in the list: its days, and its run when there is one."""

    period: Period
    calendar: Month
    run: PeriodRun | None
    result: MonthTotal | None
    may_close: bool
    days_to_closing: int


def active_run(period: Period) -> PeriodRun | None:
    """The run of a period that was not reversed (one query)."""
    return PeriodRun.objects.active().filter(period=period.first_day).select_related("requested_by").first()


def undone_run(period: Period) -> PeriodRun | None:
    """The last closing of a period that was reversed (one query)."""
    undone = PeriodRun.objects.filter(period=period.first_day).exclude(reversed_at=None)
    return undone.select_related("reversed_by").order_by("-reversed_at").first()


def next_to_close(today: dt.date) -> Period:
    """The month after the last closed one; with none closed, the month before the current one."""
    last = PeriodRun.objects.active().newest()
    return Period.of(last.period).next if last else Period.of(today).previous


def month_rows(today: dt.date) -> list[MonthRow]:
    """The next month to close, then the latest closed ones, newest first."""
    runs = list(PeriodRun.objects.active().select_related("requested_by").order_by("-period")[:SHOWN_MONTHS])
    totals = month_totals(runs)
    rows = [_row(next_to_close(today), None, None, today)]
    return rows + [_row(Period.of(run.period), run, totals[run.pk], today) for run in runs]


def _row(period: Period, run: PeriodRun | None, result: MonthTotal | None, today: dt.date) -> MonthRow:
    calendar = month_calendar(period)
    return MonthRow(
        period=period,
        calendar=calendar,
        run=run,
        result=result,
        may_close=run is None and today >= calendar.closing_day,
        days_to_closing=(calendar.closing_day - today).days,
    )


@dataclass(frozen=True, slots=True)
class Compared:
    """A figure beside the month before and the average of the months before; None where there is nothing to compare."""

    label: "str | Promise"
    value: Decimal
    previous: Decimal | None
    average: Decimal | None
    in_roubles: bool

    @property
    def percent(self) -> int | None:
        """Return how much it differs from the average, %."""
        return round((self.value - self.average) * 100 / self.average) if self.average else None


@dataclass(frozen=True, slots=True)
class LargeBill:
    """One of the largest bills, ₽, with what is usual for the account (None: it had no bill before)."""

    account: Account
    amount: Decimal
    usual: Decimal | None


@dataclass(frozen=True, slots=True)
class ClosingSummary:
    """Texts of a closing's preview: compared with closed months, the largest bills, the failures."""

    computed: ClosingPreview
    with_reading: int
    without_reading: int
    failures: list[Failure]
    failed: int
    compared: list[Compared]
    largest: list[LargeBill]
    without_persons: list[Account]
    findings: list[str]

    @property
    def total(self) -> Decimal:
        """₽ that would be charged."""
        return self.computed.total


@dataclass(frozen=True, slots=True)
class PreviewPage:
    """The kept preview of a month: `preview` when it is finished; what has changed since; the stop that waits."""

    run: PreviewRun | None
    preview: ClosingSummary | None
    changes: PreviewChanges | None
    review: ClosingReview | None
    review_texts: list[str]

    @property
    def running(self) -> bool:
        """Whether it is being computed."""
        return self.run is not None and self.preview is None

    @property
    def may_close(self) -> bool:
        """Whether it is good enough to close by."""
        return self.preview is not None and self.changes is not None and not self.changes.facts_changed


def preview_page(period: Period) -> PreviewPage:
    """The preview of a month: of few accounts computed here when the facts have changed, of many the kept one."""
    run = preview_for_closing(period) or stored_preview(period)
    finished = run is not None and run.status == RunStatus.DONE
    review = open_review(period)
    return PreviewPage(
        run=run,
        preview=_preview(result_of(run)) if run is not None and finished else None,
        changes=changes_since_preview(run) if run is not None and finished else None,
        review=review,
        review_texts=finding_texts(review.typed_findings) if review else [],
    )


def _preview(computed: ClosingPreview) -> ClosingSummary:
    part, shown = computed.part, computed.failures[:SHOWN_FAILURES]
    wanted = {*(pk for pk, _, _ in shown), *(pk for pk, _, _ in part.largest), *part.no_persons_of}
    accounts = Account.objects.with_address().in_bulk(wanted)
    return ClosingSummary(
        computed=computed,
        with_reading=computed.bases["reading"],
        without_reading=computed.bases["average"] + computed.bases["norm"],
        failures=[failure(accounts[pk], code, detail) for pk, code, detail in shown],
        failed=part.failed,
        compared=_compared(computed),
        largest=[
            LargeBill(accounts[pk], from_kopecks(amount), None if usual is None else from_kopecks(usual))
            for pk, amount, usual in part.largest
        ],
        without_persons=[accounts[pk] for pk in part.no_persons_of],
        findings=finding_texts(current_findings(computed)),
    )


def _compared(computed: ClosingPreview) -> list[Compared]:
    totals = [from_kopecks(figures.total) for _month, figures in computed.before]
    lines = [Decimal(figures.lines) for _month, figures in computed.before]
    return [
        _beside(_("Total"), computed.total, totals, in_roubles=True),
        _beside(_("Number of lines"), Decimal(computed.part.lines), lines, in_roubles=False),
    ]


def _beside(label: "str | Promise", value: Decimal, before: list[Decimal], *, in_roubles: bool) -> Compared:
    average = sum(before, ZERO) / len(before) if before else None
    return Compared(label, value, before[0] if before else None, average, in_roubles)


@dataclass(frozen=True, slots=True)
class RunState:
    """Progress of a closing and the sums that it booked."""

    progress: RunProgress[PeriodRun]
    running: bool
    sums: list[tuple[str, Decimal]]
    total: Decimal
    failures: list[Failure]
    reviews: list[tuple[ClosingReview, list[str]]]


def closing_failures(period: Period) -> list[Failure]:
    """All accounts that the closing of a period left (two queries)."""
    run = active_run(period)
    return [failure(row.account, row.code, row.detail) for row in failures_of(run)] if run is not None else []


def run_state(run: PeriodRun) -> RunState:
    """A closing as its page shows it."""
    how_far = progress(run)
    result = run_result(how_far.run)
    shown_failures = failures_of(how_far.run)[:SHOWN_FAILURES]
    return RunState(
        progress=how_far,
        running=how_far.run.status == ClosingStatus.RUNNING,
        sums=sorted(result.sums.items(), key=lambda item: ORDER[ChargeKind(item[0])]),
        total=result.total if result.sums else ZERO,
        failures=[failure(row.account, row.code, row.detail) for row in shown_failures],
        reviews=[(review, finding_texts(review.typed_findings)) for review in reviews_of(how_far.run)],
    )
