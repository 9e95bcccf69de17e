"""Cost warnings of an account: months without readings, a verification that expires."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from django.core.cache import cache
from django.db.models import Sum

from portal.accounts.models import Account
from portal.billing.calculation.closing import close_month
from portal.billing.calculation.exceptions import NotComputable
from portal.billing.calculation.facts import AccountFacts, MeterFacts
from portal.billing.calculation.lines import CHARGE
from portal.billing.calculation.months import first_day, last_day, month_of
from portal.billing.calculation.rate_book import RateBook, Settings
from portal.billing.calculation.state import AccountState, WaterState
from portal.billing.loading.facts import load_accounts, load_last
from portal.billing.loading.rate_book import load_rate_book
from portal.billing.models import Charge
from portal.core.money import ZERO, from_kopecks
from portal.core.periods import Period
from portal.metering.models import Meter as MeterRow
from portal.metering.models import Reading

WATCHED_DAYS = 90
"""How long before its verification ends a meter is watched."""
REMEMBERED, UNKNOWN = 60 * 60, 0
GOES_ON = -1200


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
class Stake:
    """From which month the norm applies, ₽ a month that it costs more, months by the average before it."""

    norm_from: Period
    extra: Decimal
    limit: int


@dataclass(frozen=True, slots=True)
class Warnings:
    """Everything that an account is warned of."""

    no_readings: tuple[NoReadings, ...]
    verification: tuple[VerificationExpires, ...]


def account_warnings(account: Account, *, meters: Sequence[MeterRow], today: dt.date) -> Warnings:
    """Return what an account with these open meters is warned of on a day; nothing before its first closing.

    Sums are worked out once an hour by closing the coming months in memory; two queries when they are known.
    """
    last = load_last(account.pk)
    if last.period is None:
        return Warnings((), ())
    following = Period.of(last.period).next
    return Warnings(
        no_readings=tuple(_unread(account, last.state, meters, following, today)),
        verification=tuple(_expiring(account, meters, following, today)),
    )


def _unread(
    account: Account, state: AccountState, meters: Sequence[MeterRow], following: Period, today: dt.date
) -> list[NoReadings]:
    silent = {service: water for service, water in sorted(state.waters.items()) if water.pending}
    if not silent:
        return []
    read = set(
        Reading.objects.filter(
            meter__in=meters, status="accepted", taken_on__gt=state.cut(), taken_on__lte=today
        ).values_list("meter__service", flat=True)
    )
    unread = [service for service in silent if service not in read]
    stake = _stake(account, following, f"silent:{'-'.join(unread)}", set(unread)) if unread else None
    if stake is None:
        return []
    return [
        NoReadings(service, silent[service].missed, stake.limit, stake.norm_from, stake.extra) for service in unread
    ]


def _expiring(
    account: Account, meters: Sequence[MeterRow], following: Period, today: dt.date
) -> list[VerificationExpires]:
    expiring = []
    for meter in meters:
        days_left = (meter.verified_until - today).days
        if days_left > WATCHED_DAYS:
            continue
        stake = _stake(account, following, f"expires:{meter.pk}", {meter.service}, str(meter.pk))
        if stake is None:
            continue
        later = max(0, month_of(meter.verified_until) + 1 - month_of(following.first_day))
        expiring.append(VerificationExpires(meter, days_left, stake.norm_from.shift(later), stake.extra))
    return expiring


def _stake(account: Account, following: Period, what: str, waters: set[str], expired: str = "") -> Stake | None:
    key = f"billing:stake:{account.pk}:{following}:{what}"
    stake: Stake | int | None = cache.get(key, UNKNOWN)
    if stake == UNKNOWN:
        stake = _worked_out(account, following, waters, expired)
        cache.set(key, stake, REMEMBERED)
    return stake if isinstance(stake, Stake) else None


def _worked_out(account: Account, following: Period, waters: set[str], expired: str) -> Stake | None:
    """Close the coming months in memory without readings, until one of the waters falls to the norm.

    What is not at stake goes on as usual: by the average, however long.
    """
    loaded = load_accounts([account.pk], period=following, closing_day=following.last_day)
    if not loaded:
        return None
    rate_book = load_rate_book()
    facts = replace(loaded[0].facts, readings=(), receipts=(), interruptions=(), late_interruptions=(), tamperings=())
    if expired:
        facts = replace(facts, meters=tuple(_expired(meter, following, expired) for meter in facts.meters))
    for service, water in loaded[0].before.state.waters.items():
        water.missed = water.missed if service in waters else GOES_ON
    try:
        first_norm = _first_norm(facts, loaded[0].before.state, rate_book, month_of(following.first_day), waters)
    except NotComputable:
        return None
    if first_norm is None:
        return None
    norm_from, total, before = first_norm
    if before is None:
        before = _charged(account, following.previous)
    limit = rate_book.terms(month_of(following.first_day)).settings.estimate_limit
    return Stake(norm_from, max(from_kopecks(total) - before, ZERO), limit)


def _charged(account: Account, period: Period) -> Decimal:
    """Return what the services of a closed month cost, ₽."""
    lines = Charge.objects.filter(account=account, period=period.first_day, kind=CHARGE, reversed_at=None)
    return lines.aggregate(total=Sum("amount"))["total"] or ZERO


def _expired(meter: MeterFacts, following: Period, expired: str) -> MeterFacts:
    if meter.id != expired:
        return meter
    return replace(meter, verified_until=following.first_day - dt.timedelta(days=1))


def _first_norm(
    facts: AccountFacts, state: AccountState, rate_book: RateBook, month: int, waters: set[str]
) -> tuple[Period, int, Decimal | None] | None:
    """The first coming month by the norm, what it costs in kopecks, and ₽ of the coming month before it."""
    state.debts = []
    before: Decimal | None = None
    for coming in range(month, month + 14):
        closed = close_month(facts, state, rate_book, month=coming, closing_day=last_day(coming))
        state = closed.state
        state.debts = []
        total = sum(line.amount for line in closed.lines if line.kind == CHARGE)
        if any(_past_average(state.waters[service], rate_book.terms(coming).settings) for service in waters):
            return Period.of(first_day(coming)), total, before
        before = from_kopecks(total)
    return None


def _past_average(water: WaterState, settings: Settings) -> bool:
    """Whether a water is counted by the norm: estimated too long, or too little is known to average."""
    months = len(water.history[-settings.average_months :])
    return water.missed > settings.estimate_limit or months < max(1, settings.average_minimum)
