"""Geometry of the charts: numbers in, whole pixels out. The template draws, the style sheet paints."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal

from portal.core.formatting import exact_text, number_text

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


def axis_label(value: Decimal) -> str:
    """An axis label in the reader's format: «6», «0,5»."""
    return exact_text(value)


# Text of a chart is 13 px; a letter of the widest stand-in font takes so many pixels of it.
LETTER = 8
TIP_LINE = 17
TIP_PAD = 8
TIP_LINES = 4


def tip_room(lines: int) -> int:
    """Return the height kept above the plot for tips of so many lines: nothing jumps and nothing is covered."""
    return lines * TIP_LINE + 2 * TIP_PAD + 10


def outline(x: int, y: int, width: int, height: int) -> str:
    """Return the path of a rectangle."""
    return f"M{x} {y}h{width}v{height}h-{width}z"


@dataclass(frozen=True, slots=True)
class TipLine:
    """A line of a tip and its baseline."""

    y: int
    text: str


@dataclass(frozen=True, slots=True)
class Tip:
    """What a column says when it is pointed at, touched or reached by the keyboard; drawn above the plot."""

    x: int
    width: int
    height: int
    lines: Sequence[TipLine]

    @property
    def text_x(self) -> int:
        return self.x + TIP_PAD

    @classmethod
    def above(cls, middle: int, words: Sequence[str], width: int) -> "Tip":
        """The tip of a column around `middle`, inside a drawing so wide."""
        own = min(width, max(len(word) for word in words) * LETTER + 2 * TIP_PAD)
        lines = [TipLine(TIP_PAD + 13 + TIP_LINE * index, word) for index, word in enumerate(words)]
        x = min(max(middle - own // 2, 0), width - own)
        return cls(x, own, 2 * TIP_PAD + TIP_LINE * len(words), lines)


@dataclass(frozen=True, slots=True)
class Bar:
    """One month. `short` stands under the bar, `title` in the table; a missing value leaves a gap.

    `parts` are what the value is the sum of, in the order of the chart's `parts`; `words` are added to the tip.
    """

    short: str
    title: str
    value: Decimal | None
    last_year: Decimal | None = None
    estimated: bool = False
    note: str = ""
    forecast: bool = False
    parts: Sequence[Decimal] = ()
    words: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class DrawnPart:
    """A piece of a stacked bar; `index` is its place among the chart's parts."""

    x: int
    y: int
    width: int
    height: int
    index: int

    @property
    def path(self) -> str:
        """Its outline."""
        return outline(self.x, self.y, self.width, self.height)


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
    forecast: bool
    parts: Sequence[DrawnPart]
    ground: str
    """Outline of the place over the plot that answers to the pointer."""
    tip: Tip

    @property
    def spoken(self) -> str:
        """The tip in one sentence, the accessible name of the column."""
        return ", ".join(line.text for line in self.tip.lines)

    @property
    def css(self) -> str:
        """Its classes: the newest bar is strong, an estimated one hollow."""
        css = ["chart__bar"]
        if self.now:
            css.append("chart__bar--now")
        if self.forecast:
            css.append("chart__bar--forecast")
        elif self.estimated:
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
    plot_y: int


@dataclass(frozen=True, slots=True)
class BarChart:
    """Amounts by months. `summary` is the sentence of the result, also the drawing's accessible name.

    `value_label` and `tick_label` name the bars and the ticks; `parts` the pieces of stacked bars. Charts to be
    compared are drawn to one `scale_top`.
    """

    bars: Sequence[Bar]
    unit: str
    summary: str
    norm: Decimal | None = None
    norm_label: str = ""
    norm_legend: str = ""
    places: int = 3
    value_label: str = ""
    tick_label: str = ""
    parts: Sequence[str] = ()
    scale_top: Decimal | None = None

    @property
    def table_columns(self) -> int:
        """Columns of numbers in the table."""
        return 1 + len(self.parts) + self.has_last_year

    @property
    def has_forecast(self) -> bool:
        return any(bar.forecast for bar in self.bars)

    @property
    def has_last_year(self) -> bool:
        return any(bar.last_year is not None for bar in self.bars)

    @property
    def has_estimates(self) -> bool:
        return any(bar.estimated for bar in self.bars)

    def top(self) -> Decimal:
        """Return the largest number drawn."""
        values = [v for bar in self.bars for v in (bar.value, bar.last_year) if v is not None]
        return max([*values, self.norm or ZERO, self.scale_top or ZERO, ZERO])

    def _words(self, bar: Bar) -> list[str]:
        """Lines of a bar's tip, the month first."""
        if bar.value is None:
            return [bar.title, "—"]
        value = f"{number_text(bar.value, self.places)} {self.unit}"
        lines = [bar.title, f"{value}, {bar.note}" if bar.note else value]
        if bar.last_year is not None:
            lines.append(f"{self.tick_label}: {number_text(bar.last_year, self.places)}")
        return [*lines, *bar.words][:TIP_LINES]

    def _stacked(self, bar: Bar, x: int, width: int, y_of: Callable[[Decimal], int]) -> list[DrawnPart]:
        """Pieces of a stacked bar from the ground up."""
        pieces, total = [], ZERO
        for index, part in enumerate(bar.parts):
            lower = y_of(total)
            total += max(part, ZERO)
            if lower > y_of(total):
                pieces.append(DrawnPart(x, y_of(total), width, lower - y_of(total), index))
        return pieces

    def draw(self, width: int, height: int) -> BarDrawing:
        """Place everything in whole pixels of a drawing of this size."""
        top_value = self.top()
        step = axis_step(top_value)
        count = int((top_value / step).to_integral_value(ROUND_CEILING)) or 1
        ceiling = max(top_value, step * (count - 1) if count > 1 else step)
        labels = [axis_label(step * n) for n in range(count + 1)]
        left, upper, lower = (
            12 + 8 * max(2, *map(len, labels)),
            tip_room(max((len(self._words(bar)) for bar in self.bars), default=1)),
            height - 30,
        )
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
                    forecast=bar.forecast,
                    parts=self._stacked(bar, middle - bar_width // 2, bar_width, y_of),
                    ground=outline(left + int(slot * index), upper, int(slot), room),
                    tip=Tip.above(middle, self._words(bar), width),
                )
            )
        lines = [AxisLine(y_of(step * n), label) for n, label in enumerate(labels) if step * n <= ceiling]
        norm_y = None if self.norm is None else y_of(self.norm)
        return BarDrawing(width, height, left, drawn, lines, norm_y, height - 8, upper)
