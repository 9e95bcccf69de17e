"""State that one closing leaves for the next: averages, open estimates, debts. Stored as compact JSON."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from portal.billing.calculation.months import last_day

NORM, AVERAGE, READING = "norm", "average", "reading"


class LastCounted(NamedTuple):
    """The last value of a meter that counted, in litres, and what ran since the last settled month."""

    value: int
    day: dt.date
    source: str
    anchor_value: int
    anchor_day: dt.date
    anchor_source: str
    run: int


class Share(NamedTuple):
    """A component of wastewater in one month: its basis and its volume, never raised."""

    basis: str
    volume: int


@dataclass(slots=True)
class WaterState:
    """One water of an account: what averages and corrections of the coming months need."""

    history: list[tuple[int, int]] = field(default_factory=list)
    """(month, litres) of the last metered months, oldest first."""
    missed: int = 0
    """Consecutive months without a metered volume."""
    pending: list[int] = field(default_factory=list)
    """Months estimated because readings were merely missing; the next real reading corrects them."""
    points: dict[str, LastCounted] = field(default_factory=dict)

    def copy(self) -> "WaterState":
        """A copy that may be changed."""
        return WaterState(list(self.history), self.missed, list(self.pending), dict(self.points))


@dataclass(slots=True)
class OpenMonth:
    """A month that a reading may still correct: its components and what stands charged, in litres."""

    shares: dict[str, Share]
    charged_litres: dict[str, int]


@dataclass(slots=True)
class Debt:
    """Debt of a closed month, in kopecks; days up to `counted` have borne their penalties."""

    month: int
    due: dt.date
    amount: int
    open: int
    counted: dt.date
    tail: list[tuple[dt.date, int]] = field(default_factory=list)
    """Parts paid on the day of the last closing: that day still counts at the next one."""


@dataclass(slots=True)
class AccountState:
    """An account after a closing."""

    month: int | None = None
    closed_on: dt.date | None = None
    waters: dict[str, WaterState] = field(default_factory=dict)
    months: dict[int, OpenMonth] = field(default_factory=dict)
    debts: list[Debt] = field(default_factory=list)
    advance: int = 0
    fingerprint: int = 0
    """Of the facts that the closed months were computed from; another one means that something is known later."""

    def cut(self) -> dt.date | None:
        """The last day whose readings are counted."""
        if self.month is None or self.closed_on is None:
            return None
        return min(self.closed_on, last_day(self.month))


def dumped(state: AccountState) -> dict[str, Any]:
    """The state as JSON-ready data, short keys, nothing empty."""
    data: dict[str, Any] = {}
    waters = {}
    for name, water in state.waters.items():
        waters[name] = [
            [number for pair in water.history for number in pair],
            water.missed,
            water.pending,
            {
                key: [p.value, _out(p.day), p.source, p.run]
                if p.run == 0 and p.anchor_value == p.value
                else [p.value, _out(p.day), p.source, p.run, p.anchor_value, _out(p.anchor_day), p.anchor_source]
                for key, p in water.points.items()
            },
        ]
    if waters:
        data["w"] = waters
    if state.months:
        data["m"] = {
            str(month): [{name: list(share) for name, share in open_month.shares.items()}, open_month.charged_litres]
            for month, open_month in state.months.items()
        }
    if state.debts:
        data["d"] = [
            [d.month, _out(d.due), d.amount, d.open, _out(d.counted), *([[_out(day), part] for day, part in d.tail])]
            for d in state.debts
        ]
    if state.advance:
        data["a"] = state.advance
    if state.fingerprint:
        data["f"] = state.fingerprint
    return data


def loaded(data: dict[str, Any], *, month: int, closed_on: dt.date) -> AccountState:
    """The state that `dumped` wrote at the closing of a month."""
    state = AccountState(
        month=month,
        closed_on=closed_on,
        advance=data.get("a", 0),
        fingerprint=data.get("f", 0),
    )
    for name, (numbers, missed, pending, points) in data.get("w", {}).items():
        state.waters[name] = WaterState(
            list(zip(numbers[::2], numbers[1::2], strict=True)),
            missed,
            list(pending),
            {key: _point(stored) for key, stored in points.items()},
        )
    for key, (shares, charged_litres) in data.get("m", {}).items():
        state.months[int(key)] = OpenMonth({name: Share(*pair) for name, pair in shares.items()}, dict(charged_litres))
    state.debts = [
        Debt(owed, _in(due), amount, left, _in(counted), [(_in(day), part) for day, part in tail])
        for owed, due, amount, left, counted, *tail in data.get("d", ())
    ]
    return state


def _point(stored: list[Any]) -> LastCounted:
    value, day, source, run = stored[:4]
    day = _in(day)
    if len(stored) == 4:
        return LastCounted(value, day, source, value, day, source, run)
    return LastCounted(value, day, source, stored[4], _in(stored[5]), stored[6], run)


def _out(day: dt.date) -> int:
    return day.toordinal()


_in = dt.date.fromordinal
