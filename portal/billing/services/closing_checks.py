"""Looking before a closing: what is out of the ordinary stops it until somebody says with a reason that it is right."""

import datetime as dt
from dataclasses import asdict

from django.db import transaction
from django.db.models import Count, Sum
from django.utils import timezone

from portal.accounts import audit
from portal.accounts.models import User
from portal.accounts.staff import withdraw_alerts
from portal.billing.calculation.comparison import ClosingFigures, Finding, MonthFigures, findings
from portal.billing.exceptions import ClosingHeld, ClosingUndone, OutOfTheOrdinary, PeriodNotOver, PreviewNeeded
from portal.billing.models import Charge, ClosingReview, ClosingSettings, PeriodRun, PreviewRun
from portal.billing.selectors.closing_previews import (
    ClosingPreview,
    changes_since_preview,
    closed_months,
    open_review,
    result_of,
    stored_preview,
    waiting_count,
)
from portal.billing.selectors.runs import is_closed, undone_runs
from portal.billing.services import previewing
from portal.billing.services.closing import close_period
from portal.billing.services.previewing import start_preview
from portal.billing.services.setup_checks import TO_CLOSE, require_setup
from portal.billing.staff_notices import held_event, notify_closing_held
from portal.core.calendars import month_calendar
from portal.core.periods import Period
from portal.core.runs.enums import RunStatus
from portal.ledger.selectors import IN_KOPECKS

TAKEN_FOR = dt.timedelta(hours=1)
"""Real time for which the timetable takes its own preview although facts changed since: readings always come in."""
WITHIN_LIMITS = "показатели снова в пределах порогов"


def preview_for_closing(period: Period) -> PreviewRun | None:
    """The preview that a closing may rest on: with facts of now; computed here when the accounts are few.

    None when there are many accounts and no such preview is finished.
    """
    stored = stored_preview(period)
    if stored is not None and stored.status == RunStatus.DONE and not changes_since_preview(stored).facts_changed:
        return stored
    return start_preview(period=period) if waiting_count(period) <= previewing.AT_ONCE else None


def current_findings(preview: ClosingPreview) -> list[Finding]:
    """Return what is out of the ordinary by the limits of now (one query)."""
    return preview.findings(ClosingSettings.load().limits)


def close_after_check(
    *, period: Period, by: User, reason: str = "", preview_id: int | None = None, today: dt.date
) -> PeriodRun:
    """Close a month by hand: what is out of the ordinary needs a reason, given for the preview `preview_id`.

    A closing that has begun goes on without questions. Raises PreviewNeeded, OutOfTheOrdinary, and the refusals of
    close_period.
    """
    if is_closed(period):
        return close_period(period=period, requested_by=by, today=today)
    closing_day = month_calendar(period).closing_day
    if today < closing_day:
        raise PeriodNotOver(period=period, closing_day=closing_day)
    require_setup(period, steps=TO_CLOSE)
    run = preview_for_closing(period)
    if run is None:
        raise PreviewNeeded(period=period)
    preview = result_of(run)
    findings = current_findings(preview)
    if findings and (not reason.strip() or preview_id != run.pk):
        raise OutOfTheOrdinary(period=period)
    with transaction.atomic():
        review = _decided(preview, run, findings, by=by, reason=reason)
        closing = close_period(period=period, requested_by=by, today=today)
        if review is not None:
            review.run = closing
            review.save(update_fields=["run"])
    return closing


def _decided(
    preview: ClosingPreview, run: PreviewRun, findings: list[Finding], *, by: User, reason: str
) -> ClosingReview | None:
    """The review that a closing was given; None when it needed none."""
    period = preview.period
    waiting = ClosingReview.objects.select_for_update().filter(period=period.first_day, decided_at=None).first()
    if not findings and waiting is None:
        return None
    review = waiting or _review(preview, run, findings, automatic=False)
    review.decided_at, review.decided_by = timezone.now(), by
    review.reason = reason.strip()[:250] or WITHIN_LIMITS
    if findings:
        review.findings, review.total = [asdict(finding) for finding in findings], preview.total
        review.computed_at = run.started_at
    review.save()
    audit.decided(review, by=by, what=f"Закрытие за {period} при необычных суммах", after=review.reason)
    withdraw_alerts(held_event(review))
    return review


def _review(preview: ClosingPreview, run: PreviewRun, findings: list[Finding], *, automatic: bool) -> ClosingReview:
    return ClosingReview(
        period=preview.period.first_day,
        opened_at=timezone.now(),
        automatic=automatic,
        findings=[asdict(finding) for finding in findings],
        total=preview.total,
        computed_at=run.started_at,
    )


def require_checked(period: Period) -> bool:
    """Look before the timetable closes a month: True to go on, False while the preview is being computed.

    What is out of the ordinary stops it: those who may release it are told once. Raises ClosingHeld, and ClosingUndone
    when somebody took a closing of the month back: then a person closes it again.
    """
    if is_closed(period):
        return True
    undone = undone_runs().filter(period=period.first_day).first()
    if undone is not None:
        raise ClosingUndone(period=period, run=undone.pk)
    require_setup(period, steps=TO_CLOSE)
    review = open_review(period)
    if review is None:
        run = _own_preview(period)
        if run.status != RunStatus.DONE:
            return False
        preview = result_of(run)
        findings = current_findings(preview)
        if not findings:
            return True
        review = _held(preview, run, findings)
    raise ClosingHeld(period=period, review=review.pk)


def _own_preview(period: Period) -> PreviewRun:
    stored = stored_preview(period)
    if stored is not None and stored.status == RunStatus.DONE:
        recent = stored.automatic and timezone.now() - stored.started_at < TAKEN_FOR
        if recent or not changes_since_preview(stored).facts_changed:
            return stored
    return start_preview(period=period, automatic=True)


@transaction.atomic
def _held(preview: ClosingPreview, run: PreviewRun, findings: list[Finding]) -> ClosingReview:
    review = _review(preview, run, findings, automatic=True)
    review.save()
    notify_closing_held(review)
    return review


def findings_of_closed(period: Period) -> list[Finding]:
    """Return what is out of the ordinary in the total and the lines of a closed month: too late to stop it (three
    queries).
    """
    rows = Charge.objects.filter(period__in=[month.first_day for month in [period, *closed_months(period)]])
    sums = (
        rows.filter(reversed_at=None)
        .order_by()
        .values_list("period")
        .annotate(total=Sum(IN_KOPECKS), lines=Count("pk"))
    )
    booked = {Period.of(month): MonthFigures(total, lines) for month, total, lines in sums}
    now = booked.pop(period, MonthFigures())
    figures = ClosingFigures(
        accounts=0,
        total=now.total,
        lines=now.lines,
        largest=(),
        high_bills=0,
        flagged=0,
        reductions=0,
        no_persons=0,
        before=[booked[month] for month in sorted(booked, reverse=True)],
    )
    return findings(figures, ClosingSettings.load().limits)
