"""PT Sans, the one typeface of all documents: its four faces, registered once in a process."""

import io
from functools import cache, lru_cache
from pathlib import Path

import fontpkg_pt_sans
from reportlab.lib.fonts import addMapping
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from portal.core.pdf.slim_font import slim_font

FAMILY = "PT Sans"
REGULAR = "PTSans"
BOLD = "PTSans-Bold"

# (face, file in the font package, bold, italic)
FACES = (
    (REGULAR, "PT_Sans-Web-Regular.ttf", 0, 0),
    (BOLD, "PT_Sans-Web-Bold.ttf", 1, 0),
    ("PTSans-Italic", "PT_Sans-Web-Italic.ttf", 0, 1),
    ("PTSans-BoldItalic", "PT_Sans-Web-BoldItalic.ttf", 1, 1),
)
# Stands for what PT Sans cannot draw: a name in another script must not stop a month's receipts.
SUBSTITUTE = "?"
# xhtml2pdf lays these out itself and needs no glyph for them.
LAYOUT_CHARACTERS = frozenset("\t\n\r\u00ad")


@cache
def register_fonts() -> None:
    """Make PT Sans known to ReportLab; later calls do nothing."""
    folder = Path(fontpkg_pt_sans.__file__).parent / "files"
    for face, filename, bold, italic in FACES:
        data = slim_font((folder / filename).read_bytes())
        pdfmetrics.registerFont(TTFont(face, io.BytesIO(data), asciiReadable=False))
        addMapping(REGULAR, bold, italic, face)


class _Printable(dict[int, str]):
    """A table for str.translate, filled as characters are met."""

    def __init__(self) -> None:
        register_fonts()
        self.glyphs = pdfmetrics.getFont(REGULAR).face.charToGlyph

    def __missing__(self, code: int) -> str:
        char = chr(code)
        if code in self.glyphs or char in LAYOUT_CHARACTERS:
            result = char
        elif char.isprintable():
            result = SUBSTITUTE
        else:  # control characters, direction marks, private use
            result = ""
        self[code] = result
        return result


@cache
def _table() -> _Printable:
    return _Printable()


def printable(text: str) -> str:
    """Return `text` with every character that PT Sans cannot draw replaced by «?» (invisible ones dropped)."""
    return text.translate(_table())


def text_width(text: str, *, size: float, face: str = REGULAR) -> float:
    """Return the width of one line of `text` in points."""
    register_fonts()
    return float(pdfmetrics.stringWidth(text, face, size))


@lru_cache(maxsize=4096)
def wrap_text(text: str, *, width: float, size: float, face: str = REGULAR) -> tuple[str, ...]:
    """Break `text` into lines no wider than `width` points; a single word wider than that is cut."""
    if text_width(text, size=size, face=face) <= width:
        return (text,) if text else ()
    return tuple(_broken(text, width=width, size=size, face=face))


def _broken(text: str, *, width: float, size: float, face: str) -> list[str]:
    lines: list[str] = []
    line = ""
    for word in text.split(" "):
        candidate = f"{line} {word}" if line else word
        if text_width(candidate, size=size, face=face) <= width:
            line = candidate
            continue
        if line:
            lines.append(line)
        while text_width(word, size=size, face=face) > width and len(word) > 1:
            cut = _longest_prefix(word, width=width, size=size, face=face)
            lines.append(word[:cut])
            word = word[cut:]
        line = word
    return [*lines, line] if line else lines


def _longest_prefix(word: str, *, width: float, size: float, face: str) -> int:
    cut = 1
    while cut < len(word) and text_width(word[: cut + 1], size=size, face=face) <= width:
        cut += 1
    return cut
