"""Forms laid out once and stamped many times: a month's receipts at many times the speed of laying each out.

A form is a template of sections and a view: for each section nested dicts and lists of ready text. A section is
laid out once per shape (the same lists' lengths, the same values empty, the same fixed texts) by xhtml2pdf, with a
mark in place of each value. A view is then put together: its sections one under another, its values measured and
written into their places. A view with a value too wide for its place, with a character outside the form's alphabet
or too long for the page is laid out whole, by the same template. The text of both is the same, line for line.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from portal.core.pdf import marks
from portal.core.pdf.fonts import printable
from portal.core.pdf.marks import Fonts, TextPosition
from portal.core.pdf.writer import Layer, Page, compressed

SPACES = re.compile(r"[ \t\n\r\f]+")
END = 999_999  # the mark of a section's end
STANDARD_FONTS = 3  # the two faces in the form's alphabet, and the one that ReportLab names everywhere

View = Mapping[str, Any]


class Fixed(str):
    """A text that belongs to the form's shape: the company's name, a heading. It is laid out, not stamped."""

    __slots__ = ()


class Room(str):
    """A text whose place is kept when it is empty: the last lines of a section that are there or not."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class _Section:
    """A section's layout: its lines and labels, which leave the origin at its lower edge, and its values' places."""

    size: tuple[float, float]
    layer: Layer
    fonts: Fonts
    places: tuple[tuple[int, TextPosition], ...]
    height: float
    page_height: float


@dataclass(slots=True)
class FormPrinter:
    """Prints views of one template.

    `flow` names the sections that follow one another, `fixed` those with a frame of their own. The template gets
    the whole view, or one section's part of it with `section` (its name) and `end` (a mark to print last).
    `overlay` gives more operators for a page of a view (a QR code). Keeps up to `limit` layouts. Counts what it
    stamped and what it laid out whole, for benchmarks and tests.
    """

    template: str
    flow: tuple[str, ...]
    fixed: tuple[str, ...] = ()
    overlay: Callable[[View, int], str] | None = None
    limit: int = 1000
    stamped: int = 0
    laid_out: int = 0
    _sections: dict[Any, _Section | None] = field(default_factory=dict)
    _end_of_nothing: float | None = None

    def pages(self, view: View) -> list[Page]:
        """Return the pages of a view: stamped when every value fits its place, else laid out whole.

        Raises PdfError when the template cannot be laid out.
        """
        page = self._stamped(view)
        if page is None:
            return self.full_layout(view)
        self.stamped += 1
        return [page]

    def full_layout(self, view: View) -> list[Page]:
        """Return the pages of a view laid out whole."""
        self.laid_out += 1
        laid = marks.lay_out(self.template, view)
        return [
            Page(*laid.size, (Layer(compressed(f"q {page} Q\n{self._over(view, number)}")),), laid.fonts)
            for number, page in enumerate(laid.pages, 1)
        ]

    def _over(self, view: View, page: int) -> str:
        return self.overlay(view, page) if self.overlay else ""

    def _stamped(self, view: View) -> Page | None:
        stamps = ["Q"]
        layers: list[Layer] = [_SAVED]
        down = 0.0
        width = height = room = 0.0
        fonts: Fonts = ()
        for name in (*self.fixed, *self.flow):
            shape, values = _shape(view[name])
            section = self._section(name, shape, view)
            if section is None:
                return None
            for number, place in section.places:
                operators = place.operators(values[number], down=down)
                if operators is None:
                    return None
                stamps.append(operators)
            layers.append(section.layer)
            down += section.height
            (width, height), fonts, room = section.size, section.fonts, section.page_height
        if down > room:
            return None
        stamps.append(self._over(view, 1))
        return Page(width, height, (*layers, Layer(compressed("\n".join(stamps)))), fonts)

    def _section(self, name: str, shape: Any, view: View) -> _Section | None:
        """The layout of a section of a shape; None for one that cannot stand in a stamped page."""
        key = (name, shape)
        if key not in self._sections:
            if len(self._sections) >= self.limit:
                self._sections.clear()
            self._sections[key] = self._new_section(name, view)
        return self._sections[key]

    def _new_section(self, name: str, view: View) -> _Section | None:
        if self._end_of_nothing is None:
            self._end_of_nothing = _end(self._laid("", {}))
        laid = self._laid(name, {name: _marked(view[name], iter(range(END)))})
        if len(laid.pages) > 1 or len(laid.fonts) > STANDARD_FONTS:
            return None
        height = 0.0 if name in self.fixed else self._end_of_nothing - _end(laid)
        return _Section(
            size=laid.size,
            layer=Layer(compressed(f"q {laid.pages[0]} Q 1 0 0 1 0 {-height:.3f} cm\n"), shared=True),
            fonts=laid.fonts,
            places=tuple((number, place) for number, _, place in laid.marks if number != END),
            height=height,
            page_height=laid.frame_height,
        )

    def _laid(self, name: str, part: View) -> marks.Laid:
        return marks.lay_out(self.template, {**part, "section": name or "none", "end": marks.mark(END)})


# Each section moves the origin down; the stamps, which count from the page's corner, come after a Q.
_SAVED = Layer(compressed("q\n"), shared=True)


def _end(laid: marks.Laid) -> float:
    """The baseline of the mark at a section's end."""
    return next(place.y for number, _, place in laid.marks if number == END)


def _shape(part: Any) -> tuple[Any, list[str]]:
    """Return what decides a section's layout, hashable, and its values in order."""
    values: list[str] = []

    def walk(node: Any) -> Any:
        if isinstance(node, Fixed):
            return ("=", node)
        if isinstance(node, str):
            text = _clean(node)
            if not text and not isinstance(node, Room):
                return ""
            values.append(text)
            return "¤"
        if isinstance(node, Mapping):
            return tuple((key, walk(item)) for key, item in node.items())
        if isinstance(node, list | tuple):
            return tuple(walk(item) for item in node)
        return node

    return walk(part), values


def _clean(text: str) -> str:
    """Return what HTML makes of a text: runs of spaces are one (no-break spaces stay), none at the ends."""
    return printable(SPACES.sub(" ", text).strip(" "))


def _marked(node: Any, counter: Iterator[int]) -> Any:
    """Return a copy of a section's view with marks for its values, in the same order."""
    if isinstance(node, Fixed):
        return node
    if isinstance(node, str):
        return marks.mark(next(counter)) if isinstance(node, Room) or _clean(node) else ""
    if isinstance(node, Mapping):
        return {key: _marked(item, counter) for key, item in node.items()}
    if isinstance(node, list | tuple):
        return [_marked(item, counter) for item in node]
    return node
