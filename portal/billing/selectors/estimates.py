"""What the coming bill will be about, by the very calculation that will close the month."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal

from django.core.cache import cache

from portal.accounts.enums import Service
from portal.accounts.models import Account
from portal.billing.calculation.closing import close_month
from portal.billing.calculation.exceptions import NotComputable
from portal.billing.calculation.lines import CHARGE, Line
from portal.billing.calculation.months import month_of
from portal.billing.calculation.units import cubic_metres, roubles
from portal.billing.enums import Basis
from portal.billing.loading.book import load_book
from portal.billing.loading.facts import load_accounts
from portal.core.calendars import Month
from portal.core.periods import Period

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
    """The coming bill of an account by the readings sent so far, or None when it cannot be told.

    It can be told only when the month before is closed. `known` are the readings' ids: the result is remembered for
    an hour under them (no query then), a new reading makes it anew.
    """
    key = f"billing:estimate:{account.pk}:{month.period}:{'-'.join(map(str, known))}"
    rows = cache.get(key)
    if rows is None:
        rows = [asdict(line) for line in _worked_out(account, month)]
        cache.set(key, rows, REMEMBERED)
    return Estimate(month.period, tuple(EstimatedLine(**row) for row in rows)) if rows else None


def _worked_out(account: Account, month: Month) -> list[EstimatedLine]:
    loaded = load_accounts([account.pk], period=month.period, closing_day=month.closing_day)
    if not loaded or not _follows(loaded[0].before.period, loaded[0].opened_on, month.period):
        return []
    state = loaded[0].before.state
    state.debts = []
    try:
        closed = close_month(
            loaded[0].facts, state, load_book(), month=month_of(month.period.first_day), closing_day=month.closing_day
        )
    except NotComputable:
        return []
    return _by_service(closed.lines)


def _follows(closed: dt.date | None, opened_on: dt.date, period: Period) -> bool:
    """Whether the period is the next one to be closed for the account."""
    return closed == period.previous.first_day or (closed is None and opened_on >= period.first_day)


def _by_service(lines: Sequence[Line]) -> list[EstimatedLine]:
    """One row for each service and basis; corrections of earlier months apart."""
    found: dict[tuple[str, str], list[Line]] = {}
    for line in lines:
        if line.service:
            found.setdefault((line.service, line.basis if line.kind == CHARGE else ""), []).append(line)
    return [
        EstimatedLine(
            service,
            basis,
            cubic_metres(sum(line.volume or 0 for line in group)),
            roubles(sum(line.amount for line in group)),
        )
        for (service, basis), group in found.items()
    ]
