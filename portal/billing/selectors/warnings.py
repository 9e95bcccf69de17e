"""What gets dear for an account if nothing is done: months without readings, a verification that expires."""

import datetime as dt
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from decimal import Decimal

from django.core.cache import cache

from portal.accounts.models import Account
from portal.billing.calculation.book import Book
from portal.billing.calculation.closing import close_month
from portal.billing.calculation.exceptions import NotComputable
from portal.billing.calculation.facts import Facts, Meter
from portal.billing.calculation.lines import CHARGE
from portal.billing.calculation.months import first_day, last_day, month_of
from portal.billing.calculation.state import NORM, AccountState
from portal.billing.calculation.units import roubles
from portal.billing.loading.book import load_book
from portal.billing.loading.facts import load_accounts, load_last
from portal.billing.models import AccountClosing
from portal.core.money import ZERO
from portal.core.periods import Period
from portal.metering.models import Meter as MeterRow
from portal.metering.models import Reading

WATCHED_DAYS = 90
REMEMBERED = 60 * 60


@dataclass(frozen=True, slots=True)
class NoReadings:
    """Months in a row without readings of a water; from `norm_from` the norm applies, `extra` ₽ a month more."""

    service: str
    missed: int
    limit: int
    norm_from: Period
    extra: Decimal


@dataclass(frozen=True, slots=True)
class VerificationExpires:
    """A meter whose verification ends (or ended); from `norm_from` the raised norm applies, `extra` ₽ a month more."""

    meter: MeterRow
    days_left: int
    norm_from: Period
    extra: Decimal


@dataclass(frozen=True, slots=True)
class Warnings:
    """Everything that an account is warned of."""

    no_readings: tuple[NoReadings, ...]
    verification: tuple[VerificationExpires, ...]


def account_warnings(account: Account, *, today: dt.date) -> Warnings:
    """What an account is warned of on a day. Sums are worked out once an hour; three queries when they are known."""
    last = AccountClosing.objects.filter(account=account, reversed_at=None).order_by("-period").first()
    if last is None:
        return Warnings((), ())
    state = load_last(account.pk).state
    meters = list(MeterRow.objects.filter(account=account, closed_on=None))
    return Warnings(
        no_readings=tuple(_unread(account, state, meters, last, today)),
        verification=tuple(_expiring(account, meters, last, today)),
    )


def _unread(
    account: Account, state: AccountState, meters: Sequence[MeterRow], last: AccountClosing, today: dt.date
) -> list[NoReadings]:
    following = Period.of(last.period).next
    silent = {service: water for service, water in state.waters.items() if water.pending}
    if not silent:
        return []
    read = set(
        Reading.objects.filter(
            meter__in=meters, status="accepted", taken_on__gt=state.cut(), taken_on__lte=today
        ).values_list("meter__service", flat=True)
    )
    found = []
    for service, water in silent.items():
        if service in read:
            continue
        stake = _stake(account, last, following, f"silent:{service}", ())
        if stake is not None:
            limit = _limit(following)
            found.append(NoReadings(service, water.missed, limit, stake[0], stake[1]))
    return found


def _limit(period: Period) -> int:
    return load_book().terms(month_of(period.first_day)).settings.estimate_limit


def _expiring(
    account: Account, meters: Sequence[MeterRow], last: AccountClosing, today: dt.date
) -> list[VerificationExpires]:
    following = Period.of(last.period).next
    found = []
    for meter in meters:
        days_left = (meter.verified_until - today).days
        if days_left > WATCHED_DAYS:
            continue
        stake = _stake(account, last, following, f"expires:{meter.pk}", (str(meter.pk),))
        if stake is None:
            continue
        later = max(0, month_of(meter.verified_until) + 1 - month_of(following.first_day))
        found.append(VerificationExpires(meter, days_left, stake[0].shift(later), stake[1]))
    return found


def _stake(
    account: Account, last: AccountClosing, following: Period, what: str, expired: Sequence[str]
) -> tuple[Period, Decimal] | None:
    """From which month the norm applies, and how many ₽ a month it costs more. Remembered for an hour."""
    key = f"billing:stake:{last.pk}:{what}"
    known = cache.get(key)
    if known is None:
        found = _worked_out(account, following, expired)
        known = () if found is None else (str(found[0]), str(found[1]))
        cache.set(key, known, REMEMBERED)
    return (Period.parse(known[0]), Decimal(known[1])) if known else None


def _worked_out(account: Account, following: Period, expired: Sequence[str]) -> tuple[Period, Decimal] | None:
    """Close the coming months in memory without readings, until one falls to the norm."""
    loaded = load_accounts([account.pk], period=following, closing_day=following.last_day)
    if not loaded:
        return None
    book = load_book()
    facts = replace(loaded[0].facts, readings=(), receipts=(), breaks=(), late_breaks=(), tamperings=())
    if expired:
        facts = replace(facts, meters=tuple(_expired(one, following, expired) for one in facts.meters))
    try:
        return _first_norm(facts, deepcopy(loaded[0].before.state), book, month_of(following.first_day))
    except NotComputable:
        return None


def _expired(meter: Meter, following: Period, expired: Sequence[str]) -> Meter:
    if meter.id not in expired:
        return meter
    return replace(meter, verified_until=following.first_day - dt.timedelta(days=1))


def _first_norm(facts: Facts, state: AccountState, book: Book, month: int) -> tuple[Period, Decimal] | None:
    state.debts = []
    before: int | None = None
    for coming in range(month, month + 14):
        closed = close_month(facts, state, book, month=coming, closing_day=last_day(coming))
        state = closed.state
        state.debts = []
        charges = [line for line in closed.lines if line.kind == CHARGE]
        total = sum(line.amount for line in charges)
        if any(line.basis == NORM for line in charges):
            extra = roubles(total - before) if before is not None else ZERO
            return Period.of(first_day(coming)), extra
        before = total
    return None
