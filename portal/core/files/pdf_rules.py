"""Rules on the content of a PDF: text, pictures, forms, signatures and links; no programs, files, media or commands."""

import io
import logging
import re
import zipfile
from collections import defaultdict
from collections.abc import Iterator

from pypdf import PdfReader

from portal.core.files.exceptions import FileRefused
from portal.core.files.links import is_safe_link
from portal.core.files.pdf_syntax import Dictionary, Name, PdfObject, PdfTooComplex, PdfUnreadable, Ref, Sweep, Value

logger = logging.getLogger(__name__)

MAX_PAGES = 2000
MAX_STEPS = 2_000_000
"""Values looked at behind references, over the whole file."""

FORBIDDEN = frozenset(
    {
        "JavaScript",
        "JS",
        "Launch",
        "SubmitForm",
        "ImportData",
        "GoToE",
        "GoToR",
        "Rendition",
        "RichMedia",
        "RichMediaExecute",
        "RichMediaSettings",
        "RichMediaContent",
        "EmbeddedFile",
        "EmbeddedFiles",
        "FileAttachment",
        "XFA",
        "OnInstantiate",
    }
)
"""Refused wherever they stand, as a key or as a value."""

FORBIDDEN_TYPES = frozenset({"Movie", "Sound", "Screen", "3D"})
"""Values of Type, Subtype and S; elsewhere they are harmless (Screen is also a blend mode)."""

_TRIGGERS = frozenset(
    {
        "E",
        "X",
        "D",
        "U",
        "Fo",
        "Bl",
        "PO",
        "PC",
        "PV",
        "PI",
        "O",
        "C",
        "K",
        "F",
        "V",
        "WC",
        "WS",
        "DS",
        "WP",
        "DP",
    }
)
"""Keys of a set of additional actions (ISO 32000-1, tables 194 to 197)."""

_OPENING = frozenset({"GoTo", "Named"})
_MARKUP = re.compile(rb"<\s*(?:!doctype|html|head|body|script|iframe|svg)\b|<\?php", re.IGNORECASE)
_SNIFFED = 2048


def check_pdf(data: bytes) -> None:
    """Raise FileRefused("active_content", "encrypted", "too_complex" or "broken") unless the PDF is safe to store."""
    if not data.startswith(b"%PDF-"):
        raise FileRefused("type")
    if _MARKUP.search(data[:_SNIFFED]) or zipfile.is_zipfile(io.BytesIO(data)):
        raise FileRefused("active_content")
    try:
        check_objects(data)
    except FileRefused:
        raise
    except Exception as error:  # an error of the checker itself must not take the file
        logger.exception("The PDF checker failed")
        raise FileRefused("broken") from error
    _check_pages(data)


def check_objects(data: bytes) -> None:
    """Raise FileRefused for what the objects of a PDF hold, with a code as check_pdf; errors of the code pass."""
    try:
        _PdfRules(Sweep(data).objects()).check()
    except PdfTooComplex as error:
        raise FileRefused("too_complex") from error
    except PdfUnreadable as error:
        raise FileRefused("broken") from error


def _check_pages(data: bytes) -> None:
    """The document opens and has pages. pypdf bounds its own work (pypdf.Configuration)."""
    try:
        reader = PdfReader(io.BytesIO(data))
        encrypted, pages = reader.is_encrypted, len(reader.pages)
    except Exception as error:  # whatever a parser raises over a hostile file, the file is refused
        raise FileRefused("broken") from error
    if encrypted:
        raise FileRefused("encrypted")
    if pages == 0:
        raise FileRefused("broken")
    if pages > MAX_PAGES:
        raise FileRefused("too_complex")


def _text(value: bytes) -> str:
    for mark, encoding in ((b"\xfe\xff", "utf-16-be"), (b"\xff\xfe", "utf-16-le"), (b"\xef\xbb\xbf", "utf-8")):
        if value.startswith(mark):
            return value.decode(encoding, "replace").lstrip("\ufeff")
    return value.decode("latin-1")


class _PdfRules:
    """The rules over all objects. A reference stands for every object of its number: revisions, duplicates.

    Raises FileRefused, or PdfTooComplex when references lead to more than MAX_STEPS values.
    """

    def __init__(self, objects: list[PdfObject]) -> None:
        self.objects = objects
        self.steps = 0
        self.numbered: defaultdict[int | None, list[Value]] = defaultdict(list)
        for pdf_object in objects:
            self.numbered[pdf_object.number] += pdf_object.values

    def check(self) -> None:
        for pdf_object in self.objects:
            for value in pdf_object.values:
                for inner in _walk(value):
                    if isinstance(inner, Dictionary):
                        self._check_dictionary(inner)
                    elif isinstance(inner, Name) and inner in FORBIDDEN:
                        raise FileRefused("active_content")
                if pdf_object.stream_at is not None and isinstance(value, Dictionary) and value.all("F"):
                    raise FileRefused("active_content")

    def _check_dictionary(self, of: Dictionary) -> None:
        for key, value in of.pairs:
            if key in FORBIDDEN or key == "EF":
                raise FileRefused("active_content")
            if key == "Encrypt":
                raise FileRefused("encrypted")
            check = _CHECKS.get(key)
            if check is not None and not all(check(self, meant) for meant in self._meant(value)):
                raise FileRefused("active_content")

    def _meant(self, value: Value, *, through: str | None = None) -> Iterator[Value]:
        """Yield what a value may stand for: itself, or all that its reference names, each object number once.

        `through` also follows the values of that key of each dictionary found.
        """
        waiting, seen = [value], set[int | None]()
        while waiting:
            current = waiting.pop()
            self._count_step()
            if not isinstance(current, Ref):
                yield current
                if through is not None and isinstance(current, Dictionary):
                    waiting += current.all(through)
                continue
            for number in {current.number, None} - seen:
                seen.add(number)
                waiting += self.numbered.get(number, ())

    def _count_step(self) -> None:
        self.steps += 1
        if self.steps > MAX_STEPS:
            raise PdfTooComplex

    def _is_harmless_type(self, value: Value) -> bool:
        return value not in FORBIDDEN_TYPES if isinstance(value, Name) else True

    def _is_link(self, value: Value) -> bool:
        """Whether an address is safe, or every base of addresses that a dictionary leads to."""
        values = self._meant(value, through="Base")
        return all(is_safe_link(_text(inner)) for inner in values if isinstance(inner, bytes))

    def _is_local(self, value: Value) -> bool:
        return value != "URL"

    def _opens_a_place(self, value: Value) -> bool:
        """Whether OpenAction only shows a place of the document, or a viewer's own command."""
        if not isinstance(value, Dictionary):
            return True
        kinds = {meant for kind in value.all("S") for meant in self._meant(kind) if isinstance(meant, Name)}
        return kinds <= _OPENING and not value.all("Next")

    def _has_no_actions(self, value: Value) -> bool:
        """Whether the value of a key AA is no set of actions, for instance a font that is called AA."""
        return not isinstance(value, Dictionary) or not any(key in _TRIGGERS for key, _inner in value.pairs)


_CHECKS = {
    "Type": _PdfRules._is_harmless_type,
    "Subtype": _PdfRules._is_harmless_type,
    "S": _PdfRules._is_harmless_type,
    "URI": _PdfRules._is_link,
    "OpenAction": _PdfRules._opens_a_place,
    "AA": _PdfRules._has_no_actions,
    "FS": _PdfRules._is_local,
}


def _walk(value: Value) -> Iterator[Value]:
    """A value and all that stands in it."""
    waiting = [value]
    while waiting:
        current = waiting.pop()
        yield current
        if isinstance(current, Dictionary):
            waiting += [inner for _key, inner in current.pairs]
        elif isinstance(current, list):
            waiting += current
