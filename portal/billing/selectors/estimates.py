"""Estimates of the coming bill, by the calculation that closes the month."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from decimal import Decimal

from django.core.cache import cache

from portal.accounts.enums import Service
from portal.accounts.models import Account
from portal.billing.calculation.closing import close_month
from portal.billing.calculation.exceptions import NotComputable
from portal.billing.calculation.explanations import Averaged, ByNorm
from portal.billing.calculation.lines import CHARGE, ChargeLine
from portal.billing.calculation.months import month_of
from portal.billing.calculation.units import from_litres
from portal.billing.enums import Basis
from portal.billing.loading.facts import load_accounts, load_last
from portal.billing.loading.rate_book import load_rate_book
from portal.core import cache_version
from portal.core.calendars import Month
from portal.core.money import from_kopecks
from portal.core.periods import Period
from portal.core.service_catalogue import METERED

REMEMBERED = 60 * 60


@dataclass(frozen=True, slots=True)
class EstimatedLine:
    """A service of the coming bill: m³ and ₽, on what basis; a recalculation has no basis."""

    service: str
    basis: str
    volume: Decimal
    amount: Decimal

    @property
    def title(self) -> str:
        """«Холодное водоснабжение»."""
        return str(Service(self.service).label)

    @property
    def why(self) -> str:
        """«по показаниям», «по среднему», «перерасчёт»."""
        return str(Basis(self.basis).label).lower() if self.basis else ""


@dataclass(frozen=True, slots=True)
class Estimate:
    """The bill of a period as it would be if the month were closed with what is known now. Penalties are left out."""

    period: Period
    lines: tuple[EstimatedLine, ...]

    @property
    def total(self) -> Decimal:
        """₽."""
        return sum((line.amount for line in self.lines), Decimal("0.00"))


def estimate(account: Account, month: Month, *, known: Sequence[int]) -> Estimate | None:
    """The coming bill of an account by the readings sent so far, or None when it cannot be estimated.

    That needs the month before closed. `known` are the readings' ids: the result is cached under them for an hour (no
    query then); a new reading computes it anew.
    """
    key = f"billing:estimate:{account.pk}:{month.period}:{'-'.join(map(str, known))}:{cache_version.current()}"
    rows = cache.get(key)
    if rows is None:
        rows = [asdict(line) for line in _by_service(_closed(account, month, read=True))]
        cache.set(key, rows, REMEMBERED)
    return Estimate(month.period, tuple(EstimatedLine(**row) for row in rows)) if rows else None


@dataclass(frozen=True, slots=True)
class WithoutReading:
    """Charge of a month for a water without a reading: m³ by the average of so many `months`, or by the norm."""

    service: str
    basis: str
    volume: Decimal
    months: int

    @property
    def title(self) -> str:
        """«Холодное водоснабжение»."""
        return str(Service(self.service).label)

    @property
    def is_average(self) -> bool:
        return self.basis == Basis.AVERAGE


def without_readings(account: Account, month: Month) -> tuple[WithoutReading, ...]:
    """Return what the coming month charges for each metered water if no reading comes: the calculation itself is asked.

    Empty when it cannot be estimated: the month before is not closed, or a number is missing. Remembered for an hour.
    """
    key = f"billing:without-readings:{account.pk}:{month.period}:{cache_version.current()}"
    rows = cache.get(key)
    if rows is None:
        rows = [asdict(row) for row in _unread(_closed(account, month, read=False))]
        cache.set(key, rows, REMEMBERED)
    return tuple(WithoutReading(**row) for row in rows)


def _unread(lines: Sequence[ChargeLine]) -> list[WithoutReading]:
    by_service: dict[str, WithoutReading] = {}
    for line in lines:
        why = line.why
        without_meter = isinstance(why, ByNorm) and why.unmetered is not None and why.unmetered.no_meter
        if line.kind != CHARGE or line.service not in METERED or without_meter:
            continue
        months, before = len(why.months) if isinstance(why, Averaged) else 0, by_service.get(line.service)
        volume = from_litres(line.volume or 0) + (before.volume if before else Decimal(0))
        by_service[line.service] = WithoutReading(line.service, line.basis, volume, months)
    return list(by_service.values())


def _closed(account: Account, month: Month, *, read: bool) -> Sequence[ChargeLine]:
    """The lines of the coming month, closed in memory: with the readings sent so far, or without those after the last
    closing; none when it cannot be estimated.
    """
    if not _follows(load_last(account.pk).period, account.billed_from or account.opened_on, month.period):
        return ()
    loaded = load_accounts([account.pk], period=month.period, closing_day=month.closing_day)
    if not loaded:
        return ()
    facts, state = loaded[0].facts, loaded[0].before.state
    state.debts = []
    if not read:
        counted = state.cut() or month.period.first_day
        facts = replace(facts, readings=tuple(reading for reading in facts.readings if reading.day <= counted))
    try:
        return close_month(
            facts, state, load_rate_book(), month=month_of(month.period.first_day), closing_day=month.closing_day
        ).lines
    except NotComputable:
        return ()


def _follows(closed: dt.date | None, billed_from: dt.date, period: Period) -> bool:
    """Whether the period is the next one to be closed for the account."""
    return closed == period.previous.first_day or (closed is None and billed_from >= period.first_day)


def _by_service(lines: Sequence[ChargeLine]) -> list[EstimatedLine]:
    """One row for each service and basis; corrections of earlier months apart."""
    groups: dict[tuple[str, str], list[ChargeLine]] = {}
    for line in lines:
        if line.service:
            groups.setdefault((line.service, line.basis if line.kind == CHARGE else ""), []).append(line)
    return [
        EstimatedLine(
            service,
            basis,
            from_litres(sum(line.volume or 0 for line in group)),
            from_kopecks(sum(line.amount for line in group)),
        )
        for (service, basis), group in groups.items()
    ]
