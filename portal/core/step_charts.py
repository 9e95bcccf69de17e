"""Geometry of prices over time. Their steps say since when and how much; the table has the same."""

import datetime as dt
import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal

from portal.core.charts import ZERO, AxisLine, Tip, axis_label, axis_step, outline, tip_room
from portal.core.formatting import date_text, number_text

READABLE_RATIO = 2
"""Lines whose last values differ by more than so many times are drawn apart, each on a scale of its own."""


@dataclass(frozen=True, slots=True)
class PriceStep:
    """A price from a day on."""

    since: dt.date
    value: Decimal


@dataclass(frozen=True, slots=True)
class StepSeries:
    label: str
    steps: Sequence[PriceStep]


@dataclass(frozen=True, slots=True)
class DrawnPoint:
    """The start of a step, the place on the line that can be pointed at, and what it says."""

    x: int
    y: int
    ground: str
    """Outline of the place over the plot that answers to the pointer."""
    tip: Tip

    @property
    def spoken(self) -> str:
        """The tip in one sentence, the accessible name of the step."""
        return ", ".join(line.text for line in self.tip.lines)


@dataclass(frozen=True, slots=True)
class DrawnSeries:
    label: str
    path: str
    end_y: int
    end_label: str
    points: Sequence["DrawnPoint"] = ()


@dataclass(frozen=True, slots=True)
class AxisMark:
    x: int
    label: str


@dataclass(frozen=True, slots=True)
class StepDrawing:
    width: int
    height: int
    left: int
    right: int
    series: Sequence[DrawnSeries]
    lines: Sequence[AxisLine]
    years: Sequence[AxisMark]
    label_y: int


def _apart(positions: list[int], gap: int = 16) -> list[int]:
    """Move labels apart so that none covers another, keeping their order."""
    order = sorted(range(len(positions)), key=lambda i: positions[i])
    placed = list(positions)
    for before, after in itertools.pairwise(order):
        placed[after] = max(placed[after], placed[before] + gap)
    return placed


@dataclass(frozen=True, slots=True)
class StepChart:
    """Prices over time, until `until`. `summary` is the sentence of the result, also the accessible name."""

    series: Sequence[StepSeries]
    until: dt.date
    summary: str

    def draw(self, width: int, height: int) -> StepDrawing:
        """Place everything in whole pixels of a drawing of this size."""
        values = [step.value for line in self.series for step in line.steps]
        days = [step.since for line in self.series for step in line.steps]
        first = min(days, default=self.until)
        low, high = min(values, default=ZERO), max(values, default=Decimal(1))
        step = axis_step(high - low if high > low else high, 2)
        bottom = (low / step).to_integral_value() * step
        bottom = bottom - step if bottom > low else bottom
        top = (high / step).to_integral_value(ROUND_CEILING) * step
        if top == bottom:
            top += step
        left, right, upper, lower = 44, width - 60, tip_room(2), height - 30
        total_days = max((self.until - first).days, 1)

        def x_of(day: dt.date) -> int:
            return left + (right - left) * (min(day, self.until) - first).days // total_days

        def y_of(value: Decimal) -> int:
            return lower - int((lower - upper) * (value - bottom) / (top - bottom))

        def end_of(step: PriceStep) -> str:
            return number_text(step.value, 2)

        ends = _apart([y_of(line.steps[-1].value) for line in self.series if line.steps])
        drawn = []
        for line, end_y in zip([s for s in self.series if s.steps], ends, strict=True):
            path = [f"M{x_of(line.steps[0].since)} {y_of(line.steps[0].value)}"]
            path += [f"H{x_of(step.since)}V{y_of(step.value)}" for step in line.steps[1:]]
            path.append(f"H{right}")
            end_label = end_of(line.steps[-1])
            starts = [x_of(step.since) for step in line.steps]
            points = [
                DrawnPoint(
                    x=start,
                    y=y_of(step.value),
                    ground=outline(start, upper, max(end - start, 1), lower - upper),
                    tip=Tip.above(start, [date_text(step.since, year=True), f"{line.label}: {end_of(step)}"], width),
                )
                for step, start, end in zip(line.steps, starts, [*starts[1:], right], strict=True)
            ]
            drawn.append(DrawnSeries(line.label, "".join(path), end_y, end_label, points))
        count = int((top - bottom) / step)
        lines = [AxisLine(y_of(bottom + step * n), axis_label(bottom + step * n)) for n in range(count + 1)]
        years = [AxisMark(x_of(dt.date(year, 1, 1)), str(year)) for year in range(first.year + 1, self.until.year + 1)]
        every = 1 + len(years) * 44 // max(right - left, 1)
        shown = years[::-1][::every][::-1]
        return StepDrawing(width, height, left, right, drawn, lines, shown, height - 8)

    def readable(self) -> list["StepChart"]:
        """Return this chart, or one for each line when the dearest would flatten the others."""
        last = [line.steps[-1].value for line in self.series if line.steps]
        if len(last) < 2 or max(last) <= READABLE_RATIO * min(last):
            return [self]
        return [StepChart([line], self.until, line.label) for line in self.series if line.steps]
