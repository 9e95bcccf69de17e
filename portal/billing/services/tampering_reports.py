"""Tampering reports: entered with their file, shown in ₽ beforehand, booked by the next closing (Rules 354, п. 62)."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction

from portal.accounts.enums import Service
from portal.accounts.models import Account, User
from portal.billing.calculation.exceptions import NotComputable
from portal.billing.calculation.explanations import TamperingVolume
from portal.billing.calculation.months import first_day
from portal.billing.calculation.units import from_litres, price
from portal.billing.exceptions import ReportInFuture, ReportOverlaps, ReportTooLong, ServiceNotCharged
from portal.billing.models import AccountClosing, PeriodRun, TamperingReport
from portal.billing.notifications import notify_tampering_report
from portal.billing.services.chunks import compute_accounts
from portal.core.calendars import month_calendar
from portal.core.files.checking import CheckedFile
from portal.core.files.services import store_file
from portal.core.money import ZERO, from_kopecks
from portal.core.periods import Period

FILE_KIND = "tampering_act"
MONTHS = 3
"""How far back a report reaches at most (Rules 354, п. 62)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTamperingReport:
    """A report as it was drawn up; `since` and `until` are inclusive."""

    account: Account
    service: Service
    number: str
    drawn_on: dt.date
    since: dt.date
    until: dt.date


@dataclass(frozen=True, slots=True)
class TamperingReportLine:
    """Line of a tampering report for one month: m³ beyond what stands charged, ₽ per m³, ₽."""

    for_period: Period
    volume: Decimal
    price: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True)
class TamperingReportPreview:
    """Sums of a tampering report and the closing that books them. `waits_for` is an earlier open month."""

    lines: tuple[TamperingReportLine, ...]
    booked_in: Period
    waits_for: Period | None

    @property
    def total(self) -> Decimal:
        """₽."""
        return sum((line.amount for line in self.lines), ZERO)


def require_report(report: NewTamperingReport, *, today: dt.date) -> None:
    """Check that a report may be entered.

    Raises ReportInFuture, ReportTooLong, ReportOverlaps, and ServiceNotCharged when the account has no such service in
    those days.
    """
    if report.drawn_on > today:
        raise ReportInFuture(str(report.drawn_on))
    earliest = Period.of(report.drawn_on).shift(-MONTHS)
    first = earliest.day(report.drawn_on.day)
    if report.since < first:
        raise ReportTooLong(earliest=first)
    supplied = report.account.services.filter(service=report.service, since__lte=report.until)
    if not supplied.exclude(until__lt=report.since).exists():
        raise ServiceNotCharged(report.service)
    same = TamperingReport.objects.filter(account=report.account, service=report.service).exclude(number=report.number)
    overlapping = same.filter(since__lte=report.until, until__gte=report.since).first()
    if overlapping is not None:
        raise ReportOverlaps(number=overlapping.number, since=overlapping.since, until=overlapping.until)


def preview_report(report: NewTamperingReport) -> TamperingReportPreview:
    """Return what the next closing would book for a report, by that very calculation; nothing stays. Raises
    NotComputable.
    """
    following = _next_to_close(report.account)
    booked_in = max(following, Period.of(report.drawn_on))
    with transaction.atomic():
        _create(report, None)
        lines = _booked(report, booked_in)
        transaction.set_rollback(True)
    return TamperingReportPreview(lines, booked_in, following if following < booked_in else None)


def _next_to_close(account: Account) -> Period:
    last = AccountClosing.objects.filter(account=account, reversed_at=None).order_by("-period").first()
    if last is not None:
        return Period.of(last.period).next
    run = PeriodRun.objects.active().newest()
    return Period.of(run.period).next if run else Period.of(account.opened_on)


def _booked(report: NewTamperingReport, period: Period) -> tuple[TamperingReportLine, ...]:
    day = month_calendar(period).closing_day
    outcomes, failures = compute_accounts([report.account.pk], period=period, closing_day=day)
    for reason in failures.values():
        raise NotComputable(reason.code, reason.detail)
    return tuple(
        TamperingReportLine(
            Period.of(first_day(line.for_month)),
            from_litres(line.volume or 0),
            price(line.price or 0),
            from_kopecks(line.amount),
        )
        for outcome in outcomes
        for line in outcome.lines
        if isinstance(line.why, TamperingVolume) and line.why.report == report.number
    )


def _create(report: NewTamperingReport, by: User | None) -> TamperingReport:
    return TamperingReport.objects.create(
        account=report.account,
        service=report.service,
        number=report.number,
        drawn_on=report.drawn_on,
        since=report.since,
        until=report.until,
        entered_by=by,
    )


@transaction.atomic
def enter_report(
    report: NewTamperingReport, *, by: User | None, today: dt.date, file: CheckedFile | None = None
) -> TamperingReport:
    """Store a report with its file and tell everybody who holds the account what it costs.

    Raises what `require_report` raises, NotComputable, FileRefused; IntegrityError for a number that stands already.
    """
    require_report(report, today=today)
    expected = preview_report(report)
    entered = _create(report, by)
    if file is not None:
        entered.file = store_file(
            kind=FILE_KIND,
            owner=f"act:{entered.pk}",
            name=file.name,
            content=file.content,
            content_type=file.content_type,
        )
        entered.save(update_fields=["file"])
    notify_tampering_report(entered, total=expected.total, booked_in=expected.booked_in)
    return entered
