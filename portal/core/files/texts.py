"""RTF and plain text: letters only; no objects, templates, fields that fetch, markup or binary data."""

import re
from collections.abc import Iterator

from portal.core.files.exceptions import FileRefused
from portal.core.files.ooxml import check_field

_RTF_FORBIDDEN = re.compile(
    rb"\\(?:obj[a-z]*|bin|template|linkstyles|htmltag|ddefield[a-z]*|nextfile|subdocument[a-z]*|mailmerge|passwordhash"
    rb"|protusertbl)(?![a-z])"
)
_PICTURE_ELSEWHERE = re.compile(rb"pibName\s*\}\s*\{\s*\\sv\s+(?:https?:|file:|\\\\\\\\)", re.IGNORECASE)
_INSTRUCTION = re.compile(rb"\\fldinst(?![a-z])")
_RTF_PART = re.compile(
    rb"\\'([0-9a-fA-F]{2})|\\u(-?\d{1,6}) ?\??|\\([a-z]{1,32})(-?\d{1,10})? ?|\\(.)|([{}])", re.DOTALL
)
_FIELD_LIMIT = 4096
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
    for match in _INSTRUCTION.finditer(data):
        check_field(_plain(data[match.end() : match.end() + _FIELD_LIMIT]))


def _plain(data: bytes) -> str:
    """The letters of an RTF group, up to its end, with those of the groups inside of it."""
    return "".join(_letters(data))


def _letters(data: bytes) -> Iterator[str]:
    depth, at = 0, 0
    for match in _RTF_PART.finditer(data):
        yield data[at : match.start()].decode("latin-1").replace("\r", "").replace("\n", "")
        at = match.end()
        code, letter, _word, _number, symbol, brace = match.groups()
        if code:
            yield chr(int(code, 16))
        elif letter:
            yield chr(int(letter) & 0xFFFF)
        elif symbol in {b"\\", b"{", b"}"}:
            yield symbol.decode()
        elif brace == b"{":
            depth += 1
        elif brace:
            depth -= 1
            if depth < 0:
                return
    yield data[at:].decode("latin-1")


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
