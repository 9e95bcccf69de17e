"""Forms laid out once and stamped many times: a month's receipts at several times the speed of laying each out.

A form is a template and a view: nested dicts and lists of ready text. Views of the same shape (the same lists'
lengths, the same values empty, the same fixed texts) share one layout: it is made by xhtml2pdf with a mark
in place of each value, which leaves the lines and labels and the place, face, size, colour and room of each
value. A view is then stamped: its values are measured and written into their places. A view with a value too
wide for its place, or with a character outside the form's alphabet, is laid out whole, by the same template.
The text of both is the same, line for line.
"""

import io
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.template.loader import render_to_string
from django.utils import translation
from reportlab.lib.colors import Color
from reportlab.lib.enums import TA_CENTER, TA_LEFT, TA_RIGHT
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas
from reportlab.pdfgen.textobject import PDFTextObject
from xhtml2pdf.xhtml2pdf_reportlab import PmlParagraph

from portal.core.pdf import alphabet, engine
from portal.core.pdf.exceptions import PdfError
from portal.core.pdf.fonts import printable
from portal.core.pdf.writer import Layer, Page, compressed, page_fonts

MARK = re.compile(r"¤(\d+)¤")
SPACES = re.compile(r"[ \t\n\r\f]+")
FIT = 0.01  # points of tolerance when a value is measured

View = Mapping[str, Any]
# How much of a text's width lies left of the point by which it is placed.
_SHARE_OF_WIDTH = {TA_LEFT: 0.0, TA_CENTER: 0.5, TA_RIGHT: 1.0}


class Fixed(str):
    """A text that belongs to the form's shape: the company's name, a heading. It is laid out, not stamped."""

    __slots__ = ()


class Room(str):
    """A text whose place is kept when it is empty: the last lines of a page that are there or not."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value is written: baseline, face, size, colour, alignment (x is its left, middle or right)."""

    x: float
    y: float
    face: str
    size: float
    resource: str
    colour: str
    alignment: int
    room: float

    def operators(self, text: str) -> str | None:
        """Return the operators that write `text`, or None when it does not fit."""
        encoded = alphabet.encode(text)
        width = stringWidth(text, self.face, self.size)
        if encoded is None or width > self.room + FIT:
            return None
        x = self.x - width * _SHARE_OF_WIDTH[self.alignment]
        return f"BT 1 0 0 1 {x:.3f} {self.y:.3f} Tm /{self.resource} {self.size:g} Tf {self.colour} ({encoded}) Tj ET"


class _FormText(PDFTextObject):
    """A text object that notes marks instead of writing them, with their place on the page."""

    _canvas: "_FormCanvas"
    paragraph: PmlParagraph
    _advance = 0.0
    _down = 0.0

    def setTextOrigin(self, x: float, y: float) -> None:  # noqa: N802 (ReportLab's name)
        self._advance = self._down = 0.0
        super().setTextOrigin(x, y)

    def moveCursor(self, dx: float, dy: float) -> None:  # noqa: N802 (ReportLab's name)
        self._advance = 0.0
        super().moveCursor(dx, dy)

    def _textOut(self, text: str | bytes, TStar: int = 0) -> None:  # noqa: N802, N803 (ReportLab's name)
        plain = text.decode() if isinstance(text, bytes) else str(text)
        marks = MARK.findall(plain)
        if marks and MARK.sub("", plain).strip():
            raise PdfError([f"A value shares its run of text with other words: {plain!r}"])
        if len(marks) > 1:
            raise PdfError([f"Two values share a run of text: {plain!r}"])
        if marks:
            self._note(int(marks[0]))
            super()._textOut("", TStar)
        else:
            super()._textOut(text, TStar)
        self._advance += stringWidth(plain, self._fontname, self._fontsize)
        if TStar:
            self._advance = 0.0
            self._down += self._leading

    def _note(self, number: int) -> None:
        a, b, c, d, left, bottom = self._canvas._currentMatrix
        if (a, b, c, d) != (1, 0, 0, 1):
            raise PdfError(["A value stands in a box that is scaled or turned"])
        style = self.paragraph.style
        alignment = style.alignment if style.alignment in _SHARE_OF_WIDTH else TA_LEFT
        if alignment != TA_LEFT and self._advance:
            raise PdfError([f"Value {number} is centred or right-aligned beside other words"])
        own_width = stringWidth(f"¤{number}¤", self._fontname, self._fontsize)
        inner = self.paragraph.width - self.paragraph.deltaWidth - style.leftIndent - style.rightIndent
        place = Place(
            x=self._x + self._advance + left + own_width * _SHARE_OF_WIDTH[alignment],
            y=self._y - self._down + bottom,
            face=self._fontname,
            size=self._fontsize,
            resource=f"F{2 + alphabet.FORM_FACES.index(self._fontname)}+0",
            colour=self._colour(),
            alignment=alignment,
            room=inner - self._advance,
        )
        self._canvas.places.append((number, self._canvas.getPageNumber(), place))

    def _colour(self) -> str:
        colour = getattr(self, "_fillColorObj", None) or self._canvas._fillColorObj
        red, green, blue = (colour.red, colour.green, colour.blue) if isinstance(colour, Color) else colour
        return f"{red:.4g} {green:.4g} {blue:.4g} rg"


class _FormCanvas(Canvas):
    """A canvas that keeps the operators of each page and writes no file."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        alphabet.seed(self._doc)
        self.places: list[tuple[int, int, Place]] = []
        self.pages: list[str] = []

    def beginText(self, x: float = 0, y: float = 0, direction: str | None = None) -> _FormText:  # noqa: N802
        return _FormText(self, x, y, direction=direction)

    def showPage(self) -> None:  # noqa: N802 (ReportLab's name)
        self.pages.append("\n".join([self._preamble, *map(str, self._code)]))
        super().showPage()

    def save(self) -> None:
        if self._code:
            self.showPage()


class _FormParagraph(PmlParagraph):
    """A paragraph that tells its text object where it stands."""

    def beginText(self, x: float, y: float) -> _FormText:  # noqa: N802 (ReportLab's name)
        text: _FormText = super().beginText(x, y)
        text.paragraph = self
        return text


class _FormContext(engine.DocumentContext):
    """Makes the paragraphs that can hold marks."""

    def addStory(self, data: Any) -> None:  # noqa: N802 (xhtml2pdf's name)
        if type(data) is PmlParagraph:
            data.__class__ = _FormParagraph
        super().addStory(data)


@dataclass(frozen=True, slots=True)
class _Laid:
    """A layout: the operators and places of each page, and the fonts."""

    size: tuple[float, float]
    pages: tuple[str, ...]
    fonts: tuple[tuple[str, str, tuple[int, ...]], ...]
    places: tuple[tuple[int, int, Place], ...]


@dataclass(frozen=True, slots=True)
class _Form:
    """A shape's layout, ready to be stamped."""

    size: tuple[float, float]
    layers: tuple[Layer, ...]
    fonts: tuple[tuple[str, str, tuple[int, ...]], ...]
    places: tuple[tuple[int, int, Place], ...]


@dataclass(slots=True)
class FormPrinter:
    """Prints views of one template. `overlay` gives more operators for a page of a view (a QR code).

    Keeps up to `limit` layouts. Counts what it stamped and what it laid out whole, for benchmarks and tests.
    """

    template: str
    overlay: Callable[[View, int], str] | None = None
    limit: int = 400
    stamped: int = 0
    laid_out: int = 0
    _forms: dict[Any, _Form] = field(default_factory=dict)

    def pages(self, view: View) -> list[Page]:
        """Return the pages of a view: stamped when every value fits its place, else laid out whole.

        Raises PdfError when the template cannot be laid out.
        """
        shape, values = _shape(view)
        form = self._forms.get(shape) or self._new_form(shape, view)
        stamps = self._stamps(form, values)
        if stamps is None:
            return self.full_layout(view)
        self.stamped += 1
        return [
            Page(*form.size, (layer, Layer(compressed(stamp + self._over(view, number)))), form.fonts)
            for number, (layer, stamp) in enumerate(zip(form.layers, stamps, strict=True), 1)
        ]

    def full_layout(self, view: View) -> list[Page]:
        """Return the pages of a view laid out whole."""
        self.laid_out += 1
        laid = _lay_out(self.template, view)
        return [
            Page(*laid.size, (Layer(compressed(f"q {page} Q\n{self._over(view, number)}")),), laid.fonts)
            for number, page in enumerate(laid.pages, 1)
        ]

    def _over(self, view: View, page: int) -> str:
        return self.overlay(view, page) if self.overlay else ""

    def _new_form(self, shape: Any, view: View) -> _Form:
        if len(self._forms) >= self.limit:
            self._forms.clear()
        counter = iter(range(1_000_000))
        laid = _lay_out(self.template, _marked(view, counter))
        form = _Form(
            size=laid.size,
            layers=tuple(Layer(compressed(f"q {page} Q\n"), shared=True) for page in laid.pages),
            fonts=laid.fonts,
            places=laid.places,
        )
        self._forms[shape] = form
        return form

    @staticmethod
    def _stamps(form: _Form, values: list[str]) -> list[str] | None:
        pages: list[list[str]] = [[] for _ in form.layers]
        for number, page, place in form.places:
            operators = place.operators(values[number])
            if operators is None:
                return None
            pages[page - 1].append(operators)
        return ["\n".join(page) + "\n" for page in pages]


def _shape(view: View) -> tuple[Any, list[str]]:
    """Return what decides a view's layout, hashable, and its values in order."""
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

    return walk(view), values


def _clean(text: str) -> str:
    """What HTML makes of a text: runs of spaces are one (no-break spaces stay), none at the ends."""
    return printable(SPACES.sub(" ", text).strip(" "))


def _marked(node: Any, counter: Iterator[int]) -> Any:
    """Return a copy of a view with marks for its values, in the same order."""
    if isinstance(node, Fixed):
        return node
    if isinstance(node, str):
        return f"¤{next(counter)}¤" if isinstance(node, Room) or _clean(node) else ""
    if isinstance(node, Mapping):
        return {key: _marked(item, counter) for key, item in node.items()}
    if isinstance(node, list | tuple):
        return [_marked(item, counter) for item in node]
    return node


def _lay_out(template: str, view: View) -> _Laid:
    with translation.override("ru"):
        html = render_to_string(template, dict(view))
    canvases: list[_FormCanvas] = []

    class KeptCanvas(_FormCanvas):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            canvases.append(self)

    with engine.one_at_a_time():
        engine.lay_out(html, io.BytesIO(), canvas_class=KeptCanvas, context=_FormContext())
        canvas = canvases[-1]
        return _Laid(
            size=canvas._pagesize,
            pages=tuple(canvas.pages),
            fonts=page_fonts(alphabet.subsets(canvas._doc)),
            places=tuple(canvas.places),
        )
