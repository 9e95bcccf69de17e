"""RTF and plain text: letters only; no objects, templates, fields that fetch, markup or binary data."""

import re

from portal.core.files.exceptions import FileRefused
from portal.core.files.ooxml import check_field

_RTF_FORBIDDEN = re.compile(
    rb"\\(?:obj[a-z]*|bin|template|linkstyles|htmltag|ddefield[a-z]*|nextfile|subdocument[a-z]*|mailmerge|passwordhash"
    rb"|protusertbl)(?![a-z])"
)
_PICTURE_ELSEWHERE = re.compile(rb"pibName\s*\}\s*\{\s*\\sv\s+(?:https?:|file:|\\\\\\\\)", re.IGNORECASE)
_INSTRUCTION = re.compile(rb"\\fldinst(?![a-z])")
_RTF_PART = re.compile(rb"\\'([0-9a-fA-F]{2})|\\u(-?\d{1,6}) ?|\\([a-z]{1,32})(-?\d{1,10})? ?|\\(.)|([{}])", re.DOTALL)
_FALLBACK_WIDTH = re.compile(rb"\\uc(\d{1,3})")
_MAX_WIDTHS = 4
_BLANKS = frozenset({b"tab", b"line", b"par", b"page", b"column", b"sect", b"emspace", b"enspace", b"qmspace"})
_QUOTES = frozenset({b"ldblquote", b"rdblquote"})
_WITHOUT_WORDS = frozenset({b"datafield", b"bkmkstart", b"bkmkend"})
"""Groups that Word writes into an instruction and that are no part of it."""
_SPARE = 1024 * 1024
_MARKUP = re.compile(
    r"<\s*(?:!doctype|\?xml|\?php|html|head|body|script|svg|iframe|object|embed|meta|link|style|form)\b", re.IGNORECASE
)
_BINARY_HEADS = (b"%PDF", b"PK\3\4", b"{\\rtf", b"\xd0\xcf\x11\xe0", b"MZ", b"\x7fELF", b"#!")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")


def check_rtf(data: bytes) -> None:
    """Raise FileRefused unless the file is RTF without objects, templates, binary data and fields that fetch."""
    if not data.startswith(b"{\\rtf"):
        raise FileRefused("wrong_suffix")
    if b"\0" in data:
        raise FileRefused("broken")
    if _RTF_FORBIDDEN.search(data) or _PICTURE_ELSEWHERE.search(data) or _MARKUP.search(data.decode("latin-1")):
        raise FileRefused("active_content")
    widths = {1, *(int(width) for width in _FALLBACK_WIDTH.findall(data))}
    if len(widths) > _MAX_WIDTHS:
        raise FileRefused("too_complex")
    for width in widths:
        left = 2 * len(data) + _SPARE
        for match in _INSTRUCTION.finditer(data):
            reader = _Instruction(width)
            left -= reader.read(data, match.end())
            if left < 0:
                raise FileRefused("too_complex")
            check_field("".join(reader.letters))


class _Instruction:
    """The letters of an RTF group, with those of the groups inside of it.

    `width` is how many characters stand behind each \\u for readers that do not know it, until the group sets its own.
    """

    def __init__(self, width: int) -> None:
        self.letters: list[str] = []
        self._widths = [width]
        self._to_skip = 0
        self._hidden: int | None = None

    def read(self, data: bytes, start: int) -> int:
        """Read from a place to the end of its group; returns the number of bytes."""
        at = start
        for match in _RTF_PART.finditer(data, start):
            self._text(data[at : match.start()])
            at = match.end()
            code, letter, word, number, symbol, brace = match.groups()
            if brace:
                self._brace(brace)
                if not self._widths:
                    return at - start
            elif letter:
                self._add(chr(int(letter) & 0xFFFF))
                self._to_skip = self._widths[-1]
            elif self._to_skip:
                self._to_skip -= 1
            elif code:
                self._add(chr(int(code, 16)))
            elif word:
                self._word(word, number)
            else:
                self._add({b"~": " ", b"\r": " ", b"\n": " "}.get(symbol, symbol.decode() if symbol in b"\\{}" else ""))
        self._text(data[at:])
        return len(data) - start

    def _add(self, text: str) -> None:
        if self._hidden is None:
            self.letters.append(text)

    def _text(self, plain: bytes) -> None:
        text = plain.decode("latin-1").replace("\r", "").replace("\n", "")
        self._add(text[self._to_skip :])
        self._to_skip = max(0, self._to_skip - len(text))

    def _word(self, word: bytes, number: bytes | None) -> None:
        if word == b"uc" and number:
            self._widths[-1] = max(0, int(number))
        elif word in _WITHOUT_WORDS and self._hidden is None:
            self._hidden = len(self._widths)
        elif word in _BLANKS:
            self._add(" ")
        elif word in _QUOTES:
            self._add('"')

    def _brace(self, brace: bytes) -> None:
        self._to_skip = 0
        if brace == b"{":
            self._widths.append(self._widths[-1])
            return
        if self._hidden == len(self._widths):
            self._hidden = None
        self._widths.pop()


def check_text(data: bytes) -> None:
    """Raise FileRefused unless the file is text in UTF-8, UTF-16 with its mark, or Windows-1251, and no markup."""
    if data.startswith(_BINARY_HEADS):
        raise FileRefused("wrong_suffix")
    text = _decoded(data)
    if _CONTROL.search(text):
        raise FileRefused("wrong_suffix")
    if _MARKUP.search(text):
        raise FileRefused("active_content")


def _decoded(data: bytes) -> str:
    encodings = ["utf-16"] if data.startswith((b"\xff\xfe", b"\xfe\xff")) else ["utf-8-sig", "cp1251"]
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise FileRefused("wrong_suffix")
