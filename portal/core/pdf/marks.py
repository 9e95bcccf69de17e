"""Laying a template out with marks in place of values, to learn where each value goes.

What remains is a page's drawing operators without the marks, and for each mark its baseline, face, size, colour,
alignment and room.
"""

import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.template.loader import render_to_string
from django.utils import translation
from reportlab.lib.colors import Color
from reportlab.lib.enums import TA_CENTER, TA_LEFT, TA_RIGHT
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas
from reportlab.pdfgen.textobject import PDFTextObject
from xhtml2pdf.default import DEFAULT_PAGE_NAME
from xhtml2pdf.xhtml2pdf_reportlab import PmlParagraph

from portal.core.pdf import alphabet, engine
from portal.core.pdf.exceptions import PdfError
from portal.core.pdf.writer import page_fonts

MARK = re.compile(r"¤(\d+)¤")
FIT = 0.01  # points of tolerance when a value is measured

Fonts = tuple[tuple[str, str, tuple[int, ...]], ...]
# How much of a text's width lies left of the point by which it is placed.
_SHARE_OF_WIDTH = {TA_LEFT: 0.0, TA_CENTER: 0.5, TA_RIGHT: 1.0}


def mark(number: int) -> str:
    """The mark of a value."""
    return f"¤{number}¤"


@dataclass(frozen=True, slots=True)
class TextPosition:
    """Position of a value: baseline, face, size, colour, alignment (x is its left, middle or right)."""

    x: float
    y: float
    face: str
    size: float
    resource: str
    colour: str
    alignment: int
    room: float

    def operators(self, text: str, *, down: float = 0.0) -> str | None:
        """Return the operators that write `text`, so many points lower, or None when it does not fit."""
        encoded = alphabet.encode(text)
        width = stringWidth(text, self.face, self.size)
        if encoded is None or width > self.room + FIT:
            return None
        x = self.x - width * _SHARE_OF_WIDTH[self.alignment]
        font = f"/{self.resource} {self.size:g} Tf {self.colour}"
        return f"BT 1 0 0 1 {x:.3f} {self.y - down:.3f} Tm {font} ({encoded}) Tj ET"


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
        own_width = stringWidth(mark(number), self._fontname, self._fontsize)
        inner = self.paragraph.width - self.paragraph.deltaWidth - style.leftIndent - style.rightIndent
        place = TextPosition(
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
        self.places: list[tuple[int, int, TextPosition]] = []
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
class Laid:
    """A layout: the operators of each page, the fonts, the marks as (number, page, place), the first page's frame."""

    size: tuple[float, float]
    pages: tuple[str, ...]
    fonts: Fonts
    marks: tuple[tuple[int, int, TextPosition], ...]
    frame_height: float


def lay_out(template: str, context: Mapping[str, Any]) -> Laid:
    """Lay out a template that may hold marks. Raises PdfError, also for a mark that does not stand alone."""
    with translation.override("ru"):
        html = render_to_string(template, dict(context))
    canvases: list[_FormCanvas] = []

    class KeptCanvas(_FormCanvas):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            canvases.append(self)

    with engine.one_at_a_time():
        state = engine.lay_out(html, io.BytesIO(), canvas_class=KeptCanvas, context=_FormContext())
        canvas = canvases[-1]
        return Laid(
            size=canvas._pagesize,
            pages=tuple(canvas.pages),
            fonts=page_fonts(alphabet.subsets(canvas._doc)),
            marks=tuple(canvas.places),
            frame_height=state.templateList[DEFAULT_PAGE_NAME].frames[0]._height,
        )
