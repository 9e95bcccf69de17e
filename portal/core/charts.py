"""Geometry of the charts: numbers in, whole pixels out. The template draws, the style sheet paints."""

import datetime as dt
import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal

ZERO = Decimal(0)


def axis_step(top: Decimal, lines: int = 3) -> Decimal:
    """A round step (1, 2, 3 or 5 times a power of ten) so that about so many lines reach the top."""
    if top <= 0:
        return Decimal(1)
    raw = top / lines
    power = Decimal(10) ** (raw.adjusted())
    for factor in (1, 2, 3, 5, 10):
        if raw <= factor * power:
            return factor * power
    return 10 * power


def _plain(value: Decimal) -> str:
    """An axis label: «6», «0,5»."""
    text = f"{value.normalize():f}"
    return text.replace(".", ",")


@dataclass(frozen=True, slots=True)
class Bar:
    """One month. `short` stands under the bar, `title` in the table; a missing value leaves a gap."""

    short: str
    title: str
    value: Decimal | None
    last_year: Decimal | None = None
    estimated: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class DrawnBar:
    x: int
    y: int
    width: int
    height: int
    middle: int
    last_y: int | None
    label: str
    now: bool
    estimated: bool

    @property
    def css(self) -> str:
        """Its classes: the newest bar is strong, an estimated one hollow."""
        css = ["chart__bar"]
        if self.now:
            css.append("chart__bar--now")
        if self.estimated:
            css.append("chart__bar--estimate")
        return " ".join(css)

    @property
    def label_css(self) -> str:
        """The class of the month under it."""
        return "chart__strong" if self.now else ""


@dataclass(frozen=True, slots=True)
class AxisLine:
    y: int
    label: str


@dataclass(frozen=True, slots=True)
class BarDrawing:
    width: int
    height: int
    left: int
    bars: Sequence[DrawnBar]
    lines: Sequence[AxisLine]
    norm_y: int | None
    label_y: int


@dataclass(frozen=True, slots=True)
class BarChart:
    """Consumption by months. `summary` is the sentence of the result, also the drawing's accessible name."""

    bars: Sequence[Bar]
    unit: str
    summary: str
    norm: Decimal | None = None
    norm_label: str = ""
    norm_legend: str = ""
    places: int = 3

    @property
    def has_last_year(self) -> bool:
        return any(bar.last_year is not None for bar in self.bars)

    @property
    def has_estimates(self) -> bool:
        return any(bar.estimated for bar in self.bars)

    def _top(self) -> Decimal:
        values = [v for bar in self.bars for v in (bar.value, bar.last_year) if v is not None]
        return max([*values, self.norm or ZERO, ZERO])

    def draw(self, width: int, height: int) -> BarDrawing:
        """Place everything in whole pixels of a drawing of this size."""
        top_value = self._top()
        step = axis_step(top_value)
        count = int((top_value / step).to_integral_value(ROUND_CEILING)) or 1
        ceiling = max(top_value, step * (count - 1) if count > 1 else step)
        labels = [_plain(step * n) for n in range(count + 1)]
        left, upper, lower = 12 + 8 * max(2, *map(len, labels)), 26, height - 30
        room = lower - upper

        def y_of(value: Decimal) -> int:
            return lower - int(room * max(value, ZERO) / ceiling)

        slot = Decimal(width - left) / max(len(self.bars), 1)
        bar_width = max(6, min(26, int(slot * Decimal("0.55"))))
        every = 1 if slot >= 32 else 2
        last = len(self.bars) - 1
        drawn = []
        for index, bar in enumerate(self.bars):
            middle = left + int(slot * index + slot / 2)
            y = y_of(bar.value) if bar.value is not None else lower
            drawn.append(
                DrawnBar(
                    x=middle - bar_width // 2,
                    y=y,
                    width=bar_width,
                    height=lower - y,
                    middle=middle,
                    last_y=None if bar.last_year is None else y_of(bar.last_year),
                    label=bar.short if (last - index) % every == 0 else "",
                    now=index == last,
                    estimated=bar.estimated,
                )
            )
        lines = [AxisLine(y_of(step * n), label) for n, label in enumerate(labels) if step * n <= ceiling]
        norm_y = None if self.norm is None else y_of(self.norm)
        return BarDrawing(width, height, left, drawn, lines, norm_y, height - 8)


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
class DrawnSeries:
    label: str
    path: str
    end_y: int
    end_label: str


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
        left, right, upper, lower = 34, width - 52, 18, height - 30
        total_days = max((self.until - first).days, 1)

        def x_of(day: dt.date) -> int:
            return left + (right - left) * (min(day, self.until) - first).days // total_days

        def y_of(value: Decimal) -> int:
            return lower - int((lower - upper) * (value - bottom) / (top - bottom))

        ends = _apart([y_of(line.steps[-1].value) for line in self.series if line.steps])
        drawn = []
        for line, end_y in zip([s for s in self.series if s.steps], ends, strict=True):
            path = [f"M{x_of(line.steps[0].since)} {y_of(line.steps[0].value)}"]
            path += [f"H{x_of(step.since)}V{y_of(step.value)}" for step in line.steps[1:]]
            path.append(f"H{right}")
            end_label = f"{line.steps[-1].value:.2f}".replace(".", ",")
            drawn.append(DrawnSeries(line.label, "".join(path), end_y, end_label))
        count = int((top - bottom) / step)
        lines = [AxisLine(y_of(bottom + step * n), _plain(bottom + step * n)) for n in range(count + 1)]
        years = [AxisMark(x_of(dt.date(year, 1, 1)), str(year)) for year in range(first.year + 1, self.until.year + 1)]
        every = 1 + len(years) * 44 // max(right - left, 1)
        return StepDrawing(width, height, left, right, drawn, lines, years[::-1][::every][::-1], height - 8)
