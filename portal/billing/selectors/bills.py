"""The bill: what to pay now and until when; the lines of a period with their reasons."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from portal.accounts.models import Account
from portal.billing import arithmetic, explain
from portal.billing.calculation.months import month_of
from portal.billing.calculation.workdays import due_date
from portal.billing.enums import ChargeKind
from portal.billing.models import AccountClosing, Charge, WorkdayException
from portal.core.calendars import month_calendar
from portal.core.money import ZERO
from portal.core.periods import Period
from portal.core.service_catalogue import position
from portal.ledger.selectors import balance


@dataclass(frozen=True)
class BillLine:
    """A line with its title and its reasons."""

    charge: Charge

    @property
    def title(self) -> str:
        """«Холодное водоснабжение», «Перерасчёт за июль 2025»."""
        return explain.title(self.charge)

    @cached_property
    def sentences(self) -> list[str]:
        """Why it is what it is."""
        return explain.sentences(self.charge)

    @cached_property
    def column(self) -> list[arithmetic.ArithmeticRow]:
        """The same as a column of arithmetic; empty where there is none."""
        return arithmetic.column(self.charge)


@dataclass(frozen=True)
class PeriodBill:
    """The lines that the closing of a period booked, ₽."""

    period: Period
    closed_on: dt.date
    due_on: dt.date
    total: Decimal
    lines: tuple[BillLine, ...]


@dataclass(frozen=True)
class AmountDue:
    """Amount that an account owes now. `due_on` is the day of the last closed period."""

    balance: Decimal
    last_period: Period | None
    last_total: Decimal
    due_on: dt.date | None

    @property
    def to_pay(self) -> Decimal:
        """₽, zero when there is an advance."""
        return max(self.balance, ZERO)

    @property
    def advance(self) -> Decimal:
        """₽ paid ahead."""
        return max(-self.balance, ZERO)


@dataclass(frozen=True)
class ClosedPeriod:
    """A closed period of an account with its sum, ₽."""

    period: Period
    closed_on: dt.date
    total: Decimal


def due_on(period: Period, *, due_day: int | None = None) -> dt.date:
    """Return when the charges of a period are due (two queries); with `due_day` as if the month's calendar had that
    day.
    """
    following = period.next
    transferred = dict(
        WorkdayException.objects.active()
        .filter(day__gte=following.first_day, day__lte=following.next.last_day)
        .values_list("day", "working")
    )
    day = month_calendar(period).due_day if due_day is None else due_day
    return due_date(month_of(period.first_day), day, transferred)


def current_bill(account: Account) -> AmountDue:
    """Return what the account owes now and until when (four queries at most)."""
    closings = AccountClosing.objects.filter(account=account, reversed_at=None).defer("state")
    last = closings.order_by("-period").first()
    period = Period.of(last.period) if last else None
    return AmountDue(
        balance=balance(account),
        last_period=period,
        last_total=last.total if last else ZERO,
        due_on=due_on(period) if period else None,
    )


def period_bill(account: Account, period: Period) -> PeriodBill | None:
    """The lines of a closed period in the order of the bill, or None when it is not closed (four queries)."""
    closing = AccountClosing.objects.filter(account=account, period=period.first_day, reversed_at=None).first()
    if closing is None:
        return None
    return PeriodBill(period, closing.closed_on, due_on(period), closing.total, lines_of(account, period))


ORDER = {
    ChargeKind.CHARGE: 0,
    ChargeKind.OUTAGE: 1,
    ChargeKind.RECALCULATION: 2,
    ChargeKind.CORRECTION: 3,
    ChargeKind.PENALTY: 4,
}


def lines_of(account: Account, period: Period) -> tuple[BillLine, ...]:
    """Charges by service, then reductions, recalculations, penalties (one query)."""
    charges = Charge.objects.filter(account=account, period=period.first_day, reversed_at=None).select_related("rate")
    ordered = sorted(
        charges,
        key=lambda line: (
            ORDER[ChargeKind(line.kind)],
            line.for_period,
            position(line.service),
            line.pk,
        ),
    )
    return tuple(BillLine(charge) for charge in ordered)


def closed_periods(account: Account) -> list[ClosedPeriod]:
    """Closed periods, newest first (one query)."""
    rows = AccountClosing.objects.filter(account=account, reversed_at=None).order_by("-period")
    return [
        ClosedPeriod(Period.of(period), closed_on, total)
        for period, closed_on, total in rows.values_list("period", "closed_on", "total")
    ]


def neighbours(account: Account, period: Period) -> tuple[Period | None, Period | None]:
    """The closed periods before and after one, as far as there are (one query)."""
    closed = {row.period for row in closed_periods(account)}
    earlier = max((month for month in closed if month < period), default=None)
    return earlier, min((month for month in closed if month > period), default=None)


def lines_by_key(keys: Sequence[str]) -> dict[str, BillLine]:
    """The lines behind ledger entries, by the entry's key (one query)."""
    charges = Charge.objects.filter(key__in=keys).select_related("rate")
    return {charge.key: BillLine(charge) for charge in charges}
