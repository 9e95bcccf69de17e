"""Acts of tampering: entered with their file, shown in ₽ beforehand, booked by the next closing (Rules 354, п. 62)."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction

from portal.accounts.enums import Service
from portal.accounts.models import Account, User
from portal.billing.calculation.exceptions import NotComputable
from portal.billing.calculation.explanations import TamperingVolume
from portal.billing.calculation.months import first_day
from portal.billing.calculation.units import cubic_metres, price, roubles
from portal.billing.exceptions import ActInFuture, ActOverlaps, ActTooLong, ServiceNotCharged
from portal.billing.models import AccountClosing, PeriodRun, TamperingAct
from portal.billing.notifications import notify_act
from portal.billing.services.chunks import compute_accounts
from portal.core.calendars import month_calendar
from portal.core.files.checking import CheckedFile
from portal.core.files.services import store_file
from portal.core.money import ZERO
from portal.core.periods import Period

FILE_KIND = "tampering_act"
MONTHS = 3
"""How far back an act reaches at most (Rules 354, п. 62)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAct:
    """An act as it was drawn up; `since` and `until` are inclusive."""

    account: Account
    service: Service
    number: str
    drawn_on: dt.date
    since: dt.date
    until: dt.date


@dataclass(frozen=True, slots=True)
class ActLine:
    """Line of a tampering report for one month: m³ beyond what stands charged, ₽ per m³, ₽."""

    for_period: Period
    volume: Decimal
    price: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True)
class ActPreview:
    """Sums of a tampering report and the closing that books them. `waits_for` is an earlier open month."""

    lines: tuple[ActLine, ...]
    booked_in: Period
    waits_for: Period | None

    @property
    def total(self) -> Decimal:
        """₽."""
        return sum((line.amount for line in self.lines), ZERO)


def require_act(act: NewAct, *, today: dt.date) -> None:
    """Raise ActInFuture, ActTooLong, ServiceNotCharged when the account has no such service in those days, or
    ActOverlaps."""
    if act.drawn_on > today:
        raise ActInFuture(str(act.drawn_on))
    earliest = Period.of(act.drawn_on).shift(-MONTHS)
    first = earliest.day(act.drawn_on.day)
    if act.since < first:
        raise ActTooLong(earliest=first)
    supplied = act.account.services.filter(service=act.service, since__lte=act.until)
    if not supplied.exclude(until__lt=act.since).exists():
        raise ServiceNotCharged(act.service)
    same = TamperingAct.objects.filter(account=act.account, service=act.service).exclude(number=act.number)
    overlapping = same.filter(since__lte=act.until, until__gte=act.since).first()
    if overlapping is not None:
        raise ActOverlaps(number=overlapping.number, since=overlapping.since, until=overlapping.until)


def preview_act(act: NewAct) -> ActPreview:
    """Return what the next closing would book for an act, by that very calculation; nothing stays. Raises
    NotComputable.
    """
    following = _next_to_close(act.account)
    booked_in = max(following, Period.of(act.drawn_on))
    with transaction.atomic():
        _create(act, None)
        lines = _booked(act, booked_in)
        transaction.set_rollback(True)
    return ActPreview(lines, booked_in, following if following < booked_in else None)


def _next_to_close(account: Account) -> Period:
    last = AccountClosing.objects.filter(account=account, reversed_at=None).order_by("-period").first()
    if last is not None:
        return Period.of(last.period).next
    run = PeriodRun.objects.active().newest()
    return Period.of(run.period).next if run else Period.of(account.opened_on)


def _booked(act: NewAct, period: Period) -> tuple[ActLine, ...]:
    day = month_calendar(period).closing_day
    outcomes, failures = compute_accounts([act.account.pk], period=period, closing_day=day)
    for reason in failures.values():
        raise NotComputable(reason.code, reason.detail)
    return tuple(
        ActLine(
            Period.of(first_day(line.for_month)),
            cubic_metres(line.volume or 0),
            price(line.price or 0),
            roubles(line.amount),
        )
        for outcome in outcomes
        for line in outcome.lines
        if isinstance(line.why, TamperingVolume) and line.why.act == act.number
    )


def _create(act: NewAct, by: User | None) -> TamperingAct:
    return TamperingAct.objects.create(
        account=act.account,
        service=act.service,
        number=act.number,
        drawn_on=act.drawn_on,
        since=act.since,
        until=act.until,
        entered_by=by,
    )


@transaction.atomic
def enter_act(act: NewAct, *, by: User | None, today: dt.date, file: CheckedFile | None = None) -> TamperingAct:
    """Keep an act with its file and tell everybody who holds the account what it costs.

    Raises what `require_act` raises, NotComputable, FileRefused; IntegrityError for a number that stands already.
    """
    require_act(act, today=today)
    expected = preview_act(act)
    entered = _create(act, by)
    if file is not None:
        entered.file = store_file(
            kind=FILE_KIND,
            owner=f"act:{entered.pk}",
            name=file.name,
            content=file.content,
            content_type=file.content_type,
        )
        entered.save(update_fields=["file"])
    notify_act(entered, total=expected.total, booked_in=expected.booked_in)
    return entered
