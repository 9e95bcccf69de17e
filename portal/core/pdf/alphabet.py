"""One byte for each character of ordinary Russian text, the same in every form: so that laid-out forms and
stamped values speak one encoding, and a face's subset is made and compressed once in a process."""

import string
import zlib
from dataclasses import dataclass
from functools import cache, lru_cache

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.pdfdoc import PDFDocument
from reportlab.pdfbase.ttfonts import SUBSETN, TTFont, makeToUnicodeCMap

from portal.core.pdf.fonts import BOLD, REGULAR, register_fonts

FORM_FACES = (REGULAR, BOLD)
NBSP = "\u00a0"
CYRILLIC = "".join(map(chr, (*range(0x410, 0x450), 0x401, 0x451)))
SIGNS = "«»„“”’…–—−№₽²³·×÷±≤≥≈°§•½€"
NEIGHBOURS = "ІіЇїЄєҐґЎўÄÖÜäöüßéè"  # letters of names that are written in other alphabets
_CODES = [0] * 32 + list(range(32, 127)) + [0] + [ord(char) for char in CYRILLIC + SIGNS + NEIGHBOURS]
ALPHABET = (*_CODES, *([0] * (256 - len(_CODES))))
_ESCAPED = {"(": "\\(", ")": "\\)", "\\": "\\\\"}


@dataclass(frozen=True, slots=True)
class FontFile:
    """A face's subset as it stands in a PDF; streams are compressed."""

    name: str
    codes: tuple[int, ...]
    widths: tuple[float, ...]
    descriptor: str
    data: bytes
    data_length: int
    to_unicode: bytes


def seed(document: PDFDocument) -> None:
    """Give a ReportLab document our alphabet as the first subset of each form face, as /F2+0 and /F3+0."""
    register_fonts()
    for face in FORM_FACES:
        font = pdfmetrics.getFont(face)
        state = font.state[document] = TTFont.State(False, font)
        state.subsets = [list(ALPHABET)]
        state.assignments = {code: byte for byte, code in enumerate(ALPHABET) if code}
        state.nextCode = 256
        font.getSubsetInternalName(0, document)


def subsets(document: PDFDocument) -> dict[str, tuple[str, tuple[int, ...]]]:
    """Return the form faces' subsets of a laid-out document by the names its pages use."""
    faces = {}
    for face in FORM_FACES:
        state = pdfmetrics.getFont(face).state[document]
        for number, codes in enumerate(state.subsets):
            faces[f"{state.internalName}+{number}"] = (face, tuple(codes))
    return faces


@cache
def _bytes_of() -> dict[int, str]:
    table = {code: chr(byte) for byte, code in enumerate(ALPHABET) if code}
    table[ord(NBSP)] = " "
    return table | {ord(char): escaped for char, escaped in _ESCAPED.items()}


def encode(text: str) -> str | None:
    """Return `text` in the alphabet, escaped for a PDF string (as Latin-1); None when it does not hold a character."""
    encoded = text.translate(_bytes_of())
    fonts = _bytes_of()
    return encoded if all(ord(char) in fonts for char in text) else None


@lru_cache(maxsize=256)
def font_file(face: str, codes: tuple[int, ...]) -> FontFile:
    """Return the subset of a registered face for the bytes 0…n standing for `codes`."""
    source = pdfmetrics.getFont(face).face
    number = 0 if codes == ALPHABET else 1
    name = f"{SUBSETN(number).decode()}+{source.name.decode()}"
    data = source.makeSubset(list(codes))
    box = " ".join(f"{value:g}" for value in source.bbox)
    descriptor = (
        f"/Ascent {source.ascent:g} /CapHeight {source.capHeight:g} /Descent {source.descent:g} /Flags 4"
        f" /FontBBox [{box}] /ItalicAngle {source.italicAngle:g} /StemV {source.stemV:g}"
        f" /MissingWidth {source.defaultWidth:g}"
    )
    return FontFile(
        name=name,
        codes=codes,
        widths=tuple(source.getCharWidth(code) for code in codes),
        descriptor=descriptor,
        data=zlib.compress(data, 9),
        data_length=len(data),
        to_unicode=zlib.compress(makeToUnicodeCMap(name, codes).encode(), 9),
    )


assert len(_CODES) <= 256  # noqa: S101 (checked when the module is read)
assert set(string.printable[:95]) <= {chr(code) for code in ALPHABET}  # noqa: S101
