"""The dated numbers of the company: rates, norms, coefficients, key rates, settings; and the terms of one month."""

import datetime as dt
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from portal.billing.calculation.exceptions import NotComputable
from portal.billing.calculation.facts import EffectiveValue
from portal.billing.calculation.months import days_in, first_day, label, last_day
from portal.billing.calculation.units import FACTOR_SCALE
from portal.billing.calculation.workdays import due_date

THREE_HUNDREDTH, HUNDRED_THIRTIETH = 300, 130


class EffectiveRate(NamedTuple):
    """A price per m³ (scaled) in force from a day on; `ref` names its row."""

    since: dt.date
    price: int
    ref: int | None = None


class Cap(NamedTuple):
    """The limit of the key rate in percent (scaled) from a day to a day, both inclusive (None: still)."""

    since: dt.date
    until: dt.date | None
    value: int


class RatePeriod(NamedTuple):
    """Days of a month at one price: from and to (day numbers, inclusive)."""

    first: int
    last: int
    rate: EffectiveRate


@dataclass(frozen=True, slots=True)
class Settings:
    """The rules that the company may set."""

    estimate_limit: int = 3
    average_months: int = 6
    average_minimum: int = 3
    raising_where_feasible: bool = True
    penalties: bool = True


@dataclass(slots=True)
class Terms:
    """Numbers in force in one month."""

    month: int
    days: int
    first: dt.date
    last: dt.date
    rate_periods: Mapping[str, Sequence[RatePeriod]]
    norms: Mapping[str, int]
    factors: Mapping[str, int]
    settings: Settings
    due: dt.date
    norm_volumes: dict[tuple[str, int, int], int] = field(default_factory=dict)
    """Norm volumes already worked out, by service, person-days and coefficient."""

    def prices(self, service: str) -> Sequence[RatePeriod]:
        """The prices of a service in the month. Raises NotComputable."""
        try:
            return self.rate_periods[service]
        except KeyError:
            raise NotComputable("no_rate", f"{service} {label(self.month)}") from None

    def norm(self, service: str) -> int:
        """The norm of a service on the 1st of the month, scaled. Raises NotComputable."""
        try:
            return self.norms[service]
        except KeyError:
            raise NotComputable("no_norm", f"{service} {label(self.month)}") from None

    def factor(self, service: str) -> int:
        """The raising coefficient of a service on the 1st of the month, scaled; 1 where none is set."""
        return self.factors.get(service, FACTOR_SCALE)


@dataclass(slots=True)
class RateBook:
    """Every dated number, each list in the order of its days. `terms` remembers the months it worked out."""

    rates: Mapping[str, Sequence[EffectiveRate]] = field(default_factory=dict)
    norms: Mapping[str, Sequence[EffectiveValue]] = field(default_factory=dict)
    raising: Mapping[str, Sequence[EffectiveValue]] = field(default_factory=dict)
    key_rates: Sequence[EffectiveValue] = ()
    caps: Sequence[Cap] = ()
    due_days: Sequence[EffectiveValue] = ()
    settings: Sequence[tuple[dt.date, Settings]] = ((dt.date.min, Settings()),)
    transferred: Mapping[dt.date, bool] = field(default_factory=dict)
    _terms: dict[int, Terms] = field(default_factory=dict)
    _yearly: dict[dt.date, int] = field(default_factory=dict)

    def terms(self, month: int) -> Terms:
        """Return what is in force in a month."""
        terms = self._terms.get(month)
        if terms is None:
            terms = self._terms[month] = self._worked_out(month)
        return terms

    def _worked_out(self, month: int) -> Terms:
        first, last = first_day(month), last_day(month)
        rate_periods = {service: _rate_periods(rates, first, last) for service, rates in self.rates.items()}
        settings = [settings for since, settings in self.settings if since <= first]
        return Terms(
            month=month,
            days=days_in(month),
            first=first,
            last=last,
            rate_periods={service: periods for service, periods in rate_periods.items() if periods},
            norms=_in_force_each(self.norms, first),
            factors=_in_force_each(self.raising, first),
            settings=settings[-1] if settings else Settings(),
            due=due_date(month, self._due_day(first), self.transferred),
        )

    def _due_day(self, first: dt.date) -> int:
        value = in_force(self.due_days, first)
        if value is None:
            raise NotComputable("no_due_day", first.isoformat())
        return value

    def yearly_rate(self, day: dt.date) -> int:
        """The rate of penalties on a day: the key rate, limited while a cap is in force. Raises NotComputable."""
        rate = self._yearly.get(day)
        if rate is None:
            key = in_force(self.key_rates, day)
            if key is None:
                raise NotComputable("no_key_rate", day.isoformat())
            caps = [cap.value for cap in self.caps if cap.since <= day and (cap.until is None or day <= cap.until)]
            rate = self._yearly[day] = min([key, *caps])
        return rate

    def uncapped_rate(self, day: dt.date) -> int | None:
        """The key rate of a day on which a cap limits it; None where the key rate itself applies."""
        key = in_force(self.key_rates, day)
        return key if key is not None and key > self.yearly_rate(day) else None


def in_force(dated: Sequence[EffectiveValue], day: dt.date) -> int | None:
    """The value in force on a day, or None before the first."""
    place = bisect_right(dated, day, key=lambda value: value.since)
    return dated[place - 1].value if place else None


def _in_force_each(tables: Mapping[str, Sequence[EffectiveValue]], day: dt.date) -> dict[str, int]:
    values = {service: in_force(dated, day) for service, dated in tables.items()}
    return {service: value for service, value in values.items() if value is not None}


def _rate_periods(rates: Sequence[EffectiveRate], first: dt.date, last: dt.date) -> tuple[RatePeriod, ...]:
    """The month cut where the price changes; empty when it has no price on its first day and none later."""
    rate_periods: list[RatePeriod] = []
    for rate in rates:
        if rate.since > last:
            break
        start = max(rate.since, first).day
        if rate_periods and rate_periods[-1].first == start:
            rate_periods.pop()
        if rate_periods and rate_periods[-1].rate.price == rate.price:
            continue
        if rate_periods:
            rate_periods[-1] = rate_periods[-1]._replace(last=start - 1)
        rate_periods.append(RatePeriod(start, last.day, rate))
    return tuple(rate_periods)
